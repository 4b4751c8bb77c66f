using System.Numerics;

namespace Adjoint;

// Where a window fails, the engine multiplies with 0 what should take no part: nothing, unless the other factor is
// infinite or no number. Operands that meet such points are looked through before a run, and where one of them is not
// finite the definition itself is run: point by point, each cell until it is NaN and stays so.

/// <summary>A contraction by its definition, and whether it has to be run so.</summary>
sealed unsafe class PlainContraction
{
    readonly ContractionShape shape;
    readonly int[] outer, inner; // axes of cells, axes of the sum
    readonly List<(bool IsOfB, long From, long Count)> exposed = [];

    public PlainContraction(ContractionShape shape)
    {
        this.shape = shape;
        outer = [.. Enumerable.Range(0, shape.Axes.Count).Where(i => shape.Axes[i].Group != ContractionGroup.Sum)];
        inner = [.. Enumerable.Range(0, shape.Axes.Count).Where(i => shape.Axes[i].Group == ContractionGroup.Sum)];
        if (shape.Axes.Any(a => a.Extent == 0)) return;
        foreach (var isOfB in new[] { false, true })
        {
            // Two operands with windows would need to know which of their cells meet; lines of that kind are rare.
            var reads = shape.Windows.Where(w => !w.IsOfOut).ToList();
            if (reads.Exists(CanFail) && reads.TrueForAll(w => w.IsOfB != isOfB)) exposed.Add(Reach(isOfB));
        }
    }

    /// <summary>Whether the engine would let a point that does not exist change a cell.</summary>
    public bool IsNeeded(void* a, void* b, bool isDouble)
    {
        foreach (var (isOfB, from, count) in exposed)
            if (isDouble ? !IsFinite((double*)(isOfB ? b : a) + from, count)
                : !IsFinite((float*)(isOfB ? b : a) + from, count)) return true;
        return false;
    }

    public void Run<T>(T* a, T* b, T* cells, bool accumulate, T scale, TileEpilogue? epilogue, void* context,
        ContractionEnds ends)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<int> point = stackalloc int[shape.Axes.Count];
        point.Clear();
        do
        {
            var sum = T.Zero;
            do
            {
                if (!Exists(point, ends, out var cellA, out var cellB)) continue;
                sum = T.FusedMultiplyAdd(a[cellA], b[cellB], sum);
                if (T.IsNaN(sum)) break;
            }
            while (Next(point, inner, ends));
            foreach (var axis in inner) point[axis] = 0;
            var cell = 0L;
            foreach (var axis in outer) cell += shape.Axes[axis].StrideOut * point[axis];
            cells[cell] = accumulate ? cells[cell] + scale * sum : scale * sum;
            epilogue?.Invoke(context, cells + cell, cell, 1, 0, 1);
        }
        while (Next(point, outer, ends));
    }

    bool Next(Span<int> point, int[] axes, ContractionEnds ends)
    {
        for (var i = axes.Length - 1; i >= 0; i--)
        {
            if (++point[axes[i]] < Extent(axes[i], ends)) return true;
            point[axes[i]] = 0;
        }
        return false;
    }

    int Extent(int axis, ContractionEnds ends) => Math.Min(shape.Axes[axis].Extent, ends[shape.Axes[axis].Group]);

    bool Exists(ReadOnlySpan<int> point, ContractionEnds ends, out long cellA, out long cellB)
    {
        (cellA, cellB) = (0, 0);
        for (var i = 0; i < point.Length; i++)
        {
            if (point[i] >= Extent(i, ends)) return false;
            cellA += shape.Axes[i].StrideA * point[i];
            cellB += shape.Axes[i].StrideB * point[i];
        }
        foreach (var window in shape.Windows)
        {
            if (window.IsOfOut) continue;
            var position = window.Constant;
            for (var i = 0; i < point.Length; i++) position += window.Coefficients[i] * point[i];
            if (position < 0 || position % window.Divisor != 0
                || position / window.Divisor >= window.Extent) return false;
            if (window.IsOfB) cellB += window.Stride * (position / window.Divisor);
            else cellA += window.Stride * (position / window.Divisor);
        }
        return true;
    }

    bool CanFail(ContractionWindow window)
    {
        var (least, most) = shape.Reach(window);
        return least < 0 || most / window.Divisor >= window.Extent || window.Divisor > 1;
    }

    // All cells between the first and the last one that is read; those of other rows do no harm.
    (bool IsOfB, long From, long Count) Reach(bool isOfB)
    {
        long least = 0, most = 0;
        foreach (var axis in shape.Axes)
        {
            var reach = (isOfB ? axis.StrideB : axis.StrideA) * (axis.Extent - 1);
            (least, most) = (least + Math.Min(0, reach), most + Math.Max(0, reach));
        }
        return (isOfB, least, most - least + 1);
    }

    static bool IsFinite<T>(T* first, long count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A number times 0 is 0, and anything else is NaN.
        var sum = Vector<T>.Zero;
        var i = 0L;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            sum += Vector.Load(first + i) * Vector<T>.Zero;
        if (!Vector.EqualsAll(sum, Vector<T>.Zero)) return false;
        for (; i < count; i++)
            if (!T.IsFinite(first[i])) return false;
        return true;
    }
}
