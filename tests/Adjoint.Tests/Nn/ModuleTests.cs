using Xunit;

namespace Adjoint.Tests;

public sealed class ModuleTests
{
    static Sequential Model() => new(("conv", new Conv2d(2, 3, 3, groups: 1)), ("norm", new BatchNorm(3)),
        ("head", new Sequential(new Flatten(), new Linear(12, 5))));

    [Fact]
    public void Names_shapes_and_order_are_those_of_PyTorch()
    {
        var model = Model();
        Assert.Equal(
        [
            "conv.weight [3, 2, 3, 3]", "conv.bias [3]", "norm.weight [3]", "norm.bias [3]", "norm.running_mean [3]",
            "norm.running_var [3]", "norm.num_batches_tracked []", "head.1.weight [5, 12]", "head.1.bias [5]",
        ], model.State().Select(s => $"{s.Key} [{string.Join(", ", s.Value.Shape.ToArray())}]"));
        Assert.Equal(DType.Int64, model.State()["norm.num_batches_tracked"].Type);
        Assert.Equal(6, model.Parameters.Count());
        Assert.Equal(3, model.Buffers.Count());
        Assert.Equal(54 + 3 + 3 + 3 + 60 + 5, model.ParameterCount);
    }

    [Fact]
    public void A_layer_more_changes_no_number_of_another_one()
    {
        Sequential narrow = new(("a", new Linear(3, 4)), ("b", new Linear(4, 2)));
        Sequential wide = new(("a", new Linear(3, 4)), ("between", new Linear(4, 4)), ("b", new Linear(4, 2)));
        narrow.Initialize(7);
        wide.Initialize(7);
        var (few, many) = (narrow.State(), wide.State());
        foreach (var (name, values) in few) Assert.Equal(values.ToArray<float>(), many[name].ToArray<float>());
        wide.Initialize(8);
        Assert.NotEqual(few["a.weight"].ToArray<float>(), wide.State()["a.weight"].ToArray<float>());
        Assert.NotEqual(few["a.weight"].ToArray<float>()[..8], few["b.weight"].ToArray<float>());
    }

    [Fact]
    public void Without_a_seed_the_values_are_those_of_seed_zero()
    {
        var (lazy, seeded) = (Model(), Model());
        seeded.Initialize(0);
        Assert.Equal(seeded.State()["head.1.weight"].ToArray<float>(), lazy.State()["head.1.weight"].ToArray<float>());
    }

    [Fact]
    public void The_type_of_a_model_is_chosen_when_it_is_initialised()
    {
        var model = Model();
        model.Initialize(1, DType.Float64);
        Assert.All(model.Parameters, p => Assert.Equal(DType.Float64, p.Value.Type));
        Assert.Equal(DType.Float64, model.Forward(Tensor.Ones(DType.Float64, 2, 2, 4, 4)).Type);
        var leaf = model.Parameters.First().Value;
        model.Initialize(2, DType.Float64);
        Assert.Same(leaf, model.Parameters.First().Value); // whoever holds it sees the new numbers
    }

    [Fact]
    public void A_state_is_a_snapshot_and_loads_back()
    {
        var (model, other) = (Model(), Model());
        model.Initialize(1);
        other.Initialize(2);
        var state = model.State();
        var before = state["conv.weight"].ToArray<float>();
        model.Initialize(3);
        Assert.Equal(before, state["conv.weight"].ToArray<float>());
        other.Load(state);
        Assert.Equal(before, other.State()["conv.weight"].ToArray<float>());
        var x = Tensor.Ones(2, 2, 4, 4);
        model.Load(state);
        model.Evaluate();
        other.Evaluate();
        Assert.Equal(model.Forward(x).ToArray<float>(), other.Forward(x).ToArray<float>());
    }

