namespace Adjoint;

/// <summary>A data-dependent mix of the old state and a tanh unit: h[t] = gate h[t-1] + (1 - gate) unit (arXiv:1611.09913). In the
/// rows of its weights the unit comes first, then the gate; the input alone has a bias.</summary>
/// <param name="dropout">Between layers.</param>
public sealed class UgRnn(int inputs, int units, int layers = 1, bool isBidirectional = false, double dropout = 0)
    : Recurrent(2, inputs, units, layers, isBidirectional, dropout, hasRecurrentBias: false)
{
    private protected override IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start)
    {
        Tensor w = weights.Input, u = weights.Recurrent, bias = weights.InputBias;
        return [RecurrentOps.Ugrnn.Call([x, w[..Units], u[..Units], bias[..Units], w[Units..], u[Units..], bias[Units..], start[0]])];
    }
}
