using Xunit;

namespace Adjoint.Tests;

public sealed class RecurrentTests
{
    public static TheoryData<string> Kinds => new("rnn", "ugrnn", "gru", "lstm");

    static Recurrent Make(string kind, int layers = 1, bool both = false, double dropout = 0)
    {
        Recurrent made = kind switch
        {
            "rnn" => new Rnn(3, 4, layers, both, dropout),
            "ugrnn" => new UgRnn(3, 4, layers, both, dropout),
            "gru" => new Gru(3, 4, layers, both, dropout),
            _ => new Lstm(3, 4, layers, both, dropout),
        };
        made.Initialize(2, DType.Float64);
        return made;
    }

    [Fact]
    public void Names_and_shapes_are_those_of_PyTorch()
    {
        var model = Make("lstm", layers: 2, both: true);
        Assert.Equal("Lstm 3 → 4, 2 layers, both directions", model.ToString());
        Assert.Equal(
        [
            "weight_ih_l0 [16, 3]", "weight_hh_l0 [16, 4]", "bias_ih_l0 [16]", "bias_hh_l0 [16]",
            "weight_ih_l0_reverse [16, 3]", "weight_hh_l0_reverse [16, 4]", "bias_ih_l0_reverse [16]", "bias_hh_l0_reverse [16]",
            "weight_ih_l1 [16, 8]", "weight_hh_l1 [16, 4]", "bias_ih_l1 [16]", "bias_hh_l1 [16]",
            "weight_ih_l1_reverse [16, 8]", "weight_hh_l1_reverse [16, 4]", "bias_ih_l1_reverse [16]", "bias_hh_l1_reverse [16]",
        ], model.State().Select(s => $"{s.Key} [{string.Join(", ", s.Value.Shape.ToArray())}]"));
    }

    public static MatrixTheoryData<string, bool> KindsAndDirections => new(["rnn", "ugrnn", "gru", "lstm"], [false, true]);

