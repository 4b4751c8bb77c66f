namespace Adjoint;

public sealed unsafe partial class Tensor
{
    /// <summary>Gives a leaf new values, in the memory of the old ones where no recorded call still reads them: an input of
    /// a captured step takes the next values without allocating.</summary>
    /// <exception cref="ShapeException">The tensor holds another number of elements.</exception>
    public void Overwrite<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        if (TypeOf<T>() != Type) throw new InvalidCastException($"Overwrite<{typeof(T).Name}>: {this} holds {Type.Name}.");
        if (values.Length != Count)
            throw new ShapeException($"Overwrite: {values.Length} numbers for {Described}.", "values", [.. Shape]);
        values.CopyTo(new(Place(), values.Length));
    }

    /// <summary>The bytes of a leaf, to write the next values into. Recorded calls keep what they read: then the memory is
    /// new, and what it holds is arbitrary.</summary>
    internal Span<byte> OverwrittenBytes() => new(Place(), checked((int)(Count * Type.ByteSize)));

    void* Place()
    {
        if (Source is not null || Values is null || Draws is not null)
            throw new InvalidOperationException($"Overwrite: {this} is the result of a call; only a leaf takes values.");
        if (!OwnsValues) Replace(Memory());
        return Values.Pointer;
    }
}
