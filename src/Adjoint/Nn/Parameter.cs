using System.Runtime.CompilerServices;

namespace Adjoint;

// The tensor is made at the first look, from the seed 0, unless Initialize or Load came before: only then is the path
// known, and the numbers follow from it. From then on it stays the same leaf; new values are assigned to it.

/// <summary>A tensor of a module that has a name: one that is learned, or a buffer that is only kept.</summary>
public sealed class Parameter
{
    static readonly ConditionalWeakTable<Tensor, Parameter> Holders = [];

    readonly Module module;
    readonly Init init;
    readonly int[] shape;
    readonly DType? type; // null is the floating type of the model
    Tensor? value;

    internal Parameter(Module module, string name, int[] shape, Init init, DType? type, bool isLearned)
    {
        (this.module, Name, this.shape, this.init) = (module, name, shape, init);
        (this.type, IsLearned) = (type, isLearned);
    }

    /// <summary>Within its module: <c>weight</c>.</summary>
    public string Name { get; }

    /// <summary>Within the whole model: <c>encoder.fc1.weight</c>.</summary>
    public string Path => module.PathOf(Name);

    public ReadOnlySpan<int> Shape => shape;

    public long Count => shape.Aggregate(1L, (count, size) => count * size);

    /// <summary>Whether it is learned; otherwise it is a buffer.</summary>
    public bool IsLearned { get; }

    /// <summary>Whether gradients stop here for now: <see cref="Module.Freeze"/>.</summary>
    public bool IsFrozen { get; internal set; }

    /// <summary>The leaf that holds its values.</summary>
    public Tensor Value => value ?? Fill(0, DType.Float32);

    /// <summary>What a call reads: the leaf, or while it is frozen its values without gradient, those after an update
    /// that the step recorded before.</summary>
    public static implicit operator Tensor(Parameter parameter) =>
        parameter.IsFrozen ? parameter.Value.Latest.Detach() : parameter.Value;

    public override string ToString() => $"{Path} {DTypes.Describe(value?.Type ?? type ?? DType.Float32, shape)}";

    /// <summary>Whether an optimizer updates it.</summary>
    internal bool IsOwned { get; set; }

    /// <summary>The parameter whose leaf this is, if any.</summary>
    internal static Parameter? Of(Tensor leaf) => Holders.TryGetValue(leaf, out var holder) ? holder : null;

    /// <summary>Values that follow from the seed and the path alone.</summary>
    internal Tensor Fill(ulong seed, DType floating)
    {
        var philox = new Philox(seed, Philox.StreamOf(Path), 0);
        var fresh = Tensor.Of(HostArray.FromDoubles(type ?? floating, shape, init.Values(shape, philox)));
        if (value?.Type == fresh.Type)
        {
            Tensor.Assign((value, fresh));
            return value;
        }
        if (IsLearned) fresh.WithGrad();
        Holders.Add(fresh, this);
        return value = fresh;
    }
}
