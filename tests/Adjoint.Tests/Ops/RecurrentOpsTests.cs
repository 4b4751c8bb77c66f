using Xunit;

namespace Adjoint.Tests;

public sealed class RecurrentOpsTests
{
    const int T = 4, B = 2, I = 3, J = 2;

    static readonly NdArray X = Numbers.Normal(1, T, B, I), H0 = Numbers.Normal(2, B, J), C0 = Numbers.Normal(3, B, J);

    [Fact]
    public void Networks_are_their_cells_step_by_step()
    {
        Check(RecurrentOps.Rnn, CellOps.RnnCell, Weights(1, "bias"));
        Check(RecurrentOps.Gru, CellOps.GruCell, Weights(3, "bw", "bu"));
        Check(RecurrentOps.Lstm, CellOps.LstmCell, Weights(4, "bw", "bu"));
        var (r, g) = (Weights(1, "b"), Weights(1, "b", seed: 50));
        Check(RecurrentOps.Ugrnn, CellOps.UgrnnCell, new()
        {
            ["wr"] = r["w"], ["ur"] = r["u"], ["br"] = r["b"], ["wg"] = g["w"], ["ug"] = g["u"], ["bg"] = g["b"],
        });

        static void Check(Op network, Op cell, Dictionary<string, NdArray> weights)
        {
            var hasCell = cell.Program.FindOperand("c") is not null;
            var operands = new Dictionary<string, NdArray>(weights) { ["x"] = X, ["h0"] = H0 };
            if (hasCell) operands["c0"] = C0;
            var h = Forward.Of(network, operands)["h"];
            var state = new Dictionary<string, NdArray> { ["h"] = H0 };
            if (hasCell) state["c"] = C0;
            for (var t = 0; t < T; t++)
            {
                var step = Forward.Of(cell, new(weights.Concat(state)) { ["x"] = Step(X, t) });
                state = state.Keys.ToDictionary(name => name, name => step[name + "'"]);
                Numbers.Equal(state["h"], Step(h, t), $"{network.Name}, step {t}");
            }
        }
    }

    [Fact]
    public void Reversed_networks_run_on_the_reversed_sequence()
    {
        var rnn = new Dictionary<string, NdArray>(Weights(1, "bias")) { ["h0"] = H0 };
        Numbers.Equal(Backwards(Forward.Of(RecurrentOps.Rnn, new(rnn) { ["x"] = Backwards(X) })["h"]),
            Forward.Of(RecurrentOps.RnnReversed, new(rnn) { ["x"] = X })["h"], "rnn");
        var lstm = new Dictionary<string, NdArray>(Weights(4, "bias")) { ["h0"] = H0, ["c0"] = C0 };
        Numbers.Equal(Backwards(Forward.Of(RecurrentOps.LstmOneBias, new(lstm) { ["x"] = Backwards(X) })["h"]),
            Forward.Of(RecurrentOps.LstmReversed, new(lstm) { ["x"] = X })["h"], "lstm");
    }

    [Fact]
    public void Both_directions_lie_side_by_side()
    {
        var (forward, back) = (Weights(1, "bias"), Weights(1, "bias", seed: 50));
        var both = Forward.Of(RecurrentOps.RnnBidirectional, new()
        {
            ["x"] = X, ["w"] = Stack("w", J, I), ["u"] = Stack("u", J, J), ["bias"] = Stack("bias", J),
        })["h"];
        var (zero, width) = (NdArray.Zeros(B, J), 2 * J);
        var there = Forward.Of(RecurrentOps.Rnn, new(forward) { ["x"] = X, ["h0"] = zero })["h"];
        var home = Forward.Of(RecurrentOps.RnnReversed, new(back) { ["x"] = X, ["h0"] = zero })["h"];
        Numbers.Equal(NdArray.Generate([T, B, width],
            i => (i % width < J ? there : home).Values[i / width * J + i % J]), both);

        NdArray Stack(string name, params int[] shape) =>
            new([2, .. shape], [.. forward[name].Values, .. back[name].Values]);
    }