    // Steps write over weights in place: not over those that another model took.
    [Fact]
    public void A_model_that_took_the_weights_of_another_keeps_them()
    {
        Linear teacher = new(3, 2), pupil = new(3, 2);
        pupil.Load(teacher.Parameters.ToDictionary(p => p.Path, p => p.Value));
        var before = pupil.Weight.Value.ToArray<float>();
        var optimizer = new Sgd(teacher.Parameters);
        var step = Step.Capture(x =>
        {
            var loss = teacher.Forward(x).Sum();
            optimizer.Step(loss);
            return loss;
        });
        for (var n = 0; n < 3; n++) step.Run(Tensor.Ones(1, 3));
        Assert.NotEqual(before, teacher.Weight.Value.ToArray<float>());
        Assert.Equal(before, pupil.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void A_part_is_saved_under_its_own_names()
    {
        var model = Model();
        Assert.Equal(["1.weight", "1.bias"], model[2].State().Keys);
        model[2].Load(((Layer)Model()[2]).State());
    }

    [Fact]
    public void What_does_not_fit_is_named_all_at_once_and_nothing_is_taken()
    {
        var model = new Sequential(("a", new Linear(3, 4)), ("b", new Linear(4, 2)), ("c", new Linear(2, 2)));
        model.Initialize(1);
        var before = model.State()["c.weight"].ToArray<float>();
        var given = model.State().ToDictionary();
        given.Remove("a.bias");
        given["b.weight"] = Tensor.Ones(2, 5);
        given["b.bias"] = Tensor.Ones(DType.Float64, 2);
        given["c.weight"] = Tensor.Zeros(2, 2);
        given["d"] = Tensor.Zeros(1);
        var error = Assert.Throws<StateException>(() => model.Load(given));
        Assert.Equal("""
            Load: 3 of 6 tensors of the model fit; nothing was loaded.
              missing     a.bias : float32[4]
              unexpected  d : float32[1]
              different   b.weight : float32[2, 5] is given, float32[2, 4] is wanted
              different   b.bias : float64[2] is given, float32[2] is wanted
            """, error.Message);
        Assert.Equal(["a.bias"], error.Missing);
        Assert.Equal(["d"], error.Unexpected);
        Assert.Equal(["b.weight", "b.bias"], error.Different);
        Assert.Equal(before, model.State()["c.weight"].ToArray<float>());
    }

    [Fact]
    public void A_module_has_one_place_and_a_name_one_part()
    {
        var shared = new Linear(2, 2);
        _ = new Sequential(("first", shared));
        Assert.Contains("'first' already", Assert.Throws<ArgumentException>(() => new Sequential(("second", shared))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Sequential(("a", new Linear(2, 2)), ("a", new Linear(2, 2))));
        Assert.Throws<ArgumentException>(() => new Sequential(("a.b", new Linear(2, 2))));
    }

    [Fact]
    public void A_shape_error_says_in_which_layer()
    {
        var error = Assert.Throws<ShapeException>(() => Model().Forward(Tensor.Ones(2, 2, 5, 5)));
        Assert.Contains("\n  in  'head.1' (Linear 12 → 5)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'head' (", error.Message, StringComparison.Ordinal);
        Assert.Contains("in  the model (Linear 3 → 1)",
            Assert.Throws<ShapeException>(() => new Linear(3, 1).Forward(Tensor.Ones(2, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frozen_module_hands_gradients_on_and_wants_none()
    {
        Linear first = new(3, 4), second = new(4, 1);
        using (second.Freeze())
            second.Forward(first.Forward(Tensor.Ones(2, 3)).Tanh()).Sum().Backward();
        Assert.NotNull(first.Weight.Value.Grad);
        Assert.Null(second.Weight.Value.Grad);
        second.Forward(first.Forward(Tensor.Ones(2, 3))).Sum().Backward();
        Assert.NotNull(second.Weight.Value.Grad);
    }

    [Fact]
    public void The_mode_reaches_every_part()
    {
        var model = new Sequential(new Sequential(new Dropout(0.5)), new Residual(new BatchNorm(2)));
        Assert.All(Parts(model), m => Assert.True(m.IsTraining));
        model.Evaluate();
        Assert.All(Parts(model), m => Assert.False(m.IsTraining));
        model.Train();
        Assert.All(Parts(model), m => Assert.True(m.IsTraining));

        static IEnumerable<Module> Parts(Module module) => module.Children.SelectMany(Parts).Prepend(module);
    }
}
