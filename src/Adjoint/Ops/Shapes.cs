namespace Adjoint;

// (h,c) in an index is h * #c + c: splitting and merging dimensions, interleaving and repeating are all this.

/// <summary>Rearranging: every element of the result is one element of the operand.</summary>
public static class ShapeOps
{
    /// <summary>Swaps the last two axes: x [.., i, j] to y [.., j, i].</summary>
    public static readonly Op Transpose = Op.Define("""
        transpose(x[..,i,j]) -> y
          y[..,j,i] = x[..,i,j]
        """);

    /// <summary>Moves the first axis to the end: x [i, ..] to y [.., i].</summary>
    public static readonly Op FirstToLast = Op.Define("""
        first_to_last(x[i,..]) -> y
          y[..,i] = x[i,..]
        """);

    /// <summary>Moves the last axis to the front: x [.., i] to y [i, ..].</summary>
    public static readonly Op LastToFirst = Op.Define("""
        last_to_first(x[..,i]) -> y
          y[i,..] = x[..,i]
        """);

    /// <summary>Channels behind the positions: x [b, c, ..] to y [b, .., c].</summary>
    public static readonly Op ChannelsLast = Op.Define("""
        channels_last(x[b,c,..]) -> y
          y[b,..,c] = x[b,c,..]
        """);

    /// <summary>Channels before the positions: x [b, .., c] to y [b, c, ..].</summary>
    public static readonly Op ChannelsFirst = Op.Define("""
        channels_first(x[b,..,c]) -> y
          y[b,c,..] = x[b,..,c]
        """);

    /// <summary>Two axes become one: x [.., i, j] to y [.., i j].</summary>
    public static readonly Op Flatten = Op.Define("""
        flatten(x[..,i,j]) -> y
          y[..,(i,j)] = x[..,i,j]
        """);

    /// <summary>One axis becomes rows: x [.., i j] to y [.., i, j].</summary>
    public static readonly Op Unflatten = Op.Define("""
        unflatten(x[..,(i,j)]; rows = 2) -> y
          axis i < rows
          y[..,i,j] = x[..,(i,j)]
        """);

    /// <summary>A head axis out of the features: x [b, t, h c] to y [b, h, t, c].</summary>
    public static readonly Op SplitHeads = Op.Define("""
        split_heads(x[b,t,(h,c)]; heads = 2) -> y
          axis h < heads
          y[b,h,t,c] = x[b,t,(h,c)]
        """);

    /// <summary>The heads side by side again: x [b, h, t, c] to y [b, t, h c].</summary>
    public static readonly Op MergeHeads = Op.Define("""
        merge_heads(x[b,h,t,c]) -> y
          y[b,t,(h,c)] = x[b,h,t,c]
        """);

    /// <summary>Channels to positions, channel-major (arXiv:1609.05158): x [b, c r s, m, n] to y [b, c, m r, n
    /// s].</summary>
    public static readonly Op PixelShuffle = Op.Define("""
        pixel_shuffle(x[b,(c,r,s),m,n]; factor = 2) -> y
          axis r < factor
          axis s < factor
          y[b,c,(m,r),(n,s)] = x[b,(c,r,s),m,n]
        """);

    /// <summary>Positions to channels, channel-major: x [b, c, m r, n s] to y [b, c r s, m, n].</summary>
    public static readonly Op PixelUnshuffle = Op.Define("""
        pixel_unshuffle(x[b,c,(m,r),(n,s)]; factor = 2) -> y
          axis r < factor
          axis s < factor
          y[b,(c,r,s),m,n] = x[b,c,(m,r),(n,s)]
        """);

    /// <summary>Channels to positions, block-major: x [b, r s c, m, n] to y [b, c, m r, n s].</summary>
    public static readonly Op DepthToSpace = Op.Define("""
        depth_to_space(x[b,(r,s,c),m,n]; factor = 2) -> y
          axis r < factor
          axis s < factor
          y[b,c,(m,r),(n,s)] = x[b,(r,s,c),m,n]
        """);

    /// <summary>Positions to channels, block-major: x [b, c, m r, n s] to y [b, r s c, m, n].</summary>
    public static readonly Op SpaceToDepth = Op.Define("""
        space_to_depth(x[b,c,(m,r),(n,s)]; factor = 2) -> y
          axis r < factor
          axis s < factor
          y[b,(r,s,c),m,n] = x[b,c,(m,r),(n,s)]
        """);

    /// <summary>Channels of different groups side by side (arXiv:1707.01083): x [b, g c, ..] to y [b, c g,
    /// ..].</summary>
    public static readonly Op ChannelShuffle = Op.Define("""
        channel_shuffle(x[b,(g,c),..]; groups = 2) -> y
          axis g < groups
          y[b,(c,g),..] = x[b,(g,c),..]
        """);