    [Theory]
    [MemberData(nameof(KindsAndDirections))]
    public void Sequences_of_different_lengths_give_what_each_gives_alone(string kind, bool both)
    {
        var model = Make(kind, layers: 2, both);
        int[] lengths = [5, 2, 1, 0, 3];
        Tensor x = Law.Random(1, 5, lengths.Length, 3);
        var rows = 2 * model.Directions;
        Tensor[] start = [.. Enumerable.Range(0, model.StateCount).Select(s => Law.Random((ulong)s + 3, rows, lengths.Length, 4))];
        var together = model.Unroll(x, start, Tensor.Of(lengths, lengths.Length));
        for (var b = 0; b < lengths.Length; b++)
        {
            var alone = model.Unroll(x[..lengths[b], b..(b + 1), ..], [.. start.Select(s => s[.., b..(b + 1), ..])]);
            Law.Near(alone.Output, together.Output[..lengths[b], b..(b + 1), ..]);
            for (var s = 0; s < model.StateCount; s++) Law.Near(alone.State[s], together.State[s][.., b..(b + 1), ..]);
            Assert.All(together.Output[lengths[b].., b..(b + 1), ..].ToArray<double>(), v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_state_carried_from_step_to_step_makes_the_whole_sequence(string kind)
    {
        var model = Make(kind, layers: 2);
        Tensor x = Law.Random(1, 6, 2, 3);
        var whole = model.Unroll(x);
        IReadOnlyList<Tensor>? state = null;
        for (var t = 0; t < 6; t++)
        {
            var made = model.Unroll(x[t..(t + 1)], state);
            Law.Near(whole.Output[t..(t + 1)], made.Output);
            state = made.State;
        }
        for (var s = 0; s < model.StateCount; s++) Law.Near(whole.State[s], state![s]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_second_direction_is_the_first_on_the_reversed_sequence(string kind)
    {
        Recurrent both = Make(kind, both: true), one = Make(kind);
        one.Load(both.State().Where(s => s.Key.EndsWith("_reverse", StringComparison.Ordinal))
            .ToDictionary(s => s.Key.Replace("_reverse", "", StringComparison.Ordinal), s => s.Value));
        Tensor x = Law.Random(1, 5, 2, 3);
        Law.Near(one.Forward(x.Flip(0)).Flip(0), both.Forward(x)[.., .., 4..]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_the_reference(string kind)
    {
        var model = Make(kind, layers: 2, both: true);
        var lengths = Tensor.Of([2, 4, 0, 1], 4);
        Law.AssertGradients(model, Law.Random(1, 4, 4, 3), x => model.Unroll(x, null, lengths).Output);
    }

    [Fact]
    public void Dropout_stands_between_layers_and_only_in_training()
    {
        Tensor x = Law.Random(1, 4, 2, 3);
        Recurrent two = Make("gru", layers: 2, dropout: 0.5), one = Make("gru", dropout: 0.5);
        Assert.NotEqual(two.Forward(x).ToArray<double>(), two.Forward(x).ToArray<double>());
        Assert.Equal(one.Forward(x).ToArray<double>(), one.Forward(x).ToArray<double>());
        two.Evaluate();
        Assert.Equal(two.Forward(x).ToArray<double>(), two.Forward(x).ToArray<double>());
    }

    [Fact]
    public void A_cell_of_ones_own_learns_as_the_layer_it_copies()
    {
        var own = new OwnCell(3, 4);
        var rnn = Make("rnn");
        own.Initialize(1, DType.Float64);
        own.Load(new Dictionary<string, Tensor>
        {
            ["w.weight"] = rnn.State()["weight_ih_l0"], ["w.bias"] = rnn.State()["bias_ih_l0"],
            ["u.weight"] = rnn.State()["weight_hh_l0"], ["u.bias"] = rnn.State()["bias_hh_l0"],
        });
        Tensor x = Law.Random(1, 5, 2, 3);
        Law.Near(rnn.Forward(x), own.Forward(x));
        Law.AssertGradients(own, x, y => own.Forward(y));
        Assert.Equal([5, 2, 4], own.Unroll(x, [Law.Random(2, 2, 4)])[0].Shape.ToArray());
    }

    [Fact]
    public void A_state_of_another_shape_is_an_error_that_says_both()
    {
        var model = Make("lstm");
        var error = Assert.Throws<ShapeException>(() => model.Unroll(Law.Random(1, 5, 2, 3), [Law.Random(1, 1, 2, 4), Law.Random(1, 2, 4)]));
        Assert.Equal("Lstm 3 → 4: a state has another shape.\n  given   float64[2, 4]\n  wanted  [1, 2, 4]", error.Message);
        Assert.Contains("1 states are given", Assert.Throws<ShapeException>(() =>
            model.Unroll(Law.Random(1, 5, 2, 3), [Law.Random(1, 1, 2, 4)])).Message, StringComparison.Ordinal);
        Assert.Contains("time first", Assert.Throws<ShapeException>(() => model.Forward(Law.Random(1, 5, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gates_hand_on_or_replace()
    {
        var highway = new Highway(3, gateBias: 50);
        highway.Initialize(1, DType.Float64);
        Tensor x = Law.Random(1, 2, 4, 3);
        Law.Near(x, highway.Forward(x));
        Assert.Equal("Highway 3", highway.ToString());
        var shut = new GatedResidual(3, new Activation("Negative", y => -y));
        shut.Initialize(1, DType.Float64);
        var state = shut.State().ToDictionary(s => s.Key, s => s.Value);
        state["gate.weight"] = Tensor.Zeros(DType.Float64, 3, 3);
        state["gate.bias"] = Tensor.Of([-50.0, 50, 0], 3);
        shut.Load(state);
        Law.Near(x * Tensor.Of([-1.0, 1, 0], 3), shut.Forward(x));
        var open = new Highway(3, gateBias: 0.5);
        open.Initialize(1, DType.Float64);
        Law.AssertGradients(open, x, y => open.Forward(y));
    }

    sealed class OwnCell : RecurrentCell
    {
        readonly Linear w, u;

        public OwnCell(int inputs, int units) =>
            (w, u) = (Child("w", new Linear(inputs, units)), Child("u", new Linear(units, units)));

        protected override Tensor[] Start(int batch, DType type) => [Tensor.Zeros(type, batch, 4)];

        protected override Tensor[] Step(Tensor x, Tensor[] state)
        {
            Tensor a = w.Forward(x), b = u.Forward(state[0]);
            return [Loop.Run($"h[b,j] = tanh({a}[b,j] + {b}[b,j])")];
        }
    }
}
