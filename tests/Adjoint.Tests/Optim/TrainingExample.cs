namespace Adjoint.Tests;

/// <summary>A small classifier with batch norm and dropout, and batches of random examples for it.</summary>
sealed class TrainingExample
{
    public const int Batch = 12;

    public TrainingExample(Func<Module, Optimizer> optimizer, ulong seed = 1, DType type = DType.Float32, double dropout = 0.2)
    {
        Model = new(("fc1", new Linear(6, 16)), ("bn", new BatchNorm(16)), ("act", Activation.Gelu()),
            ("drop", new Dropout(dropout)), ("fc2", new Linear(16, 3)));
        Model.Initialize(seed, type);
        Optimizer = optimizer(Model);
        var random = new SplitMix64(seed);
        for (var n = 0; n < 5; n++)
        {
            var x = new double[Batch * 6];
            for (var i = 0; i < x.Length; i++) x[i] = random.Normal();
            Batches.Add((Tensor.Of(HostArray.FromDoubles(type, [Batch, 6], x)),
                Tensor.Of(Enumerable.Range(0, Batch).Select(b => (long)(x[6 * b] > 0 ? 2 : x[6 * b + 1] > 0 ? 1 : 0)).ToArray(), Batch)));
        }
        using (Tensor.Seed(seed)) Step = Step.Capture(Train);
    }

    public Sequential Model { get; }
    public Optimizer Optimizer { get; }
    public Step Step { get; }
    public List<(Tensor X, Tensor Label)> Batches { get; } = [];

    public Tensor Train(Tensor x, Tensor label)
    {
        var loss = Model.Forward(x).CrossEntropy(label);
        Optimizer.Step(loss);
        return loss;
    }

    /// <summary>Runs captured steps from one number up to, and without, another.</summary>
    public void Run(int from, int to)
    {
        for (var n = from; n < to; n++) Step.Run(Batches[n % Batches.Count].X, Batches[n % Batches.Count].Label);
    }

    public double[] Numbers => [.. Model.State().Values.Concat(Optimizer.State().Values).SelectMany(t => t.ToHost().ToDoubles())];
}