    /// <summary>Every element several times in a row: x [.., i] to y [.., i r].</summary>
    public static readonly Op Repeat = Op.Define("""
        repeat(x[..,i]; times = 2) -> y
          axis r < times
          y[..,(i,r)] = x[..,i]
        """);

    /// <summary>The whole axis several times: x [.., i] to y [.., r i].</summary>
    public static readonly Op Tile = Op.Define("""
        tile(x[..,i]; times = 2) -> y
          axis r < times
          y[..,(r,i)] = x[..,i]
        """);

    /// <summary>Copies along a new first axis: x [..] to y [n, ..].</summary>
    public static readonly Op Expand = Op.Define("""
        expand(x[..]; copies = 2) -> y
          axis n < copies
          y[n,..] = x[..]
        """);

    /// <summary>Larger by repeating pixels: x [b, c, m] to y [b, c, m r].</summary>
    public static readonly Op UpsampleNearest1d = Op.Define("""
        upsample_nearest1d(x[b,c,m]; factor = 2) -> y
          axis r < factor
          y[b,c,(m,r)] = x[b,c,m]
        """);

    /// <summary>Larger by repeating pixels: x [b, c, m, n] to y [b, c, m r, n s].</summary>
    public static readonly Op UpsampleNearest2d = Op.Define("""
        upsample_nearest2d(x[b,c,m,n]; factor_h = 2, factor_w = 2) -> y
          axis r < factor_h
          axis s < factor_w
          y[b,c,(m,r),(n,s)] = x[b,c,m,n]
        """);

    /// <summary>Any new length by straight lines between pixel centres; weights are the hat function, so it is a
    /// product: x [.., m] to y [.., p].</summary>
    public static readonly Op ResizeLinear = Op.Define("""
        resize_linear(x[..,m]; size = 5) -> y
          axis p < size
          at[p]   = min(max((p + 0.5) * #m / size - 0.5, 0), #m - 1)
          y[..,p] += x[..,m] * max(0, 1 - abs(at[p] - m))
        """);

    /// <summary>The diagonal: x [i, i] to y [i].</summary>
    public static readonly Op Diagonal = Op.Define("""
        diagonal(x[i,i]) -> y
          y[i] = x[i,i]
        """);

    /// <summary>A matrix with the given diagonal and 0 elsewhere: x [i] to y [i, j].</summary>
    public static readonly Op DiagonalMatrix = Op.Define("""
        diagonal_matrix(x[i]) -> y[i,j]
          axis j < #i
          y[i,i] = x[i]
        """);

    /// <summary>The lower triangle, up to a diagonal: x [.., t, u] with 0 above.</summary>
    public static readonly Op LowerTriangle = Op.Define("""
        lower_triangle(x[..,t,u]; diagonal = 0) -> y
          y[..,t,u] = x[..,t,u]  if u - t <= diagonal
        """);

    /// <summary>The upper triangle, from a diagonal on: x [.., t, u] with 0 below.</summary>
    public static readonly Op UpperTriangle = Op.Define("""
        upper_triangle(x[..,t,u]; diagonal = 0) -> y
          y[..,t,u] = x[..,t,u]  if u - t >= diagonal
        """);

    internal static Op[] All =>
    [
        Transpose, FirstToLast, LastToFirst, ChannelsLast, ChannelsFirst, Flatten, Unflatten, SplitHeads, MergeHeads,
        PixelShuffle, PixelUnshuffle, DepthToSpace, SpaceToDepth, ChannelShuffle, Repeat, Tile, Expand,
        UpsampleNearest1d,
        UpsampleNearest2d, ResizeLinear, Diagonal, DiagonalMatrix, LowerTriangle, UpperTriangle,
    ];
}

public sealed partial class Tensor
{
    /// <summary>The same elements under other sizes; -1 is what is left.</summary>
    public Tensor Reshape(params int[] shape) => Layouts.Reshape(this, Filled(shape));

    /// <summary>The axes from start to end as one.</summary>
    public Tensor Flatten(int start = 0, int end = -1) =>
        Reshape([.. Shape[..Axis(start)], -1, .. Shape[(Axis(end) + 1)..]]);

    /// <summary>Dimensions in another order: for each of the result, the one of this it is.</summary>
    public Tensor Permute(params int[] order) => Layouts.Permute(this, [.. order.Select(d => Axis(d))]);

    /// <summary>Two axes swapped.</summary>
    public Tensor Transpose(int a, int b) =>
        Layouts.Permute(this, [.. Enumerable.Range(0, Rank).Select(d => d == Axis(a) ? Axis(b) : d == Axis(b)
            ? Axis(a) : d)]);

    /// <summary>The last two axes swapped: [.., i, j] to [.., j, i].</summary>
    public Tensor T => ShapeOps.Transpose.Call([this]);

