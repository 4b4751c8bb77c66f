namespace Adjoint;

/// <summary>A page of 28 x 28 pixels that a pen leaves ink on.</summary>
sealed class DigitPage
{
    public const int Side = 28;

    readonly float[] ink = new float[Side * Side];
    readonly float[] blurred = new float[Side * Side];

    /// <summary>Draws one digit; what it looks like follows from the state of <paramref name="random"/>.</summary>
    /// <param name="to">28 * 28 bytes</param>
    public void Draw(int digit, SplitMix64 random, Span<byte> to)
    {
        var stretches = new DigitPen(random).Write(digit);
        var edge = random.Uniform(0.9, 1.7); // pixels from ink to paper
        Array.Clear(ink);
        foreach (var (x1, y1, x2, y2, width) in stretches) Stroke(x1, y1, x2, y2, width / 2, edge);
        if (random.Uniform() < 0.3) Blur(random.Uniform(0.04, 0.16));
        var (strength, noise) = (random.Uniform(0.85, 1.15), random.Uniform() < 0.5 ? random.Uniform(0, 0.06) : 0);
        var (down, right) = OffCentre();
        for (var i = 0; i < ink.Length; i++)
        {
            var value = At(i / Side + down, i % Side + right) * strength;
            if (noise > 0 && value > 0) value += noise * (random.Uniform() - 0.5) * 2; // paper stays clean
            to[i] = (byte)Math.Clamp(value * 255 + 0.5, 0, 255);
        }
    }

    // Whole pixels from the middle of the page to that of the ink.
    (int Down, int Right) OffCentre()
    {
        var (sum, sumX, sumY) = (1e-9, 0.0, 0.0);
        for (var i = 0; i < ink.Length; i++)
        {
            sum += ink[i];
            sumX += ink[i] * (i % Side + 0.5);
            sumY += ink[i] * (i / Side + 0.5);
        }
        return ((int)Math.Round(sumY / sum - Side / 2.0), (int)Math.Round(sumX / sum - Side / 2.0));
    }

    // Ink falls off linearly over the edge; the darkest of all stretches counts, so that crossings are no darker.
    void Stroke(double x1, double y1, double x2, double y2, double radius, double edge)
    {
        var reach = radius + edge / 2;
        var (dx, dy) = (x2 - x1, y2 - y1);
        var square = dx * dx + dy * dy;
        var (top, bottom) = (First(Math.Min(y1, y2) - reach), Last(Math.Max(y1, y2) + reach));
        var (left, right) = (First(Math.Min(x1, x2) - reach), Last(Math.Max(x1, x2) + reach));
        for (var y = top; y <= bottom; y++)
            for (var x = left; x <= right; x++)
            {
                var (px, py) = (x + 0.5 - x1, y + 0.5 - y1);
                var along = square > 0 ? Math.Clamp((px * dx + py * dy) / square, 0, 1) : 0;
                var (ex, ey) = (px - along * dx, py - along * dy);
                var value = (float)Math.Min(1, (reach - Math.Sqrt(ex * ex + ey * ey)) / edge);
                if (value > ink[y * Side + x]) ink[y * Side + x] = value;
            }

        static int First(double place) => Math.Max(0, (int)Math.Floor(place - 0.5));
        static int Last(double place) => Math.Min(Side - 1, (int)Math.Ceiling(place - 0.5));
    }

    // Each pixel gives this share to each of its four neighbours.
    void Blur(double share)
    {
        var (rest, part) = ((float)(1 - 4 * share), (float)share);
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                blurred[y * Side + x] = rest * At(y, x) + part * (At(y - 1, x) + At(y + 1, x) + At(y, x - 1) + At(y, x + 1));
        blurred.CopyTo(ink, 0);
    }

    float At(int y, int x) => (uint)y < Side && (uint)x < Side ? ink[y * Side + x] : 0;
}
