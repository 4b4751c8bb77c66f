namespace Adjoint;

/// <summary>Gates r, z, n in the rows; r acts after the recurrent product (arXiv:1406.1078 with PyTorch's order).</summary>
/// <param name="dropout">Between layers.</param>
public sealed class Gru(int inputs, int units, int layers = 1, bool isBidirectional = false, double dropout = 0)
    : Recurrent(3, inputs, units, layers, isBidirectional, dropout, hasRecurrentBias: true)
{
    private protected override IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start) =>
        [RecurrentOps.Gru.Call([x, weights.Input, weights.Recurrent, weights.InputBias, weights.RecurrentBias!, start[0]])];
}
