namespace Adjoint;

// A tensor is a recorded call that nobody has looked at, or values in memory. Calls on it record; reading computes.
// It is
// never disposed: values live in pooled memory that the garbage collector returns.

/// <summary>Numbers with a shape, computed when someone looks at them.</summary>
public sealed partial class Tensor
{
    readonly int[] shape;

    internal Tensor(Recorded source, string name, int[] shape, DType type, bool needsGrad)
    {
        (Source, Name, this.shape, Type, NeedsGrad) = (source, name, shape, type, needsGrad);
    }

    internal Tensor(Storage values, int[] shape, DType type)
    {
        (Values, this.shape, Type) = (values, shape, type);
    }

    Tensor(int[] shape, DType type)
    {
        (this.shape, Type) = (shape, type);
    }

    Tensor(Tensor handle) : this(handle.Values!, handle.shape, handle.Type) =>
        (NeedsGrad, rare) = (handle.NeedsGrad, new() { Handle = handle, Draws = handle.Draws, Dims = handle.Dims, Version = this });

    public DType Type { get; }
    public int Rank => shape.Length;
    public long Count => CountOf(shape);
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>Whether <see cref="Backward()"/> reaches this tensor. Set on leaves; results inherit it.</summary>
    public bool NeedsGrad { get; private set; }

    /// <summary>The gradient that <see cref="Backward()"/> left here, null before. It is a tensor like any
    /// other.</summary>
    public Tensor? Grad
    {
        get => rare?.Grad;
        set
        {
            if (value is not null) Rare.Grad = value;
            else if (rare is not null) rare.Grad = null;
        }
    }

    /// <summary>The call that computes it; null for a leaf.</summary>
    internal Recorded? Source { get; private set; }

    /// <summary>Its name in the program of that call.</summary>
    internal string? Name { get; }

    /// <summary>How a kept value is declared, where it is no output.</summary>
    internal EquatableArray<Dim>? Dims { get => rare?.Dims; init => Rare.Dims = value; }

    /// <summary>The numbers, once computed; the key of a random leaf.</summary>
    internal Storage? Values { get; private set; }

    /// <summary>Uniform or Normal for a leaf whose numbers a plan draws; otherwise null.</summary>
    internal OperandKind? Draws { get => rare?.Draws; private init => Rare.Draws = value; }

    /// <summary>The leaf that this one is a version of; null for one that users hold.</summary>
    internal Tensor? Handle => rare?.Handle;

    /// <summary>This tensor as it is now: assignments to a leaf do not reach calls that were recorded before.</summary>
    internal Tensor Version => Source is not null || Values is null ? this : Rare.Version ??= new(this);

    // What calls read has changed: the next ones get a version of their own.
    void ForgetVersion()
    {
        if (rare is not null) rare.Version = null;
    }

    /// <summary>Marks a leaf as one that gradients are wanted for.</summary>
    public Tensor WithGrad()
    {
        if (Source is not null)
            throw new InvalidOperationException("WithGrad: only a leaf can ask for its gradient; results inherit it.");
        if (!Type.IsFloating)
            throw new InvalidOperationException($"WithGrad: {this} holds integers, which have no gradient.");
        NeedsGrad = true;
        ForgetVersion();
        return this;
    }

    /// <summary>The same values without their history: no gradient goes further back.</summary>
    public Tensor Detach()
    {
        using (WithoutGradient()) return Copy();
    }

    /// <summary>Until it is disposed, calls record no gradient; the region follows <c>await</c>.</summary>
    public static IDisposable WithoutGradient() => Recording.WithoutGradient();

    internal Tensor Copy() => Call(CopyDefinition, [this]);

    /// <summary>As <c>float32[2] = 1, 2</c>; long ones are cut, and what nobody has computed stays so.</summary>
    public override string ToString() =>
        DTypes.Describe(Type, shape) + (Values is null ? " (not computed)" : Excerpt());

    /// <summary>Type and shape as in messages, without values.</summary>
    internal string Described => DTypes.Describe(Type, shape);

    internal void SetValues(Storage values)
    {
        Values = values;
        if (!NeedsGrad) Source = null;
    }

    static readonly Definition CopyDefinition = new("copy(x[..]) -> y\n  y[..] = x[..]");

    internal static Tensor Call(
        Definition definition, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes = default,
            DType? result = null) =>
        Recorded.Call(definition, operands, attributes, result).Outputs[0];

    static long CountOf(ReadOnlySpan<int> shape)
    {
        var count = 1L;
        foreach (var size in shape) count = checked(count * size);
        return count;
    }

    RareState? rare;

    // Many threads may read one leaf for the first time.
    RareState Rare => rare ?? Interlocked.CompareExchange(ref rare, new(), null) ?? rare!;

    /// <summary>What few tensors have. Most are results of calls, and there are many of them.</summary>
    sealed class RareState
    {
        public Tensor? Grad, Handle, Version;
        public OperandKind? Draws;
        public EquatableArray<Dim>? Dims;
    }
}
