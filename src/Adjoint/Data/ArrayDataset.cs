namespace Adjoint;

/// <summary>Examples in arrays: each field is an array whose first axis counts the examples.</summary>
public sealed class ArrayDataset : Dataset
{
    readonly HostArray[] arrays;
    readonly Field[] fields;

    /// <param name="fields">[n, ..] each, with the same n</param>
    /// <exception cref="ShapeException">The arrays hold different numbers of examples.</exception>
    public ArrayDataset(string name, params (string Name, HostArray Array)[] fields)
    {
        if (fields.Length == 0) throw new ArgumentException($"Data set '{name}' has no fields.", nameof(fields));
        foreach (var (field, array) in fields)
            if (array.Shape.Length == 0 || array.Shape[0] != fields[0].Array.Shape[0])
                throw new ShapeException($"Data set '{name}': the fields hold different numbers of examples.\n"
                    + string.Join('\n', fields.Select(f => $"  {f.Name}  {f.Array}")), field, [.. array.Shape]);
        Name = name;
        arrays = [.. fields.Select(f => f.Array)];
        this.fields = [.. fields.Select(f => new Field(f.Name, f.Array.Type, [.. f.Array.Shape[1..]]))];
    }

    public override string Name { get; }
    public override int Count => arrays[0].Shape[0];
    public override IReadOnlyList<Field> Fields => fields;

    public override void Fill(int example, int field, Span<byte> to) =>
        arrays[field].Bytes.Slice(example * fields[field].ByteCount, fields[field].ByteCount).CopyTo(to);
}
