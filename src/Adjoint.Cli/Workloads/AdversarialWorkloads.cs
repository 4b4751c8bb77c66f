namespace Adjoint.Cli;

/// <summary>Two networks that learn from each other: images of 28 by 28 from 100 random numbers
/// (arXiv:1511.06434).</summary>
static class AdversarialWorkloads
{
    const int Batch = 64, Side = 28, Noise = 100, Features = 128 * 49;

    public static IEnumerable<Workload> All => [Dcgan];

    static Workload Dcgan => new("dcgan", () =>
    {
        Parameters ofGenerator = new(), ofDiscriminator = new();
        var generate = Generator(ofGenerator);
        var judge = Discriminator(ofDiscriminator);
        var real = Workload.Random(1, Batch, 1, Side, Side);
        Tensor yes = Tensor.Ones(Batch, 1), no = Tensor.Zeros(Batch, 1);
        return () =>
        {
            var fake = generate(Tensor.Normal(Batch, Noise, 1, 1));
            var loss = judge(real, w => w).BceWithLogits(yes) + judge(fake.Detach(), w => w).BceWithLogits(no);
            var judged = ofDiscriminator.Adam(loss);
            // The generator meets the discriminator that has just learnt.
            var after = judged.Updates.ToDictionary(u => u.Target, u => u.Value.Detach());
            var fooled = ofGenerator.Adam(judge(fake, w => after[w]).BceWithLogits(yes));
            return new([.. judged.Results, .. fooled.Results], [.. judged.Updates, .. fooled.Updates]);
        };
    });

    static Func<Tensor, Tensor> Generator(Parameters model)
    {
        Tensor w1 = Filter(model, Noise, 256, 7), w2 = Filter(model, 256, 128, 4), w3 = Filter(model, 128, 1, 4);
        Tensor none1 = Tensor.Zeros(256), none2 = Tensor.Zeros(128), bias = model.Bias(1);
        Tensor gain1 = model.Add(Tensor.Ones(256)), shift1 = model.Bias(256);
        Tensor gain2 = model.Add(Tensor.Ones(128)), shift2 = model.Bias(128);
        return z => z.ConvTranspose2d(w1, none1).BatchNorm(gain1, shift1).Relu()
            .ConvTranspose2d(w2, none2, stride: 2, pad: 1).BatchNorm(gain2, shift2).Relu()
            .ConvTranspose2d(w3, bias, stride: 2, pad: 1).Tanh();
    }

    // Which weights it uses is for the caller to say: its own, or those after an update.
    static Func<Tensor, Func<Tensor, Tensor>, Tensor> Discriminator(Parameters model)
    {
        Tensor w1 = Filter(model, 64, 1, 4), b1 = model.Bias(64), w2 = Filter(model, 128, 64, 4), b2 = model.Bias(128);
        Tensor gain = model.Add(Tensor.Ones(128)), shift = model.Bias(128);
        Tensor last = model.Weight(1, Features), bias = model.Bias(1);
        return (x, now) => x.Conv2d(now(w1), now(b1), stride: 2, pad: 1).LeakyRelu(0.2)
            .Conv2d(now(w2), now(b2), stride: 2, pad: 1).BatchNorm(now(gain), now(shift)).LeakyRelu(0.2)
            .Reshape(Batch, Features).Linear(now(last), now(bias));
    }

    static Tensor Filter(Parameters model, int first, int second, int size) =>
        model.Add(Workload.Random(1 / Math.Sqrt(second * size * size), first, second, size, size));
}
