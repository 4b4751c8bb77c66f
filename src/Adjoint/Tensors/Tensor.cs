namespace Adjoint;

// A tensor is a recorded call that nobody has looked at, or values in memory. Calls on it record; reading computes. It is
// never disposed: values live in pooled memory that the garbage collector returns.

/// <summary>Numbers with a shape, computed when someone looks at them.</summary>
public sealed partial class Tensor
{
    readonly int[] shape;

    internal Tensor(Recorded source, string name, int[] shape, DType type, bool needsGrad)
    {
        (Source, Name, this.shape, Type, NeedsGrad) = (source, name, shape, type, needsGrad);
        Count = CountOf(shape);
    }

    internal Tensor(Storage values, int[] shape, DType type)
    {
        (Values, this.shape, Type) = (values, shape, type);
        Count = CountOf(shape);
    }

    Tensor(int[] shape, DType type)
    {
        (this.shape, Type) = (shape, type);
        Count = CountOf(shape);
    }

    public DType Type { get; }
    public int Rank => shape.Length;
    public long Count { get; }
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>Whether <see cref="Backward()"/> reaches this tensor. Set on leaves; results inherit it.</summary>
    public bool NeedsGrad { get; private set; }

    /// <summary>The gradient that <see cref="Backward()"/> left here, null before. It is a tensor like any other.</summary>
    public Tensor? Grad { get; set; }

    /// <summary>The call that computes it; null for a leaf.</summary>
    internal Recorded? Source { get; private set; }

    /// <summary>Its name in the program of that call.</summary>
    internal string? Name { get; }

    /// <summary>How a kept value is declared, where it is no output.</summary>
    internal EquatableArray<Dim>? Dims { get; init; }

    /// <summary>The numbers, once computed.</summary>
    internal Storage? Values { get; private set; }

    /// <summary>Marks a leaf as one that gradients are wanted for.</summary>
    public Tensor WithGrad()
    {
        if (Source is not null) throw new InvalidOperationException("WithGrad: only a leaf can ask for its gradient; results inherit it.");
        if (!Type.IsFloating) throw new InvalidOperationException($"WithGrad: {this} holds integers, which have no gradient.");
        NeedsGrad = true;
        return this;
    }

    /// <summary>The same values without their history.</summary>
    public Tensor Detach() => Source is null && Values is not null ? new(Values, shape, Type) : Call(CopyDefinition, [this], detached: true);

    internal Tensor Copy() => Call(CopyDefinition, [this]);

    /// <summary>As <c>float32[64, 10]</c>; never computes.</summary>
    public override string ToString() => DTypes.Describe(Type, shape) + (Values is null ? " (not computed)" : "");

    internal void SetValues(Storage values)
    {
        Values = values;
        if (!NeedsGrad) Source = null;
    }

    static readonly Definition CopyDefinition = new("copy(x[..]) -> y\n  y[..] = x[..]");

    internal static Tensor Call(Definition definition, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes = default, bool detached = false)
    {
        if (!detached) return Recorded.Call(definition, operands, attributes).Outputs[0];
        using (Recording.WithoutGradient()) return Recorded.Call(definition, operands, attributes).Outputs[0];
    }

    static long CountOf(int[] shape)
    {
        var count = 1L;
        foreach (var size in shape) count = checked(count * size);
        return count;
    }
}
