using Xunit;

namespace Adjoint.Tests;

public sealed class ShapeOpsTests
{
    // Operand, attributes and result; the operand counts 0, 1, 2 … in its shape.
    public static TheoryData<string, int[], string, int[], double[]> Rearrangements => new()
    {
        { "transpose", [2, 3], "", [3, 2], [0, 3, 1, 4, 2, 5] },
        { "first_to_last", [2, 3], "", [3, 2], [0, 3, 1, 4, 2, 5] },
        { "last_to_first", [2, 3], "", [3, 2], [0, 3, 1, 4, 2, 5] },
        { "channels_last", [1, 2, 3], "", [1, 3, 2], [0, 3, 1, 4, 2, 5] },
        { "channels_first", [1, 3, 2], "", [1, 2, 3], [0, 2, 4, 1, 3, 5] },
        { "flatten", [2, 1, 3], "", [2, 3], [0, 1, 2, 3, 4, 5] },
        { "unflatten", [6], "rows=3", [3, 2], [0, 1, 2, 3, 4, 5] },
        { "split_heads", [1, 2, 4], "heads=2", [1, 2, 2, 2], [0, 1, 4, 5, 2, 3, 6, 7] },
        { "merge_heads", [1, 2, 2, 2], "", [1, 2, 4], [0, 1, 4, 5, 2, 3, 6, 7] },
        { "pixel_shuffle", [1, 4, 1, 2], "", [1, 1, 2, 4], [0, 2, 1, 3, 4, 6, 5, 7] },
        { "pixel_unshuffle", [1, 1, 2, 4], "", [1, 4, 1, 2], [0, 2, 1, 3, 4, 6, 5, 7] },
        { "channel_shuffle", [1, 4, 1], "groups=2", [1, 4, 1], [0, 2, 1, 3] },
        { "repeat", [2], "times=3", [6], [0, 0, 0, 1, 1, 1] },
        { "tile", [2], "times=3", [6], [0, 1, 0, 1, 0, 1] },
        { "expand", [2], "copies=2", [2, 2], [0, 1, 0, 1] },
        { "upsample_nearest1d", [1, 1, 2], "", [1, 1, 4], [0, 0, 1, 1] },
        { "upsample_nearest2d", [1, 1, 1, 2], "factor_w=3", [1, 1, 2, 6], [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1] },
        { "resize_linear", [3], "size=6", [6], [0, 0.25, 0.75, 1.25, 1.75, 2] },
        { "resize_linear", [4], "size=2", [2], [0.5, 2.5] },
        { "diagonal", [2, 2], "", [2], [0, 3] },
        { "diagonal_matrix", [2], "", [2, 2], [0, 0, 0, 1] },
        { "lower_triangle", [2, 3], "", [2, 3], [0, 0, 0, 3, 4, 0] },
        { "lower_triangle", [2, 3], "diagonal=-1", [2, 3], [0, 0, 0, 3, 0, 0] },
        { "upper_triangle", [2, 3], "", [2, 3], [0, 1, 2, 0, 4, 5] },
        { "upper_triangle", [2, 3], "diagonal=1", [2, 3], [0, 1, 2, 0, 0, 5] },
        { "slice", [5], "start=1 length=3", [3], [1, 2, 3] },
        { "strided_slice", [6], "start=1 step=2", [3], [1, 3, 5] },
        { "strided_slice", [6], "start=2 step=3", [2], [2, 5] },
        { "at", [2, 3], "position=1", [2], [1, 4] },
        { "last", [2, 3], "", [2], [2, 5] },
        { "flip", [3], "", [3], [2, 1, 0] },
        { "roll", [4], "shift=1", [4], [3, 0, 1, 2] },
        { "roll", [4], "shift=3", [4], [1, 2, 3, 0] },
        { "pad_zero", [2], "before=1 after=2", [5], [0, 0, 1, 0, 0] },
        { "pad_constant", [2], "before=1 after=2 value=9", [5], [9, 0, 1, 9, 9] },
        { "pad_edge", [3], "before=1 after=2", [6], [0, 0, 1, 2, 2, 2] },
        { "pad_reflect", [4], "before=2 after=2", [8], [2, 1, 0, 1, 2, 3, 2, 1] },
        { "pad_wrap", [3], "before=1 after=2", [6], [2, 0, 1, 2, 0, 1] },
        { "unfold", [5], "width=3 stride=2", [2, 3], [0, 1, 2, 2, 3, 4] },
        { "overlap_add", [2, 3], "stride=2", [5], [0, 1, 5, 4, 5] },
        { "patches", [1, 1, 2, 4], "", [1, 2, 4], [0, 1, 4, 5, 2, 3, 6, 7] },
    };

    [Theory]
    [MemberData(nameof(Rearrangements))]
    public void Elements_go_where_they_belong(string op, int[] shape, string attributes, int[] expectedShape,
        double[] expected) =>
        Numbers.Equal(Numbers.Of(expectedShape, expected), Forward.Of(op, Attributes(attributes), Numbers.Count(shape)),
            op);

    [Theory]
    [InlineData("pixel_shuffle", "pixel_unshuffle", 1, 8, 2, 3)]
    [InlineData("depth_to_space", "space_to_depth", 1, 8, 2, 3)]
    [InlineData("split_heads", "merge_heads", 2, 3, 4, 0)]
    [InlineData("channels_last", "channels_first", 2, 3, 4, 0)]
    [InlineData("first_to_last", "last_to_first", 2, 3, 4, 0)]
    public void A_rearrangement_and_its_opposite_leave_everything_in_place(string there, string back, int a, int b,
        int c, int d)
    {
        var x = Numbers.Count(d == 0 ? [a, b, c] : [a, b, c, d]);
        Numbers.Equal(x, Forward.Of(back, Forward.Of(there, x)), back);
    }

    // Block-major channels: the two rows of a block come from the two halves of the channels.
    [Fact]
    public void Depth_to_space_takes_blocks_first() =>
        Numbers.Equal(Numbers.Of([1, 2, 2, 2], 0, 2, 4, 6, 1, 3, 5, 7),
            Forward.Of("depth_to_space", Numbers.Count(1, 8, 1, 1)));

    [Fact]
    public void Two_operands_join()
    {
        NdArray x = Numbers.Count(2, 2), z = Numbers.Of([2, 1], 8, 9);
        Numbers.Equal(Numbers.Of([2, 3], 0, 1, 8, 2, 3, 9), Forward.Of("concat", x, z));
        Numbers.Equal(Numbers.Of([3, 2], 0, 1, 2, 3, 8, 9), Forward.Of("concat_first", x, z.Reshape(1, 2)));
        Numbers.Equal(Numbers.Of([2, 2], 0, 5, 1, 6), Forward.Of("stack", NdArray.Vector(0, 1), NdArray.Vector(5, 6)));
    }

    [Fact]
    public void Numbers_from_nothing()
    {
        Numbers.Equal(NdArray.Vector(1, 1.5, 2), Forward.Of("range", [("start", 1), ("step", 0.5), ("size", 3)]));
        Numbers.Equal(Numbers.Of([2, 2], 1, 0, 0, 1), Forward.Of("identity", [("size", 2)]));
    }

    static (string, double)[] Attributes(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('='))
        .Select(a => (a[0], double.Parse(a[1], System.Globalization.CultureInfo.InvariantCulture)))];
}
