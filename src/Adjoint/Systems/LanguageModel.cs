using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>Scores of the next token after every token: tokens [b, t] to logits [b, t, v].</summary>
public abstract class LanguageModel : Layer
{
    /// <summary>Reads tokens with memory of what came before.</summary>
    internal abstract Continuation Continue();
}

/// <summary>A text that grows by tokens. Many at once are read in pieces of few lengths, so that few plans serve all texts.</summary>
abstract class Continuation
{
    // A plan each: 512 tokens take a fifth of the time of one by one, and longer pieces no less.
    static readonly int[] Lengths = [64, 16, 4, 1];

    readonly Tensor[] pieces = new Tensor[Lengths.Length];

    /// <summary>The scores of what follows these tokens, at least one: [v]. They last until the next call.</summary>
    public abstract ReadOnlySpan<float> Next(params ReadOnlySpan<int> tokens);

    /// <summary>Forgets all that was read.</summary>
    public abstract void Restart();

    /// <summary>Reads piece after piece.</summary>
    /// <param name="read">Gives the scores of what follows a piece of int32[1, t].</param>
    /// <returns>Of what follows the last.</returns>
    private protected ReadOnlySpan<float> InPieces(scoped ReadOnlySpan<int> tokens, Func<Tensor, Tensor> read)
    {
        Tensor? scores = null;
        for (var n = 0; n < Lengths.Length; n++)
            for (; tokens.Length >= Lengths[n]; tokens = tokens[Lengths[n]..])
            {
                var piece = pieces[n] ??= Tensor.Zeros(DType.Int32, 1, Lengths[n]);
                piece.Overwrite(tokens[..Lengths[n]]);
                scores = read(piece);
            }
        return scores!.Numbers<float>();
    }
}

/// <summary>A causal transformer; its table of tokens is also its last layer (arXiv:1608.05859).</summary>
public sealed class TransformerLanguageModel : LanguageModel
{
    /// <summary>Of the weights at the beginning, as GPT-2's.</summary>
    internal const double Deviation = 0.02;

    readonly Embedding embedding;
    readonly LearnedPositions? positions;
    readonly Dropout drop;
    readonly TransformerStack stack;
    readonly int context;

    /// <param name="context">The most tokens it looks at.</param>
    /// <param name="isRotary">Whether queries and keys are turned by their position (arXiv:2104.09864), in place of a learned row for
    /// each position.</param>
    public TransformerLanguageModel(int tokens, int width, int heads, int layers, int context, double dropout = 0, bool isRotary = false)
        : this(tokens, context, layers, new(width, heads)
        {
            Dropout = dropout, Bias = false, IsRotary = isRotary, Rule = new ScaledDotProduct(isCausal: true), Init = Init.Normal(Deviation),
            // What is added 2 layers times keeps its variance.
            OutInit = Init.Normal(Deviation / Math.Sqrt(2 * layers)),
        })
    {
    }

    /// <param name="options">The rule is causal; the tables start as the weights do.</param>
    internal TransformerLanguageModel(int tokens, int context, int layers, TransformerOptions options)
    {
        this.context = context;
        embedding = Child("embedding", new Embedding(tokens, options.Width, options.Init));
        if (!options.IsRotary) positions = Child("positions", new LearnedPositions(context, options.Width, options.Init));
        drop = Child("dropout", new Dropout(options.Dropout));
        stack = Child("transformer", new TransformerStack(options, layers));
    }

    protected override Tensor Run(Tensor tokens) =>
        Scores(stack.Forward(drop.Forward(Placed(embedding.Forward(tokens), (places, x) => places.Forward(x)))));

    internal override Continuation Continue() => new CachedContinuation(context,
        (tokens, known) => stack.Step(Placed(embedding.Forward(tokens), (places, x) => places.Step(x, known)), known), Scores);

    Tensor Placed(Tensor x, Func<LearnedPositions, Tensor, Tensor> place) => positions is null ? x : place(positions, x);

    Tensor Scores(Tensor x) => x.Linear(embedding.Weight);
}

/// <summary>A text of a model whose layers keep what they have read in a cache. When that is full, its later half is read again in
/// the place of the first.</summary>
sealed class CachedContinuation : Continuation
{
    readonly KvCache cache;
    readonly Func<Tensor, Tensor> piece;
    readonly List<int> text = [];
    int start; // of what the cache holds

    /// <param name="read">What the layers make of tokens after those in the cache: [1] to [1, d], [1, t] to [1, t, d].</param>
    /// <param name="scores">Of what follows: [1, d] to [1, v].</param>
    public CachedContinuation(int capacity, Func<Tensor, KvCache, Tensor> read, Func<Tensor, Tensor> scores)
    {
        var known = cache = new(capacity);
        var step = Step.Capture(tokens => scores(tokens.Shape[1] == 1 ? read(tokens.Reshape(1), known) : read(tokens, known)[.., ^1, ..]));
        piece = tokens =>
        {
            var found = step.Run(tokens)[0];
            known.Advance(tokens.Shape[1]);
            return found;
        };
    }

    public override ReadOnlySpan<float> Next(params ReadOnlySpan<int> tokens)
    {
        var (first, capacity) = (start, cache.Capacity);
        foreach (var token in tokens)
        {
            if (text.Count - start == capacity) start = text.Count - capacity / 2;
            text.Add(token);
        }
        if (start != first) cache.Clear();
        return InPieces(CollectionsMarshal.AsSpan(text)[(start + cache.Position)..], piece);
    }

    public override void Restart()
    {
        cache.Clear();
        text.Clear();
        start = 0;
    }
}

/// <summary>A recurrent network between a table of tokens and a linear layer.</summary>
public sealed class RecurrentLanguageModel : LanguageModel
{
    readonly Embedding embedding;
    readonly Recurrent network;
    readonly Dropout drop;
    readonly Linear head;

    /// <param name="network">From the width of the table to its own number of units, in one direction.</param>
    public RecurrentLanguageModel(int tokens, int width, Recurrent network, double dropout = 0)
    {
        if (network.Directions > 1) throw new ArgumentException("RecurrentLanguageModel: a network that reads from the end knows what it must say.");
        embedding = Child("embedding", new Embedding(tokens, width));
        this.network = Child("network", network);
        drop = Child("dropout", new Dropout(dropout));
        head = Child("head", new Linear(network.Units, tokens));
    }

    // Time first inside, the batch first outside.
    protected override Tensor Run(Tensor tokens) => head.Forward(drop.Forward(network.Forward(embedding.Forward(tokens.T)))).Transpose(0, 1);

    internal override Continuation Continue() => new Carried(this);

    sealed class Carried : Continuation
    {
        readonly Func<Tensor, Tensor> piece;
        readonly Tensor[] state;

        public Carried(RecurrentLanguageModel model)
        {
            var network = model.network;
            var type = model.head.Weight.Value.Type;
            state = [.. Enumerable.Range(0, network.StateCount).Select(_ => Tensor.Zeros(type, network.Layers, 1, network.Units))];
            var step = Step.Capture(tokens =>
            {
                var made = network.Unroll(model.embedding.Forward(tokens.T), state);
                Tensor.Assign([.. state.Zip(made.State)]);
                return model.head.Forward(made.Output[^1]);
            });
            piece = tokens => step.Run(tokens)[0];
        }

        public override ReadOnlySpan<float> Next(params ReadOnlySpan<int> tokens) => InPieces(tokens, piece);

        public override void Restart()
        {
            foreach (var tensor in state) tensor.OverwrittenBytes().Clear();
        }
    }
}
