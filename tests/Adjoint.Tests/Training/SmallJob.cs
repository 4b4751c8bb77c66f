namespace Adjoint.Tests;

/// <summary>A perceptron that tells the two sides of a circle apart: small, but with dropout, momentum and an average, so that a
/// run has all the state there is.</summary>
static class SmallJob
{
    public const int Examples = 90, Batch = 16;

    public static TrainingJob Make(ulong seed = 1, double rate = 0.3, int poisonedAt = -1)
    {
        var data = Circle(poisonedAt);
        var model = new Sequential(("fc1", new Linear(2, 24)), ("act", Activation.Tanh()), ("drop", new Dropout(0.1)), ("fc2", new Linear(24, 2)));
        model.Initialize(seed);
        var judge = new ClassifierJudge(model, data, 2, []);
        return new()
        {
            Model = model,
            Optimizer = new Momentum(model.Parameters, rate) { Schedule = Schedule.Cosine(300, 0.1) },
            Seed = seed,
            Loader = new Loader(data, Batch, seed),
            Loss = fields => model.Forward(fields[0]).CrossEntropy(fields[1]),
            Average = new(model, 0.9),
            Validate = judge.Metrics,
            Test = judge.Metrics,
            Goal = "accuracy",
            IsHigherBetter = true,
        };
    }

    /// <summary>Points of a square, and whether they lie in a circle.</summary>
    /// <param name="poisonedAt">An example that is no number.</param>
    public static ArrayDataset Circle(int poisonedAt = -1)
    {
        var random = new Random(5);
        var (x, label) = (new HostArray(DType.Float32, Examples, 2), new HostArray(DType.Int32, Examples));
        for (var n = 0; n < Examples; n++)
        {
            var (a, b) = (random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1);
            (x.AsSpan<float>()[2 * n], x.AsSpan<float>()[2 * n + 1]) = ((float)a, (float)b);
            label.AsSpan<int>()[n] = a * a + b * b < 0.5 ? 1 : 0;
        }
        if (poisonedAt >= 0) x.AsSpan<float>()[2 * poisonedAt] = float.NaN;
        return new("circle", ("x", x), (Dataset.LabelField, label));
    }

    public static RunFolder Folder(ScratchFolder scratch, string name = "run") =>
        RunFolder.Create(scratch.PathOf(name), new("circle", 1, null, new Dictionary<string, string>()));

    public static float[] Weights(TrainingJob job) =>
        [.. job.Model.State().OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => s.Value.ToArray<float>())];
}
