namespace Adjoint;

/// <summary>h[t] = tanh(weight_ih x[t] + bias_ih + weight_hh h[t-1] + bias_hh) (Elman, 1990).</summary>
/// <param name="dropout">Between layers.</param>
public sealed class Rnn(int inputs, int units, int layers = 1, bool isBidirectional = false, double dropout = 0)
    : Recurrent(1, inputs, units, layers, isBidirectional, dropout, hasRecurrentBias: true)
{
    private protected override IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start) =>
        [RecurrentOps.Rnn.Call([x, weights.Input, weights.Recurrent, (Tensor)weights.InputBias + weights.RecurrentBias!, start[0]])];
}
