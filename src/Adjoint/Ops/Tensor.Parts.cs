namespace Adjoint;

public sealed partial class Tensor
{
    Tensor Parts(ReadOnlySpan<Position> at)
    {
        var (rest, named) = (-1, at.Length);
        for (var i = 0; i < at.Length; i++)
        {
            if (!at[i].IsRest) continue;
            if (rest >= 0) throw new ShapeException($"Tensor: the rest of the axes stands twice.\n  x : {Described}", "x", [.. Shape]);
            (rest, named) = (i, at.Length - 1);
        }
        if (named > Rank)
            throw new ShapeException($"Tensor: {named} positions are given for {Rank} axes.\n  x : {Described}", "x", [.. Shape]);
        var (starts, steps, sizes) = (new int[Rank], Enumerable.Repeat(1, Rank).ToArray(), Shape.ToArray());
        var kept = new List<int>();
        for (var d = 0; d < Rank; d++)
        {
            var i = rest < 0 || d < rest ? d : d >= Rank - (at.Length - 1 - rest) ? d - Rank + at.Length : rest;
            var position = i < at.Length ? at[i] : Range.All;
            var (start, end) = (position.Range.Start.GetOffset(shape[d]), position.Range.End.GetOffset(shape[d]));
            if (start < 0 || end > shape[d] || end < start)
                throw new ShapeException($"Tensor: {(position.IsSingle ? $"position {start}" : $"the range {position.Range}")} "
                    + $"is outside of axis {d}, which has {shape[d]} positions.\n  x : {Described}", "x", [.. Shape]);
            (starts[d], sizes[d]) = (start, end - start);
            if (!position.IsSingle) kept.Add(sizes[d]);
        }
        var window = sizes.AsSpan().SequenceEqual(Shape) ? this : Layouts.Window(this, starts, steps, sizes);
        return kept.Count == Rank ? window : window.Reshape([.. kept]);
    }
}
