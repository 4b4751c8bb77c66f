namespace Adjoint.Tests;

/// <summary>A contraction on arrays that touch guards, and its result by the plainest loops.</summary>
/// <remarks>Values are small whole numbers: every order of summation gives the same bits, so results are compared exactly.</remarks>
sealed unsafe class ContractionCase
{
    /// <summary>What cells hold that nobody may write.</summary>
    const double Untouched = 1e6;

    readonly ContractionShape shape;
    readonly (long Least, long Most)[] reach; // of the cells of a, b and out
    readonly double[] a, b, start, expected, doubled;

    public ContractionCase(ContractionShape shape, System.Random random)
    {
        this.shape = shape;
        reach = [(0, -1), (0, -1), (0, -1)];
        // An operand exists wherever its own windows let it be read.
        ForEachPoint(Only(shape, isOfB: false), (a, _, _) => Extend(ref reach[0], a));
        ForEachPoint(Only(shape, isOfB: true), (_, b, _) => Extend(ref reach[1], b));
        Widen(ref reach[0], isOfB: false);
        Widen(ref reach[1], isOfB: true);
        ForEachCell(cell => Extend(ref reach[2], cell));
        a = Numbers(reach[0]);
        b = Numbers(reach[1]);
        start = Numbers(reach[2]);
        var sums = new double[start.Length];
        ForEachPoint(shape, (i, j, cell) => sums[cell - reach[2].Least] += a[i - reach[0].Least] * b[j - reach[1].Least]);
        expected = [.. start.Select(_ => Untouched)];
        doubled = [.. expected];
        ForEachCell(cell =>
        {
            cell -= reach[2].Least;
            expected[cell] = Scale * sums[cell];
            doubled[cell] = start[cell] + Scale * sums[cell];
        });

        double[] Numbers((long Least, long Most) reach) =>
            [.. Enumerable.Range(0, (int)(reach.Most - reach.Least + 1)).Select(_ => random.Next(-4, 5))];
    }

    public static double Scale => 0.5;

    /// <summary>Runs it, both writing and adding; null if all cells are right, otherwise what is wrong.</summary>
    public string? Fault(DType type, string width, int threads, bool atEnd, Team? team = null) => type == DType.Float32
        ? Fault<float>(type, width, threads, atEnd, team) : Fault<double>(type, width, threads, atEnd, team);

    string? Fault<T>(DType type, string width, int threads, bool atEnd, Team? team)
        where T : unmanaged, System.Numerics.INumber<T> =>
        Enum.GetValues<StillOperand>().Select(still => Fault<T>(type, width, threads, atEnd, team, still))
            .FirstOrDefault(fault => fault is not null);

