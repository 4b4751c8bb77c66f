namespace Adjoint.Tests;

/// <summary>A convolution in two dimensions, row-major x[b,g,c,h,w], weights[g,o,c,kh,kw], y[b,g,o,ph,pw].</summary>
sealed record ContractedConvolution(
    int Batch, int Groups, int In, int Out, (int H, int W) Size, (int H, int W) Kernel, int Stride, int Pad, int Dilation)
{
    public (int H, int W) Result => (Steps(Size.H, Kernel.H), Steps(Size.W, Kernel.W));

    public int InputCount => Batch * Groups * In * Size.H * Size.W;
    public int WeightCount => Groups * Out * In * Kernel.H * Kernel.W;
    public int ResultCount => Batch * Groups * Out * Result.H * Result.W;

    /// <summary>y of weights (a) and x (b).</summary>
    public ContractionShape Forward() => new(
        [
            new(ContractionGroup.Column, Batch, 0, Groups * In * Size.H * Size.W, Groups * Out * Result.H * Result.W),
            new(ContractionGroup.Batch, Groups, Out * In * Taps, In * Size.H * Size.W, Out * Result.H * Result.W),
            new(ContractionGroup.Row, Out, In * Taps, 0, Result.H * Result.W),
            new(ContractionGroup.Column, Result.H, 0, 0, Result.W),
            new(ContractionGroup.Column, Result.W, 0, 0, 1),
            new(ContractionGroup.Sum, In, Taps, Size.H * Size.W),
            new(ContractionGroup.Sum, Kernel.H, Kernel.W, 0),
            new(ContractionGroup.Sum, Kernel.W, 1, 0),
        ],
        [
            new(true, Size.H, Size.W, [0, 0, 0, Stride, 0, 0, Dilation, 0], -Pad),
            new(true, Size.W, 1, [0, 0, 0, 0, Stride, 0, 0, Dilation], -Pad),
        ]);

    /// <summary>dx of weights (a) and dy (b); also the transposed convolution.</summary>
    public ContractionShape InputGradient() => new(
        [
            new(ContractionGroup.Column, Batch, 0, Groups * Out * Result.H * Result.W, Groups * In * Size.H * Size.W),
            new(ContractionGroup.Batch, Groups, Out * In * Taps, Out * Result.H * Result.W, In * Size.H * Size.W),
            new(ContractionGroup.Row, In, Taps, 0, Size.H * Size.W),
            new(ContractionGroup.Column, Size.H, 0, 0, Size.W),
            new(ContractionGroup.Column, Size.W, 0, 0, 1),
            new(ContractionGroup.Sum, Out, In * Taps, Result.H * Result.W),
            new(ContractionGroup.Sum, Kernel.H, Kernel.W, 0),
            new(ContractionGroup.Sum, Kernel.W, 1, 0),
        ],
        [
            new(true, Result.H, Result.W, [0, 0, 0, 1, 0, 0, -Dilation, 0], Pad, Stride),
            new(true, Result.W, 1, [0, 0, 0, 0, 1, 0, 0, -Dilation], Pad, Stride),
        ]);

    /// <summary>dweights of dy (a) and x (b).</summary>
    public ContractionShape WeightGradient() => new(
        [
            new(ContractionGroup.Batch, Groups, Out * Result.H * Result.W, In * Size.H * Size.W, Out * In * Taps),
            new(ContractionGroup.Row, Out, Result.H * Result.W, 0, In * Taps),
            new(ContractionGroup.Column, In, 0, Size.H * Size.W, Taps),
            new(ContractionGroup.Column, Kernel.H, 0, 0, Kernel.W),
            new(ContractionGroup.Column, Kernel.W, 0, 0, 1),
            new(ContractionGroup.Sum, Batch, Groups * Out * Result.H * Result.W, Groups * In * Size.H * Size.W),
            new(ContractionGroup.Sum, Result.H, Result.W, 0),
            new(ContractionGroup.Sum, Result.W, 1, 0),
        ],
        [
            new(true, Size.H, Size.W, [0, 0, 0, Dilation, 0, 0, Stride, 0], -Pad),
            new(true, Size.W, 1, [0, 0, 0, 0, Dilation, 0, 0, Stride], -Pad),
        ]);

    /// <summary>The definition: calls with the cells of x, weights and y of every product there is.</summary>
    public void ForEachProduct(Action<int, int, int> visit)
    {
        for (var b = 0; b < Batch; b++)
            for (var g = 0; g < Groups; g++)
                for (var o = 0; o < Out; o++)
                    for (var p = 0; p < Result.H * Result.W; p++)
                        for (var c = 0; c < In; c++)
                            for (var k = 0; k < Taps; k++)
                            {
                                var h = Stride * (p / Result.W) + Dilation * (k / Kernel.W) - Pad;
                                var w = Stride * (p % Result.W) + Dilation * (k % Kernel.W) - Pad;
                                if (h < 0 || h >= Size.H || w < 0 || w >= Size.W) continue;
                                visit(
                                    (((b * Groups + g) * In + c) * Size.H + h) * Size.W + w,
                                    ((g * Out + o) * In + c) * Taps + k,
                                    ((b * Groups + g) * Out + o) * Result.H * Result.W + p);
                            }
    }

    int Taps => Kernel.H * Kernel.W;

    int Steps(int size, int kernel) => Math.Max(0, (size + 2 * Pad - Dilation * (kernel - 1) - 1) / Stride + 1);
}
