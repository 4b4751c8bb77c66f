namespace Adjoint;

// From a skeleton to the path of a pen on the page: every hand shakes, slants, widens and bends in its own way. The path is
// then brought into a box of 20 pixels, as the digits of MNIST are, its middle in the middle of the page.

/// <summary>Writes one digit in a hand drawn by chance.</summary>
sealed class DigitPen(SplitMix64 random)
{
    const double BoxPixels = 20;
    const double PointsPerPixel = 1.5;

    /// <summary>The stretches of the pen in pixels, each with the thickness of the line there.</summary>
    public List<(double X1, double Y1, double X2, double Y2, double Width)> Write(int digit)
    {
        var shape = Pick(DigitShapes.All[digit]);
        var hand = Hand(shape.Aspect);
        var strokes = shape.Strokes.Select(s => Curve(Shaken(s))
            .ConvertAll(p => hand(p))).ToList();
        return Stretches(Centred(strokes));
    }

    DigitShape Pick(IReadOnlyList<DigitShape> shapes)
    {
        var at = random.Uniform() * shapes.Sum(s => s.Weight);
        foreach (var shape in shapes)
            if ((at -= shape.Weight) < 0) return shape;
        return shapes[^1];
    }

    // Ends of strokes are less sure than what lies between; a corner stays one. Each stroke begins a little off its place.
    (double X, double Y)[] Shaken((double X, double Y)[] points)
    {
        var shake = 0.028 * Math.Exp(0.5 * random.Normal());
        var (right, down) = (0.018 * random.Normal(), 0.018 * random.Normal());
        var shaken = new (double X, double Y)[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var isEnd = i == 0 || i == points.Length - 1;
            var isCorner = i > 0 && points[i] == points[i - 1];
            var most = isEnd ? 1.6 * shake : shake;
            shaken[i] = isCorner ? shaken[i - 1]
                : (points[i].X + right + most * random.Normal(), points[i].Y + down + most * random.Normal());
        }
        return shaken;
    }

    // Width, slant, rotation and a slow bend of the whole digit.
    Converter<(double X, double Y), (double X, double Y)> Hand(double aspect)
    {
        var width = aspect * Math.Clamp(Math.Exp(0.22 * random.Normal()), 0.6, 1.55);
        var slant = Math.Tan(Math.Clamp(9 + 13 * random.Normal(), -20, 40) * Math.PI / 180);
        var turn = Math.Clamp(6 * random.Normal(), -14, 14) * Math.PI / 180;
        var (sin, cos) = Math.SinCos(turn);
        var bend = 0.035;
        var (a, b, c, d) = (bend * random.Normal(), bend * random.Normal(), 2 * Math.PI * random.Uniform(), 2 * Math.PI * random.Uniform());
        var middle = 0.05 * random.Normal(); // upper and lower half are not equally tall
        return p =>
        {
            var v = p.Y + middle * Math.Sin(Math.PI * Math.Clamp(p.Y, 0, 1));
            var (x, y) = ((p.X - 0.5) * width, v - 0.5);
            (x, y) = (x + a * Math.Sin(4.5 * y + c), y + b * Math.Sin(4.5 * x + d));
            x -= slant * y;
            return (cos * x - sin * y, sin * x + cos * y);
        };
    }

    // Catmull and Rom's curve through the points, from corner to corner.
    static List<(double X, double Y)> Curve((double X, double Y)[] points)
    {
        var path = new List<(double X, double Y)> { points[0] };
        for (var i = 0; i + 1 < points.Length; i++)
        {
            if (points[i] == points[i + 1]) continue;
            var (p1, p2) = (points[i], points[i + 1]);
            var p0 = i > 0 && points[i - 1] != p1 ? points[i - 1] : (2 * p1.X - p2.X, 2 * p1.Y - p2.Y);
            var p3 = i + 2 < points.Length && points[i + 2] != p2 ? points[i + 2] : (2 * p2.X - p1.X, 2 * p2.Y - p1.Y);
            var steps = Math.Max(1, (int)(PointsPerPixel * BoxPixels / 2 * Math.Max(Math.Abs(p2.X - p1.X), Math.Abs(p2.Y - p1.Y))));
            for (var step = 1; step <= steps; step++)
            {
                var t = step / (double)steps;
                path.Add((Spline(p0.Item1, p1.X, p2.X, p3.Item1, t), Spline(p0.Item2, p1.Y, p2.Y, p3.Item2, t)));
            }
        }
        return path;
    }

    static double Spline(double a, double b, double c, double d, double t) =>
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * (b - c) + d - a) * t * t * t);

    // The longer side fills the box; the middle of the ink comes to the middle of the page.
    static List<List<(double X, double Y)>> Centred(List<List<(double X, double Y)>> strokes)
    {
        var all = strokes.SelectMany(s => s).ToList();
        var (left, right) = (all.Min(p => p.X), all.Max(p => p.X));
        var (top, bottom) = (all.Min(p => p.Y), all.Max(p => p.Y));
        var (ink, sumX, sumY) = (1e-9, 0.0, 0.0);
        foreach (var stroke in strokes)
            for (var i = 1; i < stroke.Count; i++)
            {
                var length = Math.Max(1e-9, double.Hypot(stroke[i].X - stroke[i - 1].X, stroke[i].Y - stroke[i - 1].Y));
                ink += length;
                sumX += length * (stroke[i].X + stroke[i - 1].X) / 2;
                sumY += length * (stroke[i].Y + stroke[i - 1].Y) / 2;
            }
        var scale = (BoxPixels - 2.5) / Math.Max(right - left, bottom - top); // the line has a thickness too
        const double Middle = DigitPage.Side / 2.0;
        return [.. strokes.Select(s => s.ConvertAll(p =>
            (Middle + (p.X - sumX / ink) * scale, Middle + (p.Y - sumY / ink) * scale)))];
    }

    List<(double, double, double, double, double)> Stretches(List<List<(double X, double Y)>> strokes)
    {
        var width = Math.Clamp(2.7 * Math.Exp(0.26 * random.Normal()), 1.4, 4.3);
        var (swell, phase) = (0.15 * random.Normal(), 2 * Math.PI * random.Uniform());
        var stretches = new List<(double, double, double, double, double)>();
        foreach (var stroke in strokes)
            for (var i = 1; i < stroke.Count; i++)
            {
                var pressure = 1 + Math.Clamp(swell, -0.35, 0.35) * Math.Sin(0.12 * stretches.Count + phase);
                stretches.Add((stroke[i - 1].X, stroke[i - 1].Y, stroke[i].X, stroke[i].Y, width * pressure));
            }
        return stretches;
    }
}
