namespace Adjoint;

/// <summary>What convolutions share: a filter for every pair of channels, and a bias for every output.</summary>
public abstract class ConvolutionLayer : Layer
{
    readonly string text;

    /// <param name="weight">Its shape: channels, then taps.</param>
    private protected ConvolutionLayer(int inputs, int outputs, int[] weight, bool bias, Init? init)
    {
        text = $"{inputs} → {outputs}, {string.Join("×", weight[2..])}";
        Outputs = outputs;
        Weight = Parameter("weight", weight, init ?? Init.Standard);
        var limit = 1 / Math.Sqrt(weight.Skip(1).Aggregate(1.0, (count, size) => count * size));
        if (bias) Bias = Parameter("bias", [outputs], Init.Uniform(-limit, limit));
    }

    public Parameter Weight { get; }

    /// <summary>[j]</summary>
    public Parameter? Bias { get; }

    private protected int Outputs { get; }

    // The loops always add one.
    private protected Tensor BiasOrZeros => Bias is { } bias ? bias : Tensor.Zeros(Weight.Value.Type, Outputs);

    public override string ToString() => $"{GetType().Name} {text}";
}

/// <summary>Convolution of sequences: x [b, i, m], weight [j, i / groups, k].</summary>
public sealed class Conv1d(int inputs, int outputs, int size, int stride = 1, int pad = 0, int dilation = 1,
    int groups = 1, bool bias = true, Init? init = null)
    : ConvolutionLayer(inputs, outputs, [outputs, inputs / groups, size], bias, init)
{
    /// <param name="x">[b, i, m]</param> <returns>[b, j, p]</returns>
    protected override Tensor Run(Tensor x) => groups == 1 ? x.Conv1d(Weight, BiasOrZeros, stride, pad, dilation)
        : x.Conv1dGrouped(Weight, BiasOrZeros, groups, stride, pad, dilation);
}

/// <summary>Convolution of images: x [b, i, m, n], weight [j, i / groups, k, l].</summary>
public sealed class Conv2d(int inputs, int outputs, int size, int stride = 1, int pad = 0, int dilation = 1,
    int groups = 1, bool bias = true, Init? init = null)
    : ConvolutionLayer(inputs, outputs, [outputs, inputs / groups, size, size], bias, init)
{
    /// <param name="x">[b, i, m, n]</param> <returns>[b, j, p, q]</returns>
    protected override Tensor Run(Tensor x) => groups == 1 ? x.Conv2d(Weight, BiasOrZeros, stride, pad, dilation)
        : x.Conv2dGrouped(Weight, BiasOrZeros, groups, stride, pad, dilation);
}

/// <summary>Transposed convolution of images: x [b, i, p, q], weight [i, j, k, l].</summary>
public sealed class ConvTranspose2d(int inputs, int outputs, int size, int stride = 1, int pad = 0, int dilation = 1,
    int outputPad = 0, bool bias = true, Init? init = null)
    : ConvolutionLayer(inputs, outputs, [inputs, outputs, size, size], bias, init)
{
    /// <param name="x">[b, i, p, q]</param> <returns>[b, j, m, n]</returns>
    protected override Tensor Run(Tensor x) => x.ConvTranspose2d(Weight, BiasOrZeros, stride, pad, dilation, outputPad);
}