    /// <summary>Without an axis of size 1.</summary>
    public Tensor Squeeze(int axis) => Reshape([.. Shape[..Axis(axis)], .. Shape[(Axis(axis) + 1)..]]);

    /// <summary>Without all axes of size 1.</summary>
    public Tensor Squeeze() => Reshape([.. shape.Where(size => size != 1)]);

    /// <summary>With a new axis of size 1.</summary>
    public Tensor Unsqueeze(int axis) =>
        Reshape([.. Shape[..Axis(axis, Rank + 1)], 1, .. Shape[Axis(axis, Rank + 1)..]]);

    /// <summary>Dimensions of size 1 repeated and leading ones added; -1 keeps a size.</summary>
    public Tensor Expand(params int[] shape) => Layouts.Expand(this, Widened(shape));

    /// <summary>Every position several times in a row along an axis.</summary>
    public Tensor Repeat(int times, int axis = -1) => ShapeOps.Repeat.CallAlong([axis], false, [this], [times]);

    /// <summary>The whole axis several times.</summary>
    public Tensor Tile(int times, int axis = -1) => ShapeOps.Tile.CallAlong([axis], false, [this], [times]);

    /// <summary>[b, t, h c] to [b, h, t, c].</summary>
    public Tensor SplitHeads(int heads) => ShapeOps.SplitHeads.Call([this], heads);

    /// <summary>Channels to positions: [b, c r s, m, n] to [b, c, m r, n s].</summary>
    public Tensor PixelShuffle(int factor) => ShapeOps.PixelShuffle.Call([this], factor);

    /// <summary>Positions to channels: [b, c, m r, n s] to [b, c r s, m, n].</summary>
    public Tensor PixelUnshuffle(int factor) => ShapeOps.PixelUnshuffle.Call([this], factor);

    /// <summary>Channels of groups interleaved: [b, g c, ..].</summary>
    public Tensor ChannelShuffle(int groups) => ShapeOps.ChannelShuffle.Call([this], groups);

    /// <summary>[b, h, t, c] to [b, t, h c].</summary>
    public Tensor MergeHeads() => ShapeOps.MergeHeads.Call([this]);

    /// <summary>Larger by repeating pixels: [b, c, m] or [b, c, m, n].</summary>
    public Tensor UpsampleNearest(int factor) =>
        Rank == 3 ? ShapeOps.UpsampleNearest1d.Call([this], factor)
            : ShapeOps.UpsampleNearest2d.Call([this], factor, factor);

    /// <summary>A new length by straight lines between centres.</summary>
    public Tensor ResizeLinear(int size, int axis = -1) =>
        ShapeOps.ResizeLinear.CallAlong([axis], false, [this], [size]);

    /// <summary>The diagonal: [i, i] to [i].</summary>
    public Tensor Diagonal() => ShapeOps.Diagonal.Call([this]);

    /// <summary>A matrix with this diagonal: [i] to [i, i].</summary>
    public Tensor DiagonalMatrix() => ShapeOps.DiagonalMatrix.Call([this]);

    /// <summary>0 above a diagonal: [.., t, u].</summary>
    public Tensor LowerTriangle(int diagonal = 0) => ShapeOps.LowerTriangle.Call([this], diagonal);

    /// <summary>0 below a diagonal: [.., t, u].</summary>
    public Tensor UpperTriangle(int diagonal = 0) => ShapeOps.UpperTriangle.Call([this], diagonal);

    /// <summary>An axis from 0 up, where the caller may count from the end.</summary>
    int Axis(int axis, int? rank = null)
    {
        var count = rank ?? Rank;
        return axis >= -count && axis < count ? axis < 0 ? axis + count : axis
            : throw new ShapeException($"axis {axis} does not exist.\n  x : {Described}", "axis", axis);
    }

    int[] Filled(int[] sizes)
    {
        int[] all = [.. sizes];
        var open = Array.IndexOf(all, -1);
        if (open >= 0)
        {
            all[open] = 1;
            all[open] = CountOf(all) is var others and > 0 ? (int)(Count / others) : 0;
        }
        return CountOf(all) == Count && !all.Any(size => size < 0) ? all
            : throw new ShapeException($"Reshape: {Count} elements do not fill the shape [{string.Join(", ", sizes)}].\n"
                + $"  x : {Described}", "x", [.. Shape]);
    }

    int[] Widened(int[] sizes)
    {
        var lead = sizes.Length - Rank;
        int[] all = [.. sizes.Select((size, d) => size == -1 && d >= lead ? shape[d - lead] : size)];
        for (var d = 0; d < Rank; d++)
            if (lead < 0 || all[d + lead] != shape[d] && shape[d] != 1)
                throw new ShapeException($"Expand: the shape [{string.Join(", ", sizes)}] does not fit.\n  x : {Described}\n"
                    + "Hint: from the right, a size stays as it is or was 1.", "x", [.. Shape]);
        return all;
    }
}