    string? Fault<T>(DType type, string width, int threads, bool atEnd, Team? team, StillOperand still)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using GuardedMemory memoryA = Memory<T>(a, atEnd), memoryB = Memory<T>(b, atEnd), memoryOut = Memory<T>(start, atEnd);
        var plan = ContractionPlan.Of(shape, type, CodeTarget.Of(width), threads, still);
        // A plan for an operand that stays the same differs from others only where it keeps panels of it.
        if (still is not StillOperand.None && plan.PanelBytes == 0) return null;
        using var workspace = new GuardedMemory((plan.WorkspaceBytes + 63) & -64, atEnd);
        using var panels = new GuardedMemory((plan.PanelBytes + 63) & -64, atEnd);
        panels.AsSpan<byte>().Fill(0xff);
        if (plan.PanelBytes > 0)
            plan.Pack(still is StillOperand.A ? First<T>(memoryA, 0) : First<T>(memoryB, 1), panels.Pointer, team);
        foreach (var accumulate in new[] { false, true })
        {
            workspace.AsSpan<byte>().Fill(0xff); // NaN, whichever type reads it
            var cells = memoryOut.AsSpan<T>();
            for (var i = 0; i < cells.Length; i++)
                cells[i] = expected[i] == Untouched ? T.CreateChecked(Untouched) : accumulate ? T.CreateChecked(start[i]) : T.CreateChecked(77);
            plan.Run(
                First<T>(memoryA, 0), First<T>(memoryB, 1), First<T>(memoryOut, 2), accumulate, workspace.Pointer, team, Scale,
                panels: plan.PanelBytes > 0 ? panels.Pointer : null);
            var wanted = accumulate ? doubled : expected;
            for (var i = 0; i < cells.Length; i++)
                if (cells[i] != T.CreateChecked(wanted[i]))
                    return $"cell {i + reach[2].Least} is {cells[i]}, not {wanted[i]} ({type}, {width}, {threads} threads, "
                        + $"{(accumulate ? "adding" : "writing")}, {(atEnd ? "at the end" : "at the start")}, still {still})";
        }
        return null;
    }

    void* First<T>(GuardedMemory memory, int array) where T : unmanaged => (T*)memory.Pointer - reach[array].Least;

    static GuardedMemory Memory<T>(double[] values, bool atEnd) where T : unmanaged, System.Numerics.INumber<T>
    {
        var memory = new GuardedMemory((long)values.Length * sizeof(T), atEnd);
        var span = memory.AsSpan<T>();
        for (var i = 0; i < values.Length; i++) span[i] = T.CreateChecked(values[i]);
        return memory;
    }

    static ContractionShape Only(ContractionShape shape, bool isOfB)
    {
        var absent = isOfB ? ContractionGroup.Row : ContractionGroup.Column;
        return new(
            [.. shape.Axes.Select(x => x.Group == absent ? x with { Extent = 1 } : x)],
            [.. shape.Windows.Where(w => w.IsOfB == isOfB)]);
    }

    static void Extend(ref (long Least, long Most) reach, long cell) =>
        reach = reach.Most < reach.Least ? (cell, cell) : (Math.Min(reach.Least, cell), Math.Max(reach.Most, cell));

    // All positions inside of the windows are cells of the operand.
    void Widen(ref (long Least, long Most) reach, bool isOfB)
    {
        if (reach.Most < reach.Least) return;
        var steps = shape.Axes.Where(x => x.Group != (isOfB ? ContractionGroup.Row : ContractionGroup.Column))
            .Select(x => (isOfB ? x.StrideB : x.StrideA) * (x.Extent - 1))
            .Concat(shape.Windows.Where(w => w.IsOfB == isOfB).Select(w => w.Stride * (w.Extent - 1))).ToList();
        Extend(ref reach, steps.Sum(step => Math.Min(0, step)));
        Extend(ref reach, steps.Sum(step => Math.Max(0, step)));
    }

    void ForEachCell(Action<long> visit)
    {
        if (shape.Axes.Any(x => x.Group != ContractionGroup.Sum && x.Extent == 0)) return;
        var outer = shape with { Windows = [], Axes = [.. shape.Axes.Where(x => x.Group != ContractionGroup.Sum)] };
        ForEachPoint(outer, (_, _, cell) => visit(cell));
    }

    static void ForEachPoint(ContractionShape shape, Action<long, long, long> visit)
    {
        var point = new int[shape.Axes.Count];
        Axis(0);

        void Axis(int axis)
        {
            if (axis < point.Length)
            {
                for (point[axis] = 0; point[axis] < shape.Axes[axis].Extent; point[axis]++) Axis(axis + 1);
                return;
            }
            long a = 0, b = 0, cell = 0;
            for (var i = 0; i < point.Length; i++)
            {
                a += shape.Axes[i].StrideA * point[i];
                b += shape.Axes[i].StrideB * point[i];
                cell += shape.Axes[i].StrideOut * point[i];
            }
            foreach (var window in shape.Windows)
            {
                var position = window.Constant;
                for (var i = 0; i < point.Length; i++) position += window.Coefficients[i] * point[i];
                if (position < 0 || position % window.Divisor != 0 || position / window.Divisor >= window.Extent) return;
                position /= window.Divisor;
                if (window.IsOfB) b += window.Stride * position;
                else a += window.Stride * position;
            }
            visit(a, b, cell);
        }
    }
}
