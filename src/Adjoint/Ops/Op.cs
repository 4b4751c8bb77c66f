using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Adjoint;

/// <summary>An operation: a program with a name, given as text. Nothing is parsed before the first use.</summary>
public sealed class Op
{
    static readonly InputOptions AnyInputs = new();

    LoopProgram? program;
    Definition? definition;

    Op(string text, InputOptions inputs)
    {
        (Text, Inputs) = (text, inputs);
        Name = text[..text.AsSpan().IndexOf('(')].Trim();
    }

    /// <summary>An operation from its text: one program in the loop notation.</summary>
    public static Op Define([StringSyntax("loops")] string text) => new(text, AnyInputs);

    /// <summary>The text up to the first parenthesis.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>The text as a program; parsed and checked at the first use.</summary>
    public LoopProgram Program => program ??= Parser.Parse(Text);

    /// <summary>Records a call and returns the first output.</summary>
    /// <param name="operands">In the order of the signature; leading dimensions broadcast by NumPy's rule.</param>
    /// <param name="attributes">In the order of the signature; those left out keep their defaults.</param>
    /// <exception cref="ShapeException">The shapes do not fit together; the message shows the line.</exception>
    public Tensor Call(ReadOnlySpan<Tensor> operands, params ReadOnlySpan<double> attributes) =>
        Record(operands, attributes).Outputs[0];

    /// <summary>Records a call and returns all outputs.</summary>
    /// <param name="operands">In the order of the signature; random ones are left out and drawn.</param>
    public IReadOnlyList<Tensor> CallAll(ReadOnlySpan<Tensor> operands, params ReadOnlySpan<double> attributes) =>
        Record(operands, attributes).Outputs;

    Recorded Record(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes) => Recorded.Call(Definition,
        operands.Length < Program.Operands.Count ? RandomOperands.Added(Program, operands) : operands, attributes);

    /// <summary>Records a call whose outputs are of this type, as those of a comparison are bool.</summary>
    internal Tensor CallAs(DType result, ReadOnlySpan<Tensor> operands, params ReadOnlySpan<double> attributes) =>
        Tensor.Call(Definition, operands, attributes, result);

    /// <summary>Records a call along other axes than the last, for a program over <c>x[..,j]</c>.</summary>
    /// <param name="axes">From 0 up or from -1 down; several are taken as one.</param>
    /// <param name="keepDims">Reduced axes stay with size 1.</param>
    internal Tensor CallAlong(ReadOnlySpan<int> axes, bool keepDims, ReadOnlySpan<Tensor> operands,
        ReadOnlySpan<double> attributes = default, DType? result = null)
    {
        var rank = operands[0].Rank;
        var mask = 0UL;
        foreach (var axis in axes)
        {
            var at = axis < 0 ? axis + rank : axis;
            if (at < 0 || at >= rank) throw new ShapeException(
                $"{Name}: axis {axis} does not exist.\n  {Program.Operands[0].Name} : {operands[0].Described}", "axis", axis);
            mask |= 1UL << at;
        }
        if (mask == 1UL << (rank - 1) && !keepDims) return Tensor.Call(Definition, operands, attributes, result);
        return Tensor.Call(placed.GetOrAdd((rank, mask, keepDims), Place), operands, attributes, result);
    }

    readonly ConcurrentDictionary<(int Rank, ulong Axes, bool KeepDims), Definition> placed = [];

    Definition Definition => definition ??= new(() => Program);

    Definition Place((int Rank, ulong Axes, bool KeepDims) at) => new(() => AlongAxes.Place(Program, at.Rank,
        [.. Enumerable.Range(0, at.Rank).Where(d => (at.Axes >> d & 1) != 0)], at.KeepDims));

    /// <summary>On which numbers, sizes and attributes the op is tried: those it is defined for and that show
    /// it.</summary>
    public InputOptions Inputs { get; }

    public override string ToString() => Text;

    /// <summary>The same op, tried on values between two bounds for one operand, the bounds included.</summary>
    internal Op Within(string operand, double min, double max) =>
        new(Text, Inputs with { Domains = With(Inputs.Domains, operand, (min, max)) });

    /// <summary>The same op, tried with this extent of an axis.</summary>
    internal Op Sized(string axis, int size) => new(Text, Inputs with { Sizes = With(Inputs.Sizes, axis, size) });

    /// <summary>The same op, tried with this number for an attribute: it shows more than the default does.</summary>
    internal Op Tried(string attribute, double value) =>
        new(Text, Inputs with
        {
            Attributes = With(Inputs.Attributes ?? new Dictionary<string, double>(), attribute,
            value)
        });

    static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> values, string name, T value) =>
        new(values) { [name] = value };
}
