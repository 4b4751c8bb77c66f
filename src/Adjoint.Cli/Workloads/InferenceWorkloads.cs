namespace Adjoint.Cli;

/// <summary>What models say once they have learnt: in evaluation, without gradients.</summary>
static class InferenceWorkloads
{
    public static IEnumerable<Workload> All =>
    [
        Of("infer_gpt", () => new SequenceWorkloads.Gpt(), () => SequenceWorkloads.Text(1)),
        Of("infer_lstm", () => SequenceWorkloads.Lstm(1, 256), () => SequenceWorkloads.Text(32)),
        Of("infer_cnn", NetworkWorkloads.Cnn, () => Workload.Random(1, 64, 1, 28, 28)),
        Of("infer_mlp", NetworkWorkloads.Mlp, () => Workload.Random(1, 64, 784)),
        Of("infer_speech", () => new SpeechWorkloads.Encoder(), () => Workload.Random(1, 1, SpeechWorkloads.Bands, SpeechWorkloads.Frames)),
    ];

    static Workload Of(string name, Func<Layer> make, Func<Tensor> given) => new(name, () =>
    {
        var model = Workload.Made(make());
        model.Evaluate();
        var x = given();
        return () =>
        {
            using (Tensor.WithoutGradient()) return [model.Forward(x)];
        };
    });
}
