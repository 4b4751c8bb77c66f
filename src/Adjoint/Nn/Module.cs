namespace Adjoint;

// Parameters and children are registered as they are made, so that nothing looks for them by reflection. Names and
// their order are PyTorch's: what a module has itself, then what its children have.

/// <summary>Named parameters, buffers and other modules: a part of a model.</summary>
public abstract class Module
{
    readonly List<Parameter> own = [];
    readonly List<Module> children = [];
    Module? parent;
    string name = "";

    /// <summary>Its place in the model: <c>encoder.fc1</c>; empty for the model itself.</summary>
    public string Path => parent is null ? name : parent.PathOf(name);

    /// <summary>Whether it behaves as in training: dropout drops, batch norm uses the batch.</summary>
    public bool IsTraining { get; private set; } = true;

    public IReadOnlyList<Module> Children => children;

    /// <summary>What is learned, its own first, then that of its children.</summary>
    public IEnumerable<Parameter> Parameters => Named.Where(p => p.IsLearned);

    /// <summary>What is kept and not learned, as running statistics.</summary>
    public IEnumerable<Parameter> Buffers => Named.Where(p => !p.IsLearned);

    /// <summary>How many numbers are learned.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Count);

    IEnumerable<Parameter> Named => own.Concat(children.SelectMany(c => c.Named));

    /// <summary>Registers a tensor that is learned.</summary>
    /// <param name="init">Its values before training.</param>
    protected Parameter Parameter(string name, int[] shape, Init init) => Register(new(this, Free(name), shape, init,
        null, isLearned: true));

    /// <summary>Registers a tensor that is saved with the model and not learned.</summary>
    /// <param name="type">Null is the floating type of the model.</param>
    protected Parameter Kept(string name, int[] shape, Init init, DType? type = null) =>
        Register(new(this, Free(name), shape, init, type, isLearned: false));

    /// <summary>Registers a module that is a part of this one.</summary>
    /// <exception cref="ArgumentException">It is a part already, or the name is taken.</exception>
    protected T Child<T>(string name, T module) where T : Module
    {
        if (module.parent is not null)
            throw new ArgumentException($"Child: {module} is '{module.Path}' already and can't be '{PathOf(name)}' as well."
                + "\nHint: to share weights, call the one module from both places.");
        for (var above = this; above is not null; above = above.parent)
            if (above == module) throw new ArgumentException($"Child: '{name}' can't be a part of itself.");
        module.name = Free(name);
        module.parent = this;
        children.Add(module);
        return module;
    }

    /// <summary>Gives every parameter and buffer the values it starts with, in this type.</summary>
    /// <param name="seed">Numbers depend on it and on the path of the parameter, and on nothing else.</param>
    public void Initialize(ulong seed, DType type = DType.Float32)
    {
        foreach (var parameter in Named) parameter.Fill(seed, type);
    }

    /// <summary>From now on it behaves as in training; steps that are captured already stay as they are.</summary>
    public void Train() => SetMode(true);

    /// <summary>From now on it behaves as in evaluation.</summary>
    public void Evaluate() => SetMode(false);

    /// <summary>Until it is disposed, gradients pass through but none is wanted for the parameters.</summary>
    public IDisposable Freeze() => new Frozen([.. Parameters.Where(p => !p.IsFrozen)]);

    /// <summary>All parameters and buffers by name, as they are now: later steps do not reach them.</summary>
    public IReadOnlyDictionary<string, Tensor> State() => NamedTensors.Snapshot(Tensors);

    /// <summary>Takes the values of tensors with the same names, types and shapes.</summary>
    /// <exception cref="StateException">Some are missing, unexpected or of another shape: all are named, and nothing was
    /// taken.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => NamedTensors.Load("the model", Tensors, state);

    public override string ToString() => GetType().Name;

    internal string PathOf(string part) => Path is { Length: > 0 } path ? $"{path}.{part}" : part;

    internal IEnumerable<Module> WithChildren => children.SelectMany(c => c.WithChildren).Prepend(this);

    internal IEnumerable<Parameter> Own => own;

    internal void SetMode(bool isTraining)
    {
        foreach (var module in WithChildren) module.IsTraining = isTraining;
    }

    internal IEnumerable<(string Name, Tensor Tensor)> Tensors => Named.Select(p => (p.Path[Prefix..], p.Value));

    // Names in a state begin at the module that is saved.
    int Prefix => Path.Length == 0 ? 0 : Path.Length + 1;

    Parameter Register(Parameter parameter)
    {
        own.Add(parameter);
        return parameter;
    }

    string Free(string wanted)
    {
        if (wanted.Length == 0 || wanted.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"Module: '{wanted}' is no name of a part: points separate the names of a path.");
        if (own.Any(p => p.Name == wanted) || children.Any(c => c.name == wanted))
            throw new ArgumentException($"Module: '{PathOf(wanted)}' exists already.");
        return wanted;
    }

    sealed class Frozen : IDisposable
    {
        readonly Parameter[] parameters;

        public Frozen(Parameter[] parameters)
        {
            this.parameters = parameters;
            Set(true);
        }

        public void Dispose() => Set(false);

        void Set(bool isFrozen)
        {
            foreach (var parameter in parameters) parameter.IsFrozen = isFrozen;
        }
    }
}
