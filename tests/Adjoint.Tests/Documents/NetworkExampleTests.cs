using Xunit;

namespace Adjoint.Tests;

// The C# of docs/networks.md, which DocumentTests compares with this file, and what it gives.

public sealed class NetworkExampleTests
{
    sealed class Classifier : Layer
    {
        readonly Linear fc1, fc2;
        readonly BatchNorm norm;
        readonly Dropout drop;

        public Classifier(int inputs, int hidden, int classes)
        {
            fc1 = Child("fc1", new Linear(inputs, hidden, init: Init.HeNormal()));
            norm = Child("norm", new BatchNorm(hidden));
            drop = Child("drop", new Dropout(0.2));
            fc2 = Child("fc2", new Linear(hidden, classes));
        }

        protected override Tensor Run(Tensor x) => fc2.Forward(drop.Forward(norm.Forward(fc1.Forward(x)).Relu()));
    }

    [Fact]
    public void The_example_learns_which_of_three_features_is_largest()
    {
        var random = new SplitMix64(1);
        var numbers = Enumerable.Range(0, 96 * 8).Select(_ => (float)random.Normal()).ToArray();
        var images = Tensor.Of(numbers, 96, 8);
        var labels = Tensor.Of(Enumerable.Range(0, 96).Select(b =>
            (long)Enumerable.Range(0, 3).MaxBy(c => numbers[8 * b + c])).ToArray(), 96);
        double accuracy;

        var model = new Classifier(8, 32, 3);
        model.Initialize(seed: 1);
        var optimizer = new AdamW(model.Parameters, rate: 0.01)
        {
            Schedule = Schedule.Cosine(200).WarmedUp(10),
            ClipNorm = 1,
        };
        optimizer.Group(path => path.EndsWith("bias", StringComparison.Ordinal), weightDecay: 0);
        var average = new WeightAverage(model, keep: 0.9);
        var step = Step.Capture((x, label) =>
        {
            var loss = model.Forward(x).CrossEntropy(label);
            optimizer.Step(loss);
            average.Update();
            return loss;
        });
        for (var n = 0; n < 200; n++) step.Run(images, labels);
        model.Evaluate();
        using (average.Use()) accuracy = model.Forward(images).ArgMax(-1).Equal(labels).To(DType.Float32).Mean().Item();

        Assert.InRange(accuracy, 0.95, 1);
        Assert.Contains("fc2", model.Summary(1, 8).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_slope_of_a_linear_critic_is_its_weight()
    {
        var critic = new Linear(3, 1);
        Tensor real = Tensor.Ones(4, 3), fake = Tensor.Zeros(4, 3), share = Tensor.Uniform(4, 1);

        var between = (real * share + fake * (1 - share)).DetachWithGrad();
        var slope = critic.Forward(between).Sum().Gradients(between)[0];

        Assert.Equal(critic.Weight.Value.ToArray<float>(), slope[2].ToArray<float>());
    }

    [Fact]
    public void A_stack_reads_position_by_position_what_it_reads_as_a_whole()
    {
        Tensor x = Law.Random(1, 1, 10, 16).To(DType.Float32), last = x;

        var stack = new TransformerStack(new(Width: 16, Heads: 2) { Rule = new ScaledDotProduct(isCausal: true), IsRotary = true }, layers: 2);
        stack.Evaluate();
        var whole = stack.Forward(x); // [1, t, 16]
        var cache = new KvCache(capacity: 10);
        var step = Step.Capture(row => stack.Step(row, cache));
        for (var t = 0; t < 10; t++)
        {
            last = step.Run(x[.., t, ..])[0]; // whole[.., t, ..]
            cache.Advance();
        }

        Law.Near(whole[.., ^1, ..], last, Tolerance.CpuSingle);
    }
}
