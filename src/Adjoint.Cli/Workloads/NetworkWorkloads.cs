namespace Adjoint.Cli;

/// <summary>Whole training steps of networks for images.</summary>
static class NetworkWorkloads
{
    const int Pixels = 784;

    public static IEnumerable<Workload> All => [Mlp, Vae, Cnn(8), Cnn(64)];

    static Workload Mlp => new("mlp", () =>
    {
        const int Batch = 64, Hidden = 512, Classes = 10;
        var model = new Parameters();
        Tensor x = Workload.Random(1, Batch, Pixels), label = Workload.Labels(Classes, Batch);
        Func<Tensor, Tensor> first = model.Linear(Pixels, Hidden), second = model.Linear(Hidden, Hidden),
            last = model.Linear(Hidden, Classes);
        return () => model.Adam(last(second(first(x).Relu()).Relu()).CrossEntropy(label));
    });

    // The loss is a sum over pixels and a mean over the batch.
    static Workload Vae => new("vae", () =>
    {
        const int Batch = 100, Hidden = 600, Code = 50;
        var model = new Parameters();
        var x = Workload.Random(0.5, Batch, Pixels) + 0.5;
        Tensor.Compute(x);
        Func<Tensor, Tensor> e1 = model.Linear(Pixels, Hidden), e2 = model.Linear(Hidden, Hidden),
            e3 = model.Linear(Hidden, 2 * Code), d1 = model.Linear(Code, Hidden), d2 = model.Linear(Hidden, Hidden),
            d3 = model.Linear(Hidden, Pixels);
        return () =>
        {
            var halves = e3(e2(e1(x).Relu()).Relu()).Split(Code);
            var (mu, logvar) = (halves[0], halves[1]);
            var logits = d3(d2(d1(mu.Reparameterise(logvar)).Relu()).Relu());
            return model.Adam(logits.BceWithLogits(x) * Pixels + mu.GaussianKl(logvar).Mean());
        };
    });

    static Workload Cnn(int batch) => new($"cnn_{batch}", () =>
    {
        const int Side = 28, Classes = 4;
        var model = new Parameters();
        Tensor x = Workload.Random(1, batch, 1, Side, Side), label = Workload.Labels(Classes, batch);
        Tensor w1 = model.Add(Workload.Random(0.3, 8, 1, 3, 3)), b1 = model.Bias(8);
        Tensor w2 = model.Add(Workload.Random(0.1, 16, 8, 3, 3)), b2 = model.Bias(16);
        Func<Tensor, Tensor> f1 = model.Linear(576, 320), f2 = model.Linear(320, 120), f3 = model.Linear(120, Classes);
        return () =>
        {
            var seen = x.Conv2d(w1, b1, pad: 1).Relu().MaxPool2d().Conv2d(w2, b2).Relu().MaxPool2d();
            var logits = f3(f2(f1(seen.Reshape(batch, 576)).Relu().Dropout(0.7)));
            return model.Sgd(logits.CrossEntropy(label), 0.01);
        };
    });
}
