namespace Adjoint;

/// <summary>Parts, joins and edges along the last axis, x [.., i], and numbers made from nothing.</summary>
public static class SliceOps
{
    /// <summary>Two one behind the other: x [.., i] and z [.., j] to y [.., k].</summary>
    public static readonly Op Concat = Op.Define("""
        concat(x[..,i], z[..,j]) -> y[..,k]
          axis k < #i + #j
          y[..,0 + i]  = x[..,i]
          y[..,#i + j] = z[..,j]
        """);

    /// <summary>Two one behind the other along the first axis: x [i, ..] and z [j, ..] to y [k, ..].</summary>
    public static readonly Op ConcatFirst = Op.Define("""
        concat_first(x[i,..], z[j,..]) -> y[k,..]
          axis k < #i + #j
          y[0 + i,..]  = x[i,..]
          y[#i + j,..] = z[j,..]
        """);

    /// <summary>Two of one shape along a new last axis: x, z [..] to y [.., 2].</summary>
    public static readonly Op Stack = Op.Define("""
        stack(x[..], z[..]) -> y[..,k]
          axis k < 2
          y[..,0] = x[..]
          y[..,1] = z[..]
        """);

    /// <summary>length elements from start on.</summary>
    public static readonly Op Slice = Op.Define("""
        slice(x[..,i]; start = 0, length = 1) -> y
          axis j < length
          y[..,j] = x[..,start + j]
        """).Tried("start", 1).Tried("length", 2).Sized("i", 4);

    /// <summary>Every step-th element from start on.</summary>
    public static readonly Op StridedSlice = Op.Define("""
        strided_slice(x[..,i]; start = 0, step = 2) -> y
          axis j < (#i - start - 1) / step + 1
          y[..,j] = x[..,start + step*j]
        """).Tried("start", 1).Sized("i", 4);

    /// <summary>One position: x [.., i] to y [..].</summary>
    public static readonly Op At = Op.Define("""
        at(x[..,i]; position = 0) -> y
          y[..] = x[..,position]
        """).Tried("position", 1);

    /// <summary>The last position: x [.., i] to y [..].</summary>
    public static readonly Op Last = Op.Define("""
        last(x[..,i]) -> y
          y[..] = x[..,#i - 1]
        """);

    /// <summary>The order reversed.</summary>
    public static readonly Op Flip = Op.Define("""
        flip(x[..,i]) -> y
          y[..,i] = x[..,#i - 1 - i]
        """);

    /// <summary>Moved to the right by shift (from 0 to the length), what falls off comes back on the left.</summary>
    public static readonly Op Roll = Op.Define("""
        roll(x[..,i]; shift = 1) -> y[..,j]
          axis j < #i
          y[..,i + shift]      = x[..,i]  if i + shift < #i
          y[..,i + shift - #i] = x[..,i]  if i + shift >= #i
        """);

    /// <summary>Zeros before and after.</summary>
    public static readonly Op PadZero = Op.Define("""
        pad_zero(x[..,i]; before = 1, after = 1) -> y[..,k]
          axis k < before + #i + after
          y[..,i + before] = x[..,i]
        """).Tried("after", 2);

    /// <summary>A fixed value before and after.</summary>
    public static readonly Op PadConstant = Op.Define("""
        pad_constant(x[..,i]; before = 1, after = 1, value = 0) -> y
          axis k < before + #i + after
          y[..,k] = where(k >= before and k < before + #i, x[..,k - before], value)
        """).Tried("after", 2).Tried("value", -3);

    /// <summary>The first and the last element again and again before and after.</summary>
    public static readonly Op PadEdge = Op.Define("""
        pad_edge(x[..,i]; before = 1, after = 1) -> y
          axis k < before + #i + after
          y[..,k] = x[..,0]           if k < before
          y[..,k] = x[..,k - before]  if k >= before and k < before + #i
          y[..,k] = x[..,#i - 1]      if k >= before + #i
        """).Tried("after", 2);

    /// <summary>The elements mirrored at the first and the last one, which are not repeated.</summary>
    public static readonly Op PadReflect = Op.Define("""
        pad_reflect(x[..,i]; before = 1, after = 1) -> y
          axis k < before + #i + after
          y[..,k] = x[..,before - k]                  if k < before
          y[..,k] = x[..,k - before]                  if k >= before and k < before + #i
          y[..,k] = x[..,2*#i + before - 2 - k]       if k >= before + #i
        """).Tried("after", 2).Sized("i", 3);

    /// <summary>The elements from the other end, as on a ring.</summary>
    public static readonly Op PadWrap = Op.Define("""
        pad_wrap(x[..,i]; before = 1, after = 1) -> y
          axis k < before + #i + after
          y[..,k] = x[..,k - before + #i]  if k < before
          y[..,k] = x[..,k - before]       if k >= before and k < before + #i
          y[..,k] = x[..,k - before - #i]  if k >= before + #i
        """).Tried("after", 2).Sized("i", 3);

    /// <summary>All windows of a width: x [.., t] to y [.., s, k].</summary>
    public static readonly Op Unfold = Op.Define("""
        unfold(x[..,t]; width = 2, stride = 1) -> y
          axis k < width
          axis s < (#t - width) / stride + 1
          y[..,s,k] = x[..,stride*s + k]
        """).Sized("t", 4);

    /// <summary>Windows added up where they overlap, the opposite of unfold: x [.., s, k] to y [.., t].</summary>
    public static readonly Op OverlapAdd = Op.Define("""
        overlap_add(x[..,s,k]; stride = 1) -> y[..,t]
          axis t < (#s - 1)*stride + #k
          y[..,t] += x[..,s,k]  if t == stride*s + k
        """);

    /// <summary>All windows of an image as rows: x [b, c, m, n] to y [b, p q, c k l].</summary>
    public static readonly Op Patches = Op.Define("""
        patches(x[b,c,m,n]; size = 2, stride = 2) -> y[b,(p,q),(c,k,l)]
          axis k < size
          axis l < size
          axis p < (#m - size) / stride + 1
          axis q < (#n - size) / stride + 1
          y[b,(p,q),(c,k,l)] = x[b,c,stride*p + k,stride*q + l]
        """).Sized("m", 4).Sized("n", 4);

    /// <summary>start, start + step, start + 2 step …: y [i].</summary>
    public static readonly Op Range = Op.Define("""
        range(; start = 0, step = 1, size = 4) -> y
          axis i < size
          y[i] = start + step * i
        """);

    /// <summary>The unit matrix: y [i, j].</summary>
    public static readonly Op Identity = Op.Define("""
        identity(; size = 3) -> y
          axis i < size
          axis j < size
          y[i,j] = i == j
        """);

    internal static Op[] All =>
    [
        Concat, ConcatFirst, Stack, Slice, StridedSlice, At, Last, Flip, Roll, PadZero, PadConstant, PadEdge,
        PadReflect,
        PadWrap, Unfold, OverlapAdd, Patches, Range, Identity,
    ];
}
