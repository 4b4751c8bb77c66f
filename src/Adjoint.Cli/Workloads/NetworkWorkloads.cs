namespace Adjoint.Cli;

/// <summary>Whole training steps of networks for images of 28 by 28.</summary>
static class NetworkWorkloads
{
    const int Side = 28, Pixels = Side * Side, Classes = 10, Sections = 4;

    public static IEnumerable<Workload> All => [OfMlp, OfVae, OfCnn(8), OfCnn(64)];

    /// <summary>x [b, 784] to logits [b, 10].</summary>
    public static Mlp Mlp() => new([Pixels, 512, 512, Classes]);

    /// <summary>x [b, 1, 28, 28] to logits [b, 4].</summary>
    public static Sequential Cnn() => new(
        new Conv2d(1, 8, 3, pad: 1), Activation.Relu(), new MaxPool(), new Conv2d(8, 16, 3), Activation.Relu(), new MaxPool(),
        new Flatten(), new Linear(576, 320), Activation.Relu(), new Dropout(0.7), new Linear(320, 120), new Linear(120, Sections));

    static Workload OfMlp => new("mlp", () =>
    {
        const int Batch = 64;
        var model = Workload.Made(Mlp());
        Tensor x = Workload.Random(1, Batch, Pixels), label = Workload.Labels(Classes, Batch);
        return Workload.Training(new Adam(model.Parameters), () => model.Forward(x).CrossEntropy(label));
    });

    static Workload OfVae => new("vae", () =>
    {
        const int Batch = 100;
        var model = Workload.Made(new Vae());
        var x = Workload.Random(0.5, Batch, Pixels) + 0.5;
        Tensor.Compute(x);
        return Workload.Training(new Adam(model.Parameters), () => model.Loss(x));
    });

    static Workload OfCnn(int batch) => new($"cnn_{batch}", () =>
    {
        var model = Workload.Made(Cnn());
        Tensor x = Workload.Random(1, batch, 1, Side, Side), label = Workload.Labels(Sections, batch);
        return Workload.Training(new Sgd(model.Parameters), () => model.Forward(x).CrossEntropy(label));
    });

    /// <summary>A code of 50 numbers, drawn around what is read (arXiv:1312.6114).</summary>
    public sealed class Vae : Module
    {
        const int Hidden = 600, Code = 50;

        readonly Mlp encoder, decoder;

        public Vae()
        {
            encoder = Child("encoder", new Mlp([Pixels, Hidden, Hidden, 2 * Code]));
            decoder = Child("decoder", new Mlp([Code, Hidden, Hidden, Pixels]));
        }

        /// <summary>A sum over pixels and a mean over the batch.</summary>
        /// <param name="x">[b, 784], from 0 to 1</param>
        public Tensor Loss(Tensor x)
        {
            var halves = encoder.Forward(x).Split(Code);
            var (mu, logvar) = (halves[0], halves[1]);
            return decoder.Forward(mu.Reparameterise(logvar)).BceWithLogits(x) * Pixels + mu.GaussianKl(logvar).Mean();
        }
    }
}
