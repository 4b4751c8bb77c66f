namespace Adjoint;

/// <summary>Extents as formulas in the names of the axes. They hold where every axis has at least one
/// position.</summary>
public sealed class SymbolicExtents
{
    readonly LoopProgram program;
    readonly ExtentInference inference;
    readonly Func<string, Polynomial?> attribute;

    SymbolicExtents(LoopProgram program, ExtentInference inference, Func<string, Polynomial?> attribute) =>
        (this.program, this.inference, this.attribute) = (program, inference, attribute);

    /// <param name="given">Values for axes and attributes: numbers or other names. An axis left out is called by its
    /// name, an attribute has its default.</param>
    public static SymbolicExtents Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial>? given = null)
    {
        var inference = ExtentInference.Of(program, null, Attribute, axis => given?.GetValueOrDefault(axis));
        return new(program, inference, Attribute);

        Polynomial? Attribute(string name) => given?.GetValueOrDefault(name)
            ?? (program.Attributes.FirstOrDefault(a => a.Name == name) is { } known ? Extents.Integer(known.Default)
                : null);
    }

    public Polynomial this[string axis] => inference.Axis(axis)!;

    /// <summary>All cells of a tensor, those before 0 and beyond the extent included.</summary>
    public Polynomial Cells(string tensor) =>
        Enumerable.Range(0, inference.Rank(tensor))
            .Aggregate(Polynomial.One, (cells, d) => cells * Extents.Cells(inference, tensor, d));

    public IReadOnlyList<TensorDim> Dims(string tensor) => [.. Enumerable.Range(0, inference.Rank(tensor)).Select(d =>
    {
        var (from, to) = inference.Margin(tensor, d);
        return new TensorDim(inference.Size(tensor, d), Int(from), Int(to), inference.AxisAlong(tensor, d));

        int Int(Polynomial cells) => cells.IsConstant ? (int)cells.Value.Numerator
            : throw LoopErrors.InSignature(program,
                $"{tensor} owns {cells} cells beyond its dimension {d}; a number is needed");
    })];

    internal Affine? Read(Expr expr) => Affine.Of(expr, inference.Axis, attribute);
}