    [Fact]
    public void A_sequence_that_has_ended_leaves_the_state_as_it_is()
    {
        var length = NdArray.Vector(2, 4);
        var weights = new Dictionary<string, NdArray>(Weights(1, "bias")) { ["x"] = X, ["h0"] = H0 };
        Held(Forward.Of(RecurrentOps.Rnn, weights)["h"],
            Forward.Of(RecurrentOps.RnnMasked, new(weights) { ["length"] = length })["h"]);
        weights = new(Weights(4, "bias")) { ["x"] = X, ["h0"] = H0, ["c0"] = C0 };
        Held(Forward.Of(RecurrentOps.LstmOneBias, weights)["h"],
            Forward.Of(RecurrentOps.LstmMasked, new(weights) { ["length"] = length })["h"]);

        static void Held(NdArray all, NdArray masked)
        {
            for (var t = 0; t < T; t++)
                for (var b = 0; b < B; b++)
                    for (var j = 0; j < J; j++)
                        Numbers.Equal(all[b == 0 ? Math.Min(t, 1) : t, b, j], NdArray.Scalar(masked[t, b, j]));
        }
    }

    [Fact]
    public void Two_layers_are_one_after_the_other()
    {
        var (first, second) = (Weights(4, "bias"), Weights(4, "bias", inputs: J, seed: 50));
        var stacked = Forward.Of(RecurrentOps.LstmStacked,
            new()
            {
                ["x"] = X, ["w"] = first["w"], ["u"] = first["u"], ["w2"] = second["w"],
                ["u2"] = second["u"]
            })["h2"];
        Numbers.Equal(Layer(second, Layer(first, X)), stacked);

        static NdArray Layer(Dictionary<string, NdArray> weights, NdArray x) => Forward.Of(RecurrentOps.LstmOneBias,
            new(weights)
            {
                ["x"] = x, ["bias"] = NdArray.Zeros(4 * J), ["h0"] = NdArray.Zeros(B, J),
                ["c0"] = NdArray.Zeros(B, J)
            })["h"];
    }

    // r = 1 makes both orders of product and reset the same.
    [Fact]
    public void The_place_of_the_reset_matters_only_if_something_is_reset()
    {
        var weights = Weights(3, "bias");
        for (var i = 0; i < J * I; i++) weights["w"].Values[i] = 0;
        for (var i = 0; i < J * J; i++) weights["u"].Values[i] = 0;
        for (var j = 0; j < J; j++) weights["bias"].Values[j] = 1000;
        var after = Forward.Of(RecurrentOps.Gru,
            new()
            {
                ["x"] = X, ["h0"] = H0, ["w"] = weights["w"], ["u"] = weights["u"], ["bw"] = weights["bias"],
                ["bu"] = NdArray.Zeros(3 * J)
            })["h"];
        Numbers.Equal(after, Forward.Of(RecurrentOps.GruResetFirst, new(weights) { ["x"] = X, ["h0"] = H0 })["h"]);
    }

    [Fact]
    public void A_highway_is_open_or_closed()
    {
        NdArray x = Numbers.Normal(1, B, I), w = Numbers.Normal(2, I, I), zero = NdArray.Zeros(I, I);
        NdArray Highway(double gate) =>
            Forward.Of("highway", x, w, NdArray.Zeros(I), zero, NdArray.Generate([I], _ => gate));
        Numbers.Equal(x, Highway(1000));
        Numbers.Equal(Forward.Of("tanh", Forward.Of("matmul_transposed", x, w)), Highway(-1000));
    }

    static Dictionary<string, NdArray> Weights(int gates, string bias, string? bias2 = null, int inputs = I,
        ulong seed = 10)
    {
        var weights = new Dictionary<string, NdArray>
        {
            ["w"] = Numbers.Normal(seed, gates * J, inputs), ["u"] = Numbers.Normal(seed + 1, gates * J, J),
            [bias] = Numbers.Normal(seed + 2, gates * J),
        };
        if (bias2 is not null) weights[bias2] = Numbers.Normal(seed + 3, gates * J);
        return weights;
    }

    static NdArray Step(NdArray x, int t)
    {
        var count = x.Count / T;
        return new([.. x.Shape.Skip(1)], x.Values[(t * count)..(t * count + count)]);
    }

    static NdArray Backwards(NdArray x)
    {
        var count = x.Count / T;
        return NdArray.Generate(x.ShapeToArray(), i => x.Values[(T - 1 - i / count) * count + i % count]);
    }
}
