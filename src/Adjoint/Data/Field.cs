namespace Adjoint;

/// <summary>One part of every example of a data set: an image, a label.</summary>
public sealed class Field(string name, DType type, params int[] shape)
{
    readonly int[] shape = [.. shape];

    public string Name { get; } = name;
    public DType Type { get; } = type;

    /// <summary>Of one example, without the axis of the batch.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>Numbers of one example.</summary>
    public int Count { get; } = shape.Aggregate(1, (count, size) => checked(count * size));

    /// <summary>Bytes of one example.</summary>
    public int ByteCount => checked(Count * Type.ByteSize);

    /// <summary>As in messages: <c>image float32[1, 28, 28]</c>.</summary>
    public override string ToString() => $"{Name} {DTypes.Describe(Type, shape)}";
}
