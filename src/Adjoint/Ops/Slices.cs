using System.Runtime.CompilerServices;

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

public sealed partial class Tensor
{
    /// <summary>One behind the other along an axis.</summary>
    public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts) =>
        Layouts.Join(parts, parts[0].Axis(axis));

    /// <summary>Side by side along a new axis; all of one shape.</summary>
    public static Tensor Stack(int axis, params ReadOnlySpan<Tensor> parts) =>
        Layouts.Stack(parts, parts[0].Axis(axis, parts[0].Rank + 1));

    /// <summary>length positions from start on along an axis.</summary>
    public Tensor Slice(int axis, int start, int length) =>
        SliceOps.Slice.CallAlong([axis], false, [this], [start, length]);

    /// <summary>Parts of the first axes: <c>x[.., 0]</c>, <c>x[1..3]</c>, <c>x[^1]</c>. A number drops its axis, a range keeps it, and
    /// <c>..</c> is all of its own axis. <see cref="Position.Rest"/> stands for those between the first and the last ones.</summary>
    /// <exception cref="ShapeException">A position is outside of its axis, or there are more positions than axes.</exception>
    [IndexerName("Part")]
    public Tensor this[params ReadOnlySpan<Position> at] => Parts(at);

    /// <summary>The order reversed along axes.</summary>
    public Tensor Flip(params ReadOnlySpan<int> axes) =>
        axes is [] ? this : SliceOps.Flip.CallAlong([axes[0]], false, [this]).Flip(axes[1..]);

    /// <summary>Moved along an axis; what falls off comes back at the other end.</summary>
    public Tensor Roll(int shift, int axis = -1) =>
        SliceOps.Roll.CallAlong([axis], false, [this], [Wrapped(shift, Shape[Axis(axis)])]);

    /// <summary>A fixed value before and after along an axis.</summary>
    public Tensor Pad(int before, int after, int axis = -1, double value = 0) =>
        SliceOps.PadConstant.CallAlong([axis], false, [this], [before, after, value]);

    /// <summary>The first and the last element again, before and after along an axis.</summary>
    public Tensor PadEdge(int before, int after, int axis = -1) =>
        SliceOps.PadEdge.CallAlong([axis], false, [this], [before, after]);

    /// <summary>The elements mirrored at the ends, before and after along an axis.</summary>
    public Tensor PadReflect(int before, int after, int axis = -1) =>
        SliceOps.PadReflect.CallAlong([axis], false, [this], [before, after]);

    /// <summary>The elements from the other end, before and after along an axis.</summary>
    public Tensor PadWrap(int before, int after, int axis = -1) =>
        SliceOps.PadWrap.CallAlong([axis], false, [this], [before, after]);

    /// <summary>All windows of a width: [.., t] to [.., s, k].</summary>
    public Tensor Unfold(int width, int stride = 1) => SliceOps.Unfold.Call([this], width, stride);

    /// <summary>Windows added up where they overlap: [.., s, k] to [.., t].</summary>
    public Tensor OverlapAdd(int stride = 1) => SliceOps.OverlapAdd.Call([this], stride);

    /// <summary>All windows of an image as rows: [b, c, m, n] to [b, p q, c k l].</summary>
    public Tensor Patches(int size = 2, int stride = 2) => SliceOps.Patches.Call([this], size, stride);

    /// <summary>start, start + step … before stop: [i].</summary>
    public static Tensor Arange(double start, double stop, double step = 1, DType type = DType.Float32) =>
        SliceOps.Range.CallAs(type, [], start, step, Math.Max(0, Math.Ceiling((stop - start) / step)));

    /// <summary>0, 1, 2 … size - 1: [i].</summary>
    public static Tensor Arange(int size, DType type = DType.Float32) => Arange(0, size, 1, type);

    /// <summary>The unit matrix: [i, i].</summary>
    public static Tensor Eye(int size, DType type = DType.Float32) => SliceOps.Identity.CallAs(type, [], size);

    static int Wrapped(int shift, int size) => size == 0 ? 0 : (shift % size + size) % size;

    /// <summary>Parts of these sizes along an axis.</summary>
    public Tensor[] Split(ReadOnlySpan<int> sizes, int axis = -1)
    {
        var parts = new Tensor[sizes.Length];
        var start = 0;
        for (var i = 0; i < parts.Length; start += sizes[i++]) parts[i] = Slice(axis, start, sizes[i]);
        return parts;
    }

    /// <summary>Parts of one size along an axis; the last may be smaller.</summary>
    public Tensor[] Split(int size, int axis = -1)
    {
        var length = Shape[Axis(axis)];
        var count = (length + size - 1) / size;
        return Split([.. Enumerable.Range(0, count).Select(i => Math.Min(size, length - i * size))], axis);
    }
}
