using Xunit;

namespace Adjoint.Tests;

public sealed class ConvolutionOpsTests
{
    // Every combination of a few strides, paddings and dilations, against four nested loops with a test for the border.
    [Fact]
    public void A_convolution_is_its_nested_loops()
    {
        NdArray x = Numbers.Normal(1, 2, 2, 7), w = Numbers.Normal(2, 3, 2, 3), bias = Numbers.Normal(3, 3);
        foreach (var (stride, pad, dilation) in Combinations())
        {
            var (tall, wide) = (x.Reshape(2, 2, 7, 1), x.Reshape(2, 2, 1, 7));
            var length = (7 + 2 * pad - dilation * 2 - 1) / stride + 1;
            var expected = Naive(x, w, bias, stride, pad, dilation, length);
            (string, double)[] attributes = [("stride", stride), ("pad", pad), ("dilation", dilation)];
            Numbers.Equal(expected, Forward.Of("conv1d", attributes, x, w, bias), "conv1d");
            (string, double)[] sides = [("stride_h", stride), ("dilation_h", dilation), ("pad_top", pad),
                ("pad_bottom", pad)];
            Numbers.Equal(expected,
                Forward.Of("conv2d_grouped", sides, tall, w.Reshape(3, 2, 3, 1), bias).Reshape(2, 3, length), "tall");
            sides = [("stride_w", stride), ("dilation_w", dilation), ("pad_left", pad), ("pad_right", pad)];
            Numbers.Equal(expected,
                Forward.Of("conv2d_grouped", sides, wide, w.Reshape(3, 2, 1, 3), bias).Reshape(2, 3, length), "wide");
        }
    }

    [Fact]
    public void Groups_are_convolutions_side_by_side()
    {
        NdArray x = Numbers.Normal(1, 2, 4, 6), w = Numbers.Normal(2, 6, 2, 3), bias = Numbers.Normal(3, 6);
        var whole = Forward.Of("conv1d_grouped", [("groups", 2), ("pad_left", 1), ("pad_right", 1)], x, w, bias);
        var parts = Enumerable.Range(0, 2).Select(g => Forward.Of("conv1d", [("pad", 1)], Channels(x, 2 * g, 2),
            Numbers.Of([3, 2, 3], w.Values[(18 * g)..(18 * g + 18)]),
                NdArray.Vector(bias.Values[(3 * g)..(3 * g + 3)]))).ToList();
        Numbers.Equal(parts[0], Channels(whole, 0, 3));
        Numbers.Equal(parts[1], Channels(whole, 3, 3));
        // One channel a group is a depthwise convolution.
        var depthwise = Forward.Of("conv1d_grouped", [("groups", 4), ("pad_left", 1), ("pad_right", 1)], x,
            Numbers.Normal(4, 4, 1, 3), NdArray.Zeros(4));
        Numbers.Equal(depthwise, Forward.Of("depthwise_conv1d", [("pad", 1)], x, Numbers.Normal(4, 4, 3)));
        Numbers.Equal(depthwise,
            Forward.Of("depthwise_conv2d", [("pad", 1)], x.Reshape(2, 4, 6, 1), Filters()).Reshape(2, 4, 6));

        // The same taps in the middle column of a 3x3 filter.
        NdArray Filters() => NdArray.Generate([4, 3, 3], i => i % 3 == 1 ? Numbers.Normal(4, 4, 3).Values[i / 3] : 0);
    }

    [Fact]
    public void A_causal_convolution_sees_the_present_and_the_past()
    {
        NdArray x = Numbers.Normal(1, 1, 5, 2), w = Numbers.Normal(2, 3, 2, 2);
        var flipped = NdArray.Generate([3, 2, 2], i => w.Values[i / 2 * 2 + 1 - i % 2]);
        var padded = Forward.Of("conv1d_grouped", [("pad_left", 2), ("dilation", 2)], Forward.Of("transpose", x),
            flipped, NdArray.Zeros(3));
        Numbers.Equal(Forward.Of("transpose", padded), Forward.Of("causal_conv1d", [("dilation", 2)], x, w));
    }

    [Fact]
    public void Volumes_of_depth_one_are_images()
    {
        NdArray x = Numbers.Normal(1, 1, 2, 4, 4), w = Numbers.Normal(2, 3, 2, 3, 3), bias = Numbers.Normal(3, 3);
        var image = Forward.Of("conv2d", [("pad", 1)], x, w, bias);
        // Padding of the third side would make three slices; the outer taps of a depth of three are 0.
        var taps = NdArray.Generate([3, 2, 3, 3, 3], i => i % 3 == 1 ? w.Values[i / 3] : 0);
        Numbers.Equal(image,
            Forward.Of("conv3d", [("pad", 1)], x.Reshape(1, 2, 4, 4, 1), taps, bias).Reshape(1, 3, 4, 4));
    }

