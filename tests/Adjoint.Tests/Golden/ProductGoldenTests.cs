using Xunit;

namespace Adjoint.Tests;

public sealed class ProductGoldenTests
{
    [Fact]
    public void The_swap_rule()
    {
        var golden = new GoldenCase("s3_swap_rule");
        var run = Gradient.Of(ProductOps.BatchedMatMulTransposed,
            new() { ["x"] = golden.In("A"), ["z"] = golden.In("B") },
            new() { ["y"] = golden.In("dY") });
        golden.Equal(run["y"], "Y");
        golden.Equal(run["dx"], "A_grad");
        golden.Equal(run["dz"], "B_grad");
    }

    [Fact]
    public void Convolution_with_stride_and_padding()
    {
        var golden = new GoldenCase("s0_conv2d_s2p1");
        var run = Gradient.Of(ConvolutionOps.Conv2d,
            new() { ["x"] = golden.In("x"), ["w"] = golden.In("w"), ["bias"] = golden.In("bias") },
                new() { ["y"] = golden.In("dy") },
            new() { ["stride"] = golden.Number("stride"), ["pad"] = golden.Number("pad") });
        golden.Equal(run["y"], "y");
        golden.Equal(run["dx"], "dx");
        golden.Equal(run["dw"], "dw");
        golden.Equal(run["dbias"], "dbias");
    }

    [Fact]
    public void Transposed_convolution_with_stride_padding_and_output_padding()
    {
        var golden = new GoldenCase("s0_convtranspose2d_k4s2p1op1");
        var run = Forward.Of(TransposedConvolutionOps.ConvTranspose2d, new()
        {
            ["x"] = golden.In("x"), ["w"] = golden.In("w"), ["bias"] = NdArray.Zeros(golden.In("w").Shape[1]),
        }, new() { ["stride"] = 2, ["pad"] = 1, ["output_pad"] = 1 });
        golden.Equal(run["y"], "y");
    }

    [Fact]
    public void Max_pooling_gives_the_gradient_to_the_first_of_equal_maxima()
    {
        var golden = new GoldenCase("s1_maxpool2");
        var run = Gradient.Of(PoolingOps.MaxPool2d, new() { ["x"] = golden.In("x").Reshape(1, 1, 4, 4) },
            new() { ["y"] = golden.In("dy").Reshape(1, 1, 2, 2) });
        golden.Equal(run["y"].Reshape(2, 2), "y");
        golden.Equal(run["dx"].Reshape(4, 4), "dx");
    }
}
