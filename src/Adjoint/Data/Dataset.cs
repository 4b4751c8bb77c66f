namespace Adjoint;

// A data set knows how to write any of its examples into memory that somebody else owns: nothing is allocated for an
// example, so that a loader can fill the same memory again and again.

/// <summary>Examples that all have the same fields.</summary>
public abstract class Dataset
{
    public const string LabelField = "label";

    /// <summary>For messages: <c>fashion-mnist/train</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How many examples there are.</summary>
    public abstract int Count { get; }

    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>Writes one field of one example. Several threads may call it at once.</summary>
    /// <param name="example">From 0 to <see cref="Count"/> - 1.</param>
    /// <param name="field">From 0.</param>
    /// <param name="to">Receives all bytes of the field, row-major, in this machine's byte order.</param>
    public abstract void Fill(int example, int field, Span<byte> to);

    /// <summary>Some of the examples, in this order; one may occur more than once.</summary>
    /// <param name="part">Follows the name behind a slash.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public Dataset Subset(ReadOnlySpan<int> examples, string part) => new Subset(this, examples, part);

    /// <summary>The examples from <paramref name="start"/> on.</summary>
    public Dataset Slice(int start, int count, string part) => Subset([.. Enumerable.Range(start, count)], part);

    /// <summary>The label of one example.</summary>
    /// <exception cref="DataException">There is no field "label" of one int32.</exception>
    public int LabelOf(int example)
    {
        var label = FieldOf(LabelField);
        if (Fields[label] is not { Type: DType.Int32, Count: 1 })
            throw new DataException($"Data set '{Name}': {Fields[label]} is no label, which is one int32.", Name);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(example, label, bytes);
        return BitConverter.ToInt32(bytes);
    }

    /// <summary>The place of the field of this name.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public int FieldOf(string name)
    {
        for (var f = 0; f < Fields.Count; f++)
            if (Fields[f].Name == name) return f;
        throw new DataException($"Data set '{Name}' has no field '{name}'.\n"
            + $"  fields  {string.Join(", ", Fields.Select(f => f.Name))}", Name);
    }

    /// <summary>A share of every class and the rest of it, drawn by a seed; both keep the order of the whole.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <exception cref="DataException">There are no labels.</exception>
    public (Dataset First, Dataset Second) Split(double share, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(share is >= 0 and <= 1, true, nameof(share));
        return Strata.Split(this, seed, count => (int)Math.Round(share * count));
    }

    /// <summary>As many examples of every class, drawn by a seed, and all others; both keep the order of the whole.</summary>
    /// <exception cref="DataException">There are no labels, or a class has fewer examples.</exception>
    public (Dataset Balanced, Dataset Others) Balanced(int ofEachClass, ulong seed) =>
        Strata.Split(this, seed, count => count >= ofEachClass ? ofEachClass
            : throw new DataException($"Data set '{Name}': a class has {count} examples, not {ofEachClass}.", Name));

    public override string ToString() => $"{Name}: {Count} x ({string.Join(", ", Fields)})";
}

/// <summary>Some examples of another data set.</summary>
sealed class Subset : Dataset
{
    readonly Dataset whole;
    readonly int[] examples;

    public Subset(Dataset whole, ReadOnlySpan<int> examples, string part)
    {
        foreach (var example in examples)
            if ((uint)example >= (uint)whole.Count)
                throw new ArgumentOutOfRangeException(nameof(examples), example, $"'{whole.Name}' has {whole.Count} examples.");
        (this.whole, this.examples, Name) = (whole, [.. examples], $"{whole.Name}/{part}");
    }

    public override string Name { get; }
    public override int Count => examples.Length;
    public override IReadOnlyList<Field> Fields => whole.Fields;

    public override void Fill(int example, int field, Span<byte> to) => whole.Fill(examples[example], field, to);
}
