namespace Adjoint.Cli;

/// <summary>Two networks that learn from each other: images of 28 by 28 from 100 random numbers
/// (arXiv:1511.06434).</summary>
static class AdversarialWorkloads
{
    const int Batch = 64, Side = 28, Noise = 100;

    public static IEnumerable<Workload> All => [Dcgan, WganGp];

    /// <summary>z [b, 100, 1, 1] to images [b, 1, 28, 28].</summary>
    public static Sequential Generator() => new(
        new ConvTranspose2d(Noise, 256, 7, bias: false), new BatchNorm(256), Activation.Relu(),
        new ConvTranspose2d(256, 128, 4, stride: 2, pad: 1, bias: false), new BatchNorm(128), Activation.Relu(),
        new ConvTranspose2d(128, 1, 4, stride: 2, pad: 1), Activation.Tanh());

    /// <summary>Images [b, 1, 28, 28] to one number each [b, 1].</summary>
    /// <param name="hasNorm">A critic has none: its gradient is one of each image alone.</param>
    public static Sequential Judge(bool hasNorm) => new(
    [
        new Conv2d(1, 64, 4, stride: 2, pad: 1), Activation.LeakyRelu(0.2), new Conv2d(64, 128, 4, stride: 2, pad: 1),
        .. hasNorm ? (Layer[])[new BatchNorm(128)] : [], Activation.LeakyRelu(0.2), new Flatten(), new Linear(128 * 49, 1),
    ]);

    static Workload Dcgan => new("dcgan", () =>
    {
        Sequential generator = Workload.Made(Generator()), judge = Workload.Made(Judge(hasNorm: true));
        var real = Workload.Random(1, Batch, 1, Side, Side);
        Tensor yes = Tensor.Ones(Batch, 1), no = Tensor.Zeros(Batch, 1);
        Adam ofGenerator = new(generator.Parameters, 2e-4, beta1: 0.5), ofJudge = new(judge.Parameters, 2e-4, beta1: 0.5);
        return () =>
        {
            var fake = generator.Forward(Tensor.Normal(Batch, Noise, 1, 1));
            var judged = judge.Forward(real).BceWithLogits(yes) + judge.Forward(fake.Detach()).BceWithLogits(no);
            ofJudge.Step(judged);
            // The generator meets the judge that has just learnt.
            Tensor fooled;
            using (judge.Freeze()) fooled = judge.Forward(fake).BceWithLogits(yes);
            ofGenerator.Step(fooled);
            return [judged, fooled];
        };
    });

    // A critic learns, with the length of its gradient held near 1 between real and made images (arXiv:1704.00028).
    static Workload WganGp => new("wgan_gp", () =>
    {
        Sequential generator = Workload.Made(Generator()), critic = Workload.Made(Judge(hasNorm: false));
        var real = Workload.Random(1, Batch, 1, Side, Side);
        return Workload.Training(new Adam(critic.Parameters, 1e-4, beta1: 0, beta2: 0.9), () =>
        {
            Tensor fake;
            using (Tensor.WithoutGradient()) fake = generator.Forward(Tensor.Normal(Batch, Noise, 1, 1));
            var share = Tensor.Uniform(Batch, 1, 1, 1);
            var between = (share * real + (1 - share) * fake).DetachWithGrad();
            var slope = critic.Forward(between).Sum().Gradients(between)[0];
            return critic.Forward(fake).Mean() - critic.Forward(real).Mean() + slope.Flatten(1).GradientPenalty();
        });
    });
}
