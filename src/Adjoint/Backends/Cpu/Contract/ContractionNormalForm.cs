namespace Adjoint;

// From a shape to the pieces that are run. A divisor (the gradient of a strided convolution divides by the stride) leaves
// by splitting axes into residue classes: within one, every position is a whole number or none is.

/// <summary>Turns a shape into pieces.</summary>
static class ContractionNormalForm
{
    public static ContractionPiece[] Of(ContractionShape shape) =>
        [.. Split(Start(shape)).Where(p => p.Axes.All(a => a.Extent > 0 || !a.IsOut))
            .Select(p => p.Count(ContractionGroup.Sum) == 0 ? Empty(p) : p)
            .Select(p => Orient(Merge(Order(Regroup(DropUnused(FoldWindows(p)))))))];

    static ContractionPiece Start(ContractionShape shape) => new(
        [.. shape.Axes.Select((a, i) => new PieceAxis(
            a.Group, a.Extent, a.StrideA, a.StrideB, a.StrideOut, [.. shape.Windows.Select(w => w.Coefficients[i])]))],
        [.. shape.Windows.Select(w => Reaching(shape, w))]);

    static PieceWindow Reaching(ContractionShape shape, ContractionWindow window)
    {
        var (least, most) = shape.Reach(window);
        return new(window.IsOfB, window.Extent, window.Constant, window.Stride, window.Divisor, window.IsOfOut)
        {
            Least = (int)Math.Ceiling((double)least / window.Divisor), Most = (int)Math.Floor((double)most / window.Divisor),
        };
    }

    static IEnumerable<ContractionPiece> Split(ContractionPiece piece)
    {
        for (var window = 0; window < piece.Windows.Count; window++)
            if (piece.Windows[window].Divisor > 1)
                return SplitWindow(piece, window).SelectMany(Split);
        return [piece];
    }

    // One piece for every choice of residues that divides. Cells of out that no choice reaches still get their zero: a
    // piece that sums nothing. Where several choices reach the same cells, all but the first add.
    static IEnumerable<ContractionPiece> SplitWindow(ContractionPiece piece, int window)
    {
        var divisor = piece.Windows[window].Divisor;
        foreach (var outer in Residues(piece, window, divisor, isOut: true))
        {
            var adds = piece.Adds;
            foreach (var inner in Residues(outer, window, divisor, isOut: false))
            {
                if (inner.Windows[window].Constant % divisor != 0) continue;
                yield return Divided(inner, window, divisor) with { Adds = adds };
                adds = true;
            }
            if (adds == piece.Adds && !adds) yield return Empty(Divided(outer, window, divisor));
        }
    }

    // The axes of one kind that move the position by other than whole multiples of the divisor, as class + period * axis.
    static IEnumerable<ContractionPiece> Residues(ContractionPiece piece, int window, int divisor, bool isOut)
    {
        for (var i = 0; i < piece.Axes.Count; i++)
        {
            var axis = piece.Axes[i];
            if (axis.IsOut != isOut || axis.Coefficients[window] % divisor == 0) continue;
            var period = divisor / Gcd(axis.Coefficients[window], divisor);
            var index = i;
            return Enumerable.Range(0, period)
                .Select(residue => Class(piece, index, period, residue))
                .SelectMany(p => Residues(p, window, divisor, isOut));
        }
        return [piece];
    }

    static ContractionPiece Class(ContractionPiece piece, int index, int period, int residue)
    {
        var axis = piece.Axes[index];
        var scaled = new PieceAxis(
            axis.Group, Math.Max(0, (axis.Extent - residue + period - 1) / period), axis.A * period, axis.B * period,
            axis.Out * period, [.. axis.Coefficients.Select(c => c * period)]);
        return piece with
        {
            Axes = [.. piece.Axes.Select((a, i) => i == index ? scaled : a)],
            Windows = [.. piece.Windows.Select((w, i) => w with { Constant = w.Constant + axis.Coefficients[i] * residue })],
            OffsetA = piece.OffsetA + axis.A * residue,
            OffsetB = piece.OffsetB + axis.B * residue,
            OffsetOut = piece.OffsetOut + axis.Out * residue,
        };
    }

    static ContractionPiece Divided(ContractionPiece piece, int window, int divisor) => piece with
    {
        Axes = [.. piece.Axes.Select(a => a with
        {
            Coefficients = [.. a.Coefficients.Select((c, i) => i == window ? c / divisor : c)],
        })],
        Windows = [.. piece.Windows.Select((w, i) =>
            i == window ? w with { Constant = w.Constant / divisor, Divisor = 1 } : w)],
    };

