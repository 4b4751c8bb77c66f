namespace Adjoint.Cli;

/// <summary>Training steps that write down what was said: 500 frames of 80 numbers to 100 of 35 letters.</summary>
static class SpeechWorkloads
{
    public const int Bands = 80, Frames = 500;
    const int Batch = 16, Letters = 35, Length = 100, Width = 128, Heads = 4;

    public static IEnumerable<Workload> All =>
        [Of("speech_lstm", () => new RecurrentDecoder()), Of("speech_attention", () => new AttentionDecoder())];

    static Workload Of(string name, Func<Decoder> decoder) => new(name, () =>
    {
        var model = Workload.Made(new Writer(decoder()));
        Tensor x = Workload.Random(1, Batch, Bands, Frames), written = Workload.Labels(Letters, Batch, Length);
        var next = Workload.Labels(Letters, Batch * Length);
        return Workload.Training(new Adam(model.Parameters), () => model.Forward(x, written).Reshape(-1, Letters).CrossEntropy(next));
    });

    /// <summary>What was said and what is written so far, to the scores of what follows each letter.</summary>
    public sealed class Writer : Module
    {
        readonly Encoder encoder;
        readonly Decoder decoder;

        public Writer(Decoder decoder) => (encoder, this.decoder) = (Child("encoder", new Encoder()), Child("decoder", decoder));

        /// <param name="x">[b, c, s]</param> <param name="written">[b, t]</param> <returns>[b, t, v]</returns>
        public Tensor Forward(Tensor x, Tensor written) => decoder.Forward(written, encoder.Forward(x));
    }

    /// <summary>Two convolutions that halve the frames, then a transformer: [b, c, s] to [b, s / 4, d].</summary>
    public sealed class Encoder : Layer
    {
        readonly Conv1d first, second;
        readonly LearnedPositions places;
        readonly TransformerStack stack;

        public Encoder()
        {
            first = Child("first", new Conv1d(Bands, Width, 3, stride: 2, pad: 1));
            second = Child("second", new Conv1d(Width, Width, 3, stride: 2, pad: 1));
            places = Child("places", new LearnedPositions(Frames / 4, Width, Init.Normal(0.02)));
            stack = Child("stack", new TransformerStack(new(Width, Heads), 4));
        }

        protected override Tensor Run(Tensor x) =>
            stack.Forward(places.Forward(second.Forward(first.Forward(x).Gelu()).Gelu().Transpose(1, 2)));
    }

    /// <summary>Writes while it looks at what was said.</summary>
    public abstract class Decoder : Module
    {
        /// <param name="written">[b, t]</param> <param name="said">[b, s, d]</param> <returns>[b, t, v]</returns>
        public abstract Tensor Forward(Tensor written, Tensor said);
    }

    /// <summary>What an LSTM has read of the letters looks at what was said.</summary>
    public sealed class RecurrentDecoder : Decoder
    {
        readonly Embedding table;
        readonly LayerNorm before, after;
        readonly Lstm network;
        readonly MultiHeadAttention attention;
        readonly Linear head;

        public RecurrentDecoder()
        {
            table = Child("table", new Embedding(Letters, Width));
            before = Child("before", new LayerNorm(Width));
            network = Child("network", new Lstm(Width, Width));
            attention = Child("attention", new MultiHeadAttention(Width, Heads));
            after = Child("after", new LayerNorm(Width));
            head = Child("head", new Linear(Width, Letters));
        }

        // Time first inside the network, the batch first outside.
        public override Tensor Forward(Tensor written, Tensor said)
        {
            var read = network.Forward(before.Forward(table.Forward(written.T))).Transpose(0, 1);
            return head.Forward(after.Forward(read + attention.Attend(read, said)));
        }
    }

    /// <summary>One block of a transformer, without a norm behind it.</summary>
    public sealed class AttentionDecoder : Decoder
    {
        readonly Embedding table;
        readonly LearnedPositions places;
        readonly TransformerBlock block;
        readonly Linear head;

        public AttentionDecoder()
        {
            table = Child("table", new Embedding(Letters, Width));
            places = Child("places", new LearnedPositions(Length, Width, Init.Normal(0.02)));
            block = Child("block", new TransformerBlock(new(Width, Heads) { Rule = new ScaledDotProduct(isCausal: true) }, readsSource: true));
            head = Child("head", new Linear(Width, Letters));
        }

        public override Tensor Forward(Tensor written, Tensor said) =>
            head.Forward(block.Transform(places.Forward(table.Forward(written)), source: said));
    }
}
