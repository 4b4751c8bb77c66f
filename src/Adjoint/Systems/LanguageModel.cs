namespace Adjoint;

/// <summary>Scores of the next token after every token: tokens [b, t] to logits [b, t, v].</summary>
public abstract class LanguageModel : Layer
{
    /// <summary>Reads token after token, with memory of what came before.</summary>
    internal abstract Continuation Continue();
}

/// <summary>A text that grows by one token at a time.</summary>
abstract class Continuation
{
    /// <summary>The scores of what follows a token: [v].</summary>
    public abstract ReadOnlySpan<float> Next(int token);

    /// <summary>Forgets all that was read.</summary>
    public abstract void Restart();
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
        (token, known) => Scores(stack.Step(Placed(embedding.Forward(token), (places, x) => places.Step(x, known)), known)));

    Tensor Placed(Tensor x, Func<LearnedPositions, Tensor, Tensor> place) => positions is null ? x : place(positions, x);

    Tensor Scores(Tensor x) => x.Linear(embedding.Weight);
}

/// <summary>A text of a model whose layers keep what they have read in a cache. When that is full, its later half is read again in
/// the place of the first.</summary>
sealed class CachedContinuation : Continuation
{
    readonly KvCache cache;
    readonly Step step;
    readonly List<int> read = [];
    readonly Tensor token = Tensor.Of([0], 1);

    /// <param name="scores">Of what follows a token [1] after those in the cache: [1, v].</param>
    public CachedContinuation(int capacity, Func<Tensor, KvCache, Tensor> scores)
    {
        var known = cache = new(capacity);
        step = Step.Capture(token => scores(token, known));
    }

    public override ReadOnlySpan<float> Next(int token)
    {
        if (cache.Position == cache.Capacity)
        {
            var kept = read.GetRange(read.Count - cache.Capacity / 2, cache.Capacity / 2);
            Restart();
            foreach (var earlier in kept) Read(earlier);
        }
        return Read(token).ToArray<float>();
    }

    public override void Restart()
    {
        cache.Clear();
        read.Clear();
    }

    Tensor Read(int number)
    {
        read.Add(number);
        token.Overwrite([number]);
        var scores = step.Run(token)[0];
        cache.Advance();
        return scores;
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
        readonly Step step;
        readonly Tensor[] state;
        readonly Tensor token = Tensor.Of([0], 1, 1);

        public Carried(RecurrentLanguageModel model)
        {
            var network = model.network;
            var type = model.head.Weight.Value.Type;
            state = [.. Enumerable.Range(0, network.StateCount).Select(_ => Tensor.Zeros(type, network.Layers, 1, network.Units))];
            step = Step.Capture(token =>
            {
                var made = network.Unroll(model.embedding.Forward(token), state);
                Tensor.Assign([.. state.Zip(made.State)]);
                return model.head.Forward(made.Output);
            });
        }

        public override ReadOnlySpan<float> Next(int number)
        {
            token.Overwrite([number]);
            return step.Run(token)[0].ToArray<float>();
        }

        public override void Restart()
        {
            foreach (var tensor in state) tensor.OverwrittenBytes().Clear();
        }
    }
}