    // A transposed convolution is what carries the gradient of a convolution back to its input.
    [Fact]
    public void A_transposed_convolution_is_the_gradient_of_a_convolution()
    {
        foreach (var (stride, pad, dilation) in Combinations())
        {
            const int Long = 7, Wide = 6;
            var p = (Long + 2 * pad - dilation * 2 - 1) / stride + 1;
            var q = (Wide + 2 * pad - dilation * 2 - 1) / stride + 1;
            NdArray w = Numbers.Normal(1, 4, 3, 3, 3), dy = Numbers.Normal(2, 2, 4, p, q);
            var attributes = new Dictionary<string, double>
            {
                ["stride"] = stride, ["pad"] = pad,
                ["dilation"] = dilation
            };
            var dx = Gradient.Of(ConvolutionOps.Conv2d,
                new() { ["x"] = NdArray.Zeros(2, 3, Long, Wide), ["w"] = w, ["bias"] = NdArray.Zeros(4) },
                new() { ["y"] = dy }, attributes)["dx"];
            var (moreLong, moreWide) = (Long - Reach(p), Wide - Reach(q));
            (string, double)[] sides = [("stride_h", stride), ("stride_w", stride), ("dilation_h", dilation),
                ("dilation_w", dilation), ("pad_top", pad),
                ("pad_left", pad), ("pad_bottom", pad), ("pad_right", pad), ("output_pad_h", moreLong),
                    ("output_pad_w", moreWide)];
            Numbers.Equal(dx, Forward.Of("conv_transpose2d_grouped", sides, dy, w, NdArray.Zeros(3)), "grouped");
            if (moreLong == moreWide)
                Numbers.Equal(dx, Forward.Of("conv_transpose2d",
                    [.. attributes.Select(a => (a.Key, a.Value)), ("output_pad", moreLong)], dy, w,
                    NdArray.Zeros(3)), "plain");

            int Reach(int count) => (count - 1) * stride - 2 * pad + dilation * 2 + 1;
        }
    }

    [Fact]
    public void A_transposed_convolution_of_sequences()
    {
        NdArray x = Numbers.Of([1, 1, 2], 1, 2), w = Numbers.Of([1, 1, 3], 1, 10, 100);
        Numbers.Equal(Numbers.Of([1, 1, 6], 6, 15, 107, 25, 205, 5),
            Forward.Of("conv_transpose1d", [("stride", 2), ("output_pad", 1)], x, w, NdArray.Vector(5)));
        Numbers.Equal(Numbers.Of([1, 1, 4], 10, 102, 20, 200),
            Forward.Of("conv_transpose1d_grouped", [("stride", 2), ("pad_left", 1)], x, w, NdArray.Zeros(1)));
        // Two groups do not mix.
        var two = Forward.Of("conv_transpose1d_grouped", [("groups", 2)], Numbers.Of([1, 2, 1], 1, 2),
            Numbers.Of([2, 1, 1], 3, 5), NdArray.Vector(0, 1));
        Numbers.Equal(Numbers.Of([1, 2, 1], 3, 11), two);
    }

    static IEnumerable<(int Stride, int Pad, int Dilation)> Combinations() =>
        from stride in new[] { 1, 2, 3 }
        from pad in new[] { 0, 1, 2 }
        from dilation in new[] { 1, 2 }
        select (stride,
            pad, dilation);

    static NdArray Naive(NdArray x, NdArray w, NdArray bias, int stride, int pad, int dilation, int length)
    {
        var y = NdArray.Zeros(x.Shape[0], w.Shape[0], length);
        for (var b = 0; b < x.Shape[0]; b++)
            for (var j = 0; j < w.Shape[0]; j++)
                for (var p = 0; p < length; p++)
                {
                    y[b, j, p] = bias[j];
                    for (var i = 0; i < x.Shape[1]; i++)
                        for (var k = 0; k < w.Shape[2]; k++)
                            if (stride * p + dilation * k - pad is var m && m >= 0 && m < x.Shape[2])
                                y[b, j, p] += x[b, i, m] * w[j, i, k];
                }
        return y;
    }

    static NdArray Channels(NdArray x, int first, int count) =>
        NdArray.Generate([x.Shape[0], count, x.Shape[2]],
            i => x[i / (count * x.Shape[2]), first + i / x.Shape[2] % count, i % x.Shape[2]]);
}
