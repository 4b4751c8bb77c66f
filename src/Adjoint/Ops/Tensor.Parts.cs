namespace Adjoint;

public sealed partial class Tensor
{
    // `..` is the rest if fewer axes are named than there are; otherwise it is all of its own axis.
    Tensor Parts(ReadOnlySpan<Position> at)
    {
        var rest = -1;
        for (var i = 0; i < at.Length && at.Length <= Rank + 1; i++)
            if (at[i].IsAll && at.Length != Rank && rest < 0) rest = i;
        if (at.Length - (rest >= 0 ? 1 : 0) > Rank)
            throw new ShapeException($"Tensor: {at.Length} positions are given for {Rank} axes.\n  x : {Described}", "x", [.. Shape]);
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
