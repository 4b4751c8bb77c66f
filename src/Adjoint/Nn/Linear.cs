namespace Adjoint;

/// <summary>A fully connected layer: y[.., j] = Σ x[.., i] weight[j, i] + bias[j].</summary>
public sealed class Linear : Layer
{
    readonly (int Inputs, int Outputs) size;

    /// <param name="init">Of the weight; <see cref="Init.Standard"/> if none is given.</param>
    public Linear(int inputs, int outputs, bool bias = true, Init? init = null)
    {
        size = (inputs, outputs);
        Weight = Parameter("weight", [outputs, inputs], init ?? Init.Standard);
        var limit = 1 / Math.Sqrt(inputs);
        if (bias) Bias = Parameter("bias", [outputs], Init.Uniform(-limit, limit));
    }

    /// <summary>[j, i]</summary>
    public Parameter Weight { get; }

    /// <summary>[j]</summary>
    public Parameter? Bias { get; }

    /// <param name="x">[.., i]</param> <returns>[.., j]</returns>
    protected override Tensor Run(Tensor x) => Bias is null ? x.Linear(Weight) : x.Linear(Weight, Bias);

    public override string ToString() => $"Linear {size.Inputs} → {size.Outputs}";
}
