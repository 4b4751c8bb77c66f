namespace Adjoint;

/// <summary>A tanh layer that a gate can bypass: y = gate x + (1 - gate) unit (arXiv:1505.00387): x [.., i].</summary>
public sealed class Highway : Layer
{
    readonly int width;

    /// <param name="gateBias">Where the bias of the gate starts: above 0 it begins by handing x on.</param>
    public Highway(int width, double gateBias = 1)
    {
        this.width = width;
        Weight = Parameter("weight", [width, width], Init.Standard);
        Bias = Parameter("bias", [width], Init.Zeros);
        GateWeight = Parameter("gate_weight", [width, width], Init.Standard);
        GateBias = Parameter("gate_bias", [width], Init.Constant(gateBias));
    }

    /// <summary>Of the unit: [i, j]</summary>
    public Parameter Weight { get; }

    /// <summary>Of the unit: [i]</summary>
    public Parameter Bias { get; }

    /// <summary>[i, j]</summary>
    public Parameter GateWeight { get; }

    /// <summary>[i]</summary>
    public Parameter GateBias { get; }

    protected override Tensor Run(Tensor x) =>
        CellOps.Highway.Call([x.Reshape(-1, width), Weight, Bias, GateWeight, GateBias]).Reshape([.. x.Shape]);

    public override string ToString() => $"Highway {width}";
}

/// <summary>gate x + (1 - gate) inner(x), where the gate is the sigmoid of a linear layer: x [.., i].</summary>
public sealed class GatedResidual : Layer
{
    readonly Layer inner;
    readonly Linear gate;

    /// <param name="inner">Makes the shape it gets.</param>
    public GatedResidual(int width, Layer inner)
    {
        this.inner = Child("inner", inner);
        gate = Child("gate", new Linear(width, width));
    }

    protected override Tensor Run(Tensor x) => CellOps.GatedMix.Call([gate.Forward(x).Sigmoid(), x, inner.Forward(x)]);
}
