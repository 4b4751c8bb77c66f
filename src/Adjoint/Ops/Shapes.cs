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
