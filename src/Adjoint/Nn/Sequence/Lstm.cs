namespace Adjoint;

/// <summary>Gates in, forget, new, out in the rows; states h and c (Hochreiter and Schmidhuber, 1997; Gers et al., 2000).</summary>
/// <param name="dropout">Between layers.</param>
/// <param name="forgetBias">Of the forget gate, whose recurrent bias is then 0; as all others if none is given.</param>
public sealed class Lstm(int inputs, int units, int layers = 1, bool isBidirectional = false, double dropout = 0, Init? forgetBias = null)
    : Recurrent(4, inputs, units, layers, isBidirectional, dropout, hasRecurrentBias: true, forgetBias is null ? null : (1, forgetBias))
{
    public override int StateCount => 2;

    private protected override IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start) =>
        RecurrentOps.Lstm.CallAll([x, weights.Input, weights.Recurrent, weights.InputBias, weights.RecurrentBias!, start[0], start[1]]);
}
