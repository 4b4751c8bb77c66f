namespace Adjoint;

/// <summary>Some examples side by side, one tensor a field. A loader fills the same batches again and again: the values
/// hold until the next one is taken.</summary>
public sealed class Batch
{
    readonly IReadOnlyList<Field> fields;
    readonly int size;
    readonly Tensor[] full;
    Tensor[] last = []; // a shorter last batch has tensors of its own, made when it first occurs

    internal Batch(IReadOnlyList<Field> fields, int size)
    {
        (this.fields, this.size) = (fields, size);
        full = Make(size);
    }

    /// <summary>From 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Its number in the epoch, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>How many examples it holds: fewer than usual at the end of an epoch.</summary>
    public int Count { get; private set; }

    /// <summary>One tensor a field, [b, ..]; an input of a captured step.</summary>
    public ReadOnlySpan<Tensor> Tensors => Count == size ? full : last;

    /// <summary>[b, ..], b = <see cref="Count"/></summary>
    public Tensor this[int field] => Tensors[field];

    /// <summary>[b, ..], b = <see cref="Count"/></summary>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    public Tensor this[string field]
    {
        get
        {
            for (var f = 0; f < fields.Count; f++)
                if (fields[f].Name == field) return Tensors[f];
            throw new KeyNotFoundException($"Batch: there is no field '{field}' among {string.Join(", ", fields.Select(f => f.Name))}.");
        }
    }

    internal void Begin(int epoch, int number, int count)
    {
        (Epoch, Number, Count) = (epoch, number, count);
        if (count != size && (last.Length == 0 || last[0].Shape[0] != count)) last = Make(count);
    }

    /// <summary>Memory of one field of one example.</summary>
    internal Span<byte> Row(int field, int row) =>
        Tensors[field].OverwrittenBytes().Slice(row * fields[field].ByteCount, fields[field].ByteCount);

    Tensor[] Make(int count) => [.. fields.Select(f => Tensor.Zeros(f.Type, [count, .. f.Shape]))];
}
