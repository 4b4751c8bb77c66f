using Xunit;

namespace Adjoint.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Captured_and_free_steps_agree()
    {
        TrainingExample Make() => new(m => new AdamW(m.Parameters, 0.02)
        {
            Schedule = Schedule.Cosine(20).WarmedUp(3),
            ClipNorm = 0.5,
        }, 3, DType.Float64, dropout: 0);
        var (captured, free) = (Make(), Make());
        captured.Run(0, 12);
        for (var n = 0; n < 12; n++) free.Train(free.Batches[n % 5].X, free.Batches[n % 5].Label);
        Assert.True(NdArray.Vector(captured.Numbers).IsNear(NdArray.Vector(free.Numbers), Tolerance.Reordered));
        Assert.Equal(12, captured.Optimizer.Count);
        Assert.False(NdArray.Vector(captured.Numbers).IsNear(NdArray.Vector(Make().Numbers), Tolerance.CpuTraining));
    }

    [Fact]
    public void Training_learns()
    {
        var example = new TrainingExample(m => new Adam(m.Parameters, 0.01));
        example.Run(0, 150);
        example.Model.Evaluate();
        Assert.InRange(example.Batches.Average(b =>
            example.Model.Forward(b.X).ArgMax(-1).Equal(b.Label).To(DType.Float32).Mean().Item()), 0.9, 1);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    [InlineData("micro")]
    public void Saved_and_restored_in_mid_run_it_continues_bit_for_bit(string kind)
    {
        Func<Module, Optimizer> make = kind switch
        {
            "adam" => m => new Adam(m.Parameters, 0.01) { Schedule = Schedule.OneCycle(20), ClipValue = 0.1 },
            "sgd" => m => new Momentum(m.Parameters, 0.05, weightDecay: 1e-3) { Schedule = Schedule.Decay(4, 0.5) },
            _ => m => new Nesterov(m.Parameters) { MicroBatches = 2 },
        };
        var whole = new TrainingExample(make);
        whole.Run(0, 13);
        var first = new TrainingExample(make);
        first.Run(0, 6);
        var (model, optimizer, number) = (first.Model.State(), first.Optimizer.State(), first.Step.Number);
        first.Run(6, 9); // what happens after the snapshot does not reach it
        var second = new TrainingExample(make, seed: 1);
        second.Model.Initialize(99);
        second.Model.Load(model);
        second.Optimizer.Load(optimizer);
        second.Step.Number = number;
        second.Run(6, 13);
        Assert.Equal(whole.Numbers, second.Numbers);
        Assert.Equal(13, second.Optimizer.Count);
    }

    [Fact]
    public void States_have_names_and_what_does_not_fit_is_an_error()
    {
        var adam = new TrainingExample(m => new Adam(m.Parameters)).Optimizer;
        Assert.Equal(["step", "bn.bias.m", "bn.bias.v", "bn.weight.m"], adam.State().Keys.Take(4));
        var sgd = new TrainingExample(m => new Momentum(m.Parameters)).Optimizer;
        var error = Assert.Throws<StateException>(() => adam.Load(sgd.State()));
        Assert.Equal(6, error.Missing.Count);
        Assert.StartsWith("Load: 7 of 13 tensors of Adam fit; nothing was loaded.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_change_in_captured_steps_without_another_plan()
    {
        var model = new Sequential(("a", new Linear(2, 1, bias: false)), ("b", new Linear(1, 1, bias: false)));
        var optimizer = new Sgd(model.Parameters, 0.5) { Schedule = new(step => step + 1) };
        var group = optimizer.Group(path => path == "b.weight"); // the same rate at the capture
        var before = model.State();
        var step = Step.Capture(x =>
        {
            // The gradient of every weight is 1.
            var loss = model.Parameters.Select(p => p.Value.Sum()).Aggregate((a, b) => a + b) + x;
            optimizer.Step(loss);
            return loss;
        });
        step.Run(Tensor.Zeros());                 // rates 0.5 and 0.5, factor 1
        (optimizer.Rate, group.Rate) = (0.25, 2);
        step.Run(Tensor.Zeros());                 // factor 2
        var after = model.State();
        Assert.Equal(before["a.weight"].ToArray<float>()[0] - 0.5f - 0.5f, after["a.weight"].ToArray<float>()[0], 1e-6f);
        Assert.Equal(before["b.weight"].ToArray<float>()[0] - 0.5f - 4f, after["b.weight"].ToArray<float>()[0], 1e-6f);
        Assert.Single(optimizer.Groups[0].Parameters);
    }

    [Fact]
    public void A_group_has_its_own_weight_decay()
    {
        var example = new TrainingExample(m => new AdamW(m.Parameters, 0.01, weightDecay: 0.5));
        example.Optimizer.Group(path => path.EndsWith("bias", StringComparison.Ordinal) || path.StartsWith("bn.", StringComparison.Ordinal),
            weightDecay: 0);
        var plain = new TrainingExample(m => new Adam(m.Parameters, 0.01));
        example.Run(0, 1);
        plain.Run(0, 1);
        Assert.Equal(plain.Model.State()["fc1.bias"].ToArray<float>(), example.Model.State()["fc1.bias"].ToArray<float>());
        var start = new TrainingExample(m => new Sgd(m.Parameters)).Model.State()["fc1.weight"].ToArray<float>();
        var (with, without) = (example.Model.State()["fc1.weight"].ToArray<float>(), plain.Model.State()["fc1.weight"].ToArray<float>());
        Assert.All(start.Index(), w => Assert.Equal(without[w.Index] - 0.005f * w.Item, with[w.Index], 1e-6f));
    }

    [Fact]
    public void Weights_are_pulled_to_their_start()
    {
        TrainingExample Make(Shrinkage? shrinkage) => new(m => new AdamDecoupled(m.Parameters, 0.1, ng: 5) { Shrinkage = shrinkage },
            type: DType.Float64, dropout: 0);
        var (free, pulled) = (Make(null), Make(new(Variance: 0.5, Examples: 60, Batch: 12, Memory: 5)));
        var start = free.Model.State()["fc2.weight"].ToArray<double>();
        free.Run(0, 1);
        pulled.Run(0, 1);
        var share = 12 * 0.1 / (5 * 60 * 0.5);
        var expected = free.Model.State()["fc2.weight"].ToArray<double>().Zip(start, (w, s) => w - share * (w - s));
        Numbers.Equal(NdArray.Vector([.. expected]), NdArray.Vector(pulled.Model.State()["fc2.weight"].ToArray<double>()));
        Assert.Equal(start, pulled.Optimizer.State()["fc2.weight.start"].ToArray<double>());
    }

    [Fact]
    public void A_group_of_nobody_is_an_error() => Assert.Contains("fc1.weight", Assert.Throws<ArgumentException>(() =>
        new TrainingExample(m => new Sgd(m.Parameters)).Optimizer.Group(path => path == "fc9")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_parameter_that_nobody_learns_is_named_at_the_first_step()
    {
        var example = new TrainingExample(m => new Adam(m.Parameters.Where(p => !p.Path.StartsWith("fc1", StringComparison.Ordinal))));
        var error = Assert.Throws<ParameterException>(() => example.Run(0, 1));
        Assert.Equal("""
            Step: the loss depends on 'fc1.weight' [16, 6], 'fc1.bias' [16] that no optimizer learns.
            Hint: give them to an optimizer, or freeze the module: using (module.Freeze()).
            """, error.Message);
        Assert.Equal(["fc1.weight", "fc1.bias"], error.Parameters);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_reach_is_named()
    {
        Linear used = new(3, 2), lost = new(3, 2);
        var model = new Sequential(("used", used), ("lost", lost));
        var optimizer = new Sgd(model.Parameters);
        var error = Assert.Throws<ParameterException>(() => optimizer.Step(used.Forward(Tensor.Ones(1, 3)).Sum()));
        Assert.Equal("""
            Step: Sgd learns 'lost.weight' [2, 3], 'lost.bias' [2] that the loss does not depend on.
              reached  2 of 4 parameters
            Hint: leave it out of the optimizer, or look for a Detach() or Freeze() on the way.
            """, error.Message);
        used.Forward(Tensor.Ones(1, 3)).Sum().Backward();
        Assert.Equal(["lost.weight", "lost.bias"], Assert.Throws<ParameterException>(optimizer.Step).Parameters);
    }

    // Two networks that learn from each other: each optimizer sees parameters of the other, and leaves them alone.
    [Fact]
    public void Parameters_of_another_optimizer_are_left_alone()
    {
        Linear generator = new(2, 3), judge = new(3, 1);
        Optimizer ofGenerator = new Sgd(generator.Parameters, 0.1), ofJudge = new Sgd(judge.Parameters, 0.1);
        var before = (generator.State()["weight"].ToArray<float>(), judge.State()["weight"].ToArray<float>());
        ofGenerator.Step(judge.Forward(generator.Forward(Tensor.Ones(4, 2))).Mean());
        Assert.NotEqual(before.Item1, generator.State()["weight"].ToArray<float>());
        Assert.Equal(before.Item2, judge.State()["weight"].ToArray<float>());
        ofJudge.Step(judge.Forward(generator.Forward(Tensor.Ones(4, 2)).Detach()).Mean());
        Assert.NotEqual(before.Item2, judge.State()["weight"].ToArray<float>());
    }

    // Within one captured step a frozen judge is the one that has just learnt, as it is in free form.
    [Fact]
    public void Two_players_in_one_step_play_as_in_free_form()
    {
        var (free, captured) = (new Players(), new Players());
        var step = Step.Capture(x => captured.Play(x));
        for (var n = 0; n < 4; n++)
        {
            var x = Tensor.Full(DType.Float64, 0.1 * n, 5, 2);
            free.Play(x);
            step.Run(x);
        }
        Numbers.Equal(NdArray.Vector(free.Values), NdArray.Vector(captured.Values));
    }

    sealed class Players
    {
        readonly Linear generator = new(2, 3), judge = new(3, 1);
        readonly Optimizer ofGenerator, ofJudge;

        public Players()
        {
            generator.Initialize(1, DType.Float64);
            judge.Initialize(2, DType.Float64);
            (ofGenerator, ofJudge) = (new Adam(generator.Parameters, 0.05), new RmsProp(judge.Parameters, 0.05));
        }

        public double[] Values => [.. generator.State().Values.Concat(judge.State().Values).SelectMany(v => v.ToArray<double>())];

        public Tensor Play(Tensor x)
        {
            var made = generator.Forward(x).Tanh();
            ofJudge.Step(judge.Forward(made.Detach()).Square().Mean());
            Tensor fooled;
            using (judge.Freeze()) fooled = judge.Forward(made).Mean();
            ofGenerator.Step(fooled);
            return fooled;
        }
    }

    [Fact]
    public void Steps_by_gradients_that_backward_left_are_the_same()
    {
        TrainingExample Make() => new(m => new RmsProp(m.Parameters), type: DType.Float64, dropout: 0);
        var (one, other) = (Make(), Make());
        one.Train(one.Batches[0].X, one.Batches[0].Label);
        other.Model.Forward(other.Batches[0].X).CrossEntropy(other.Batches[0].Label).Backward();
        other.Optimizer.Step();
        Assert.True(NdArray.Vector(one.Numbers).IsNear(NdArray.Vector(other.Numbers), Tolerance.Reordered));
        Assert.All(other.Model.Parameters, p => Assert.Null(p.Value.Grad));
    }

    [Fact]
    public void Two_steps_of_one_optimizer_in_one_capture_are_an_error()
    {
        var layer = new Linear(2, 1);
        var optimizer = new Sgd(layer.Parameters);
        var step = Step.Capture(x =>
        {
            var loss = layer.Forward(x).Sum();
            optimizer.Step(loss);
            optimizer.Step(loss);
            return loss;
        });
        Assert.Contains("steps twice", Assert.Throws<InvalidOperationException>(() => step.Run(Tensor.Ones(1, 2))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_optimizer_wants_parameters()
    {
        Assert.Throws<ArgumentException>(() => new Sgd([]));
        var layer = new Linear(2, 2);
        Assert.Contains("'weight' is given twice",
            Assert.Throws<ArgumentException>(() => new Sgd([layer.Weight, layer.Weight])).Message, StringComparison.Ordinal);
    }
}