    static ContractionPiece Empty(ContractionPiece piece) => piece with
    {
        Axes = [.. piece.Axes.Where(a => a.IsOut),
            new PieceAxis(ContractionGroup.Sum, 0, 0, 0, 0, [.. piece.Windows.Select(_ => 0)])],
    };

    // A window's position times its stride is a step of every axis and an offset.
    static ContractionPiece FoldWindows(ContractionPiece piece)
    {
        for (var i = 0; i < piece.Windows.Count; i++)
        {
            var (window, index) = (piece.Windows[i], i);
            var a = window.IsOfB ? 0 : window.Stride;
            var b = window.IsOfB ? window.Stride : 0;
            piece = piece with
            {
                OffsetA = piece.OffsetA + a * window.Constant,
                OffsetB = piece.OffsetB + b * window.Constant,
                Axes = [.. piece.Axes.Select(x => x with
                {
                    A = x.A + a * x.Coefficients[index],
                    B = x.B + b * x.Coefficients[index],
                })],
            };
        }
        return piece with { Windows = [.. piece.Windows.Select(w => w with { Stride = 0, Step = w.Stride })] };
    }

    static ContractionPiece DropUnused(ContractionPiece piece)
    {
        var kept = Enumerable.Range(0, piece.Windows.Count).Where(i => CanFail(piece, i)).ToList();
        return piece with
        {
            Axes = [.. piece.Axes.Where(a => a.Extent != 1)
                .Select(a => a with { Coefficients = [.. kept.Select(i => a.Coefficients[i])] })],
            Windows = [.. kept.Select(i => piece.Windows[i])],
        };
    }

    static bool CanFail(ContractionPiece piece, int window)
    {
        long least = piece.Windows[window].Constant, most = least;
        foreach (var axis in piece.Axes)
        {
            var reach = (long)axis.Coefficients[window] * Math.Max(0, axis.Extent - 1);
            least += Math.Min(0, reach);
            most += Math.Max(0, reach);
        }
        return least < 0 || most >= piece.Windows[window].Extent;
    }

    // A batch axis along which one operand stands still makes the other one's rows or columns longer.
    static ContractionPiece Regroup(ContractionPiece piece) => piece with
    {
        Axes = [.. piece.Axes.Select(a => a.Group != ContractionGroup.Batch ? a
            : StandsStill(piece, a, isB: true) ? a with { Group = ContractionGroup.Row }
            : StandsStill(piece, a, isB: false) ? a with { Group = ContractionGroup.Column } : a)],
    };

    static bool StandsStill(ContractionPiece piece, PieceAxis axis, bool isB) => (isB ? axis.B : axis.A) == 0
        && !piece.Windows.Where((w, i) => !w.IsOfOut && w.IsOfB == isB && axis.Coefficients[i] != 0).Any();

    static ContractionPiece Order(ContractionPiece piece) => piece with
    {
        Axes = [.. piece.Axes.OrderBy(a => a.Group).ThenByDescending(a => a.IsOut ? Math.Abs(a.Out)
            : a.A == 0 || a.B == 0 ? Math.Abs(a.A + a.B) : Math.Min(Math.Abs(a.A), Math.Abs(a.B)))],
    };

    static ContractionPiece Merge(ContractionPiece piece)
    {
        List<PieceAxis> axes = [];
        foreach (var axis in piece.Axes)
        {
            if (axes.Count > 0 && Continues(axes[^1], axis)) axes[^1] = axis with { Extent = axes[^1].Extent * axis.Extent };
            else axes.Add(axis);
        }
        return piece with { Axes = [.. axes] };
    }

    static bool Continues(PieceAxis outer, PieceAxis inner) => outer.Group == inner.Group
        && (long)outer.Extent * inner.Extent <= int.MaxValue
        && outer.A == inner.A * inner.Extent && outer.B == inner.B * inner.Extent && outer.Out == inner.Out * inner.Extent
        && outer.Coefficients.Zip(inner.Coefficients).All(c => c.First == c.Second * inner.Extent);

    // Tiles are stored along columns, so these are the group with the smallest step in out.
    static ContractionPiece Orient(ContractionPiece piece)
    {
        return Step(ContractionGroup.Column) <= Step(ContractionGroup.Row) ? piece : piece.Turned();

        long Step(ContractionGroup group) =>
            piece.Group(group) is { Length: > 0 } axes ? axes.Min(a => Math.Abs(a.Out)) : long.MaxValue;
    }

    static int Gcd(int a, int b) => b == 0 ? Math.Abs(a) : Gcd(b, a % b);
}
