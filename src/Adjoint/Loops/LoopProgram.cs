namespace Adjoint;

public enum OperandKind
{
    /// <summary>Floating numbers given by the caller.</summary>
    Float,
    /// <summary>Integers given by the caller; no gradient flows to them.</summary>
    Int,
    /// <summary>Random numbers in [0, 1), a function of key and position.</summary>
    Uniform,
    /// <summary>Random standard normal numbers, a function of key and position.</summary>
    Normal,
    /// <summary>Only the sizes are given.</summary>
    Shape,
}

/// <summary>One dimension: an axis, or several axes folded into one (<c>(h,c)</c>), with cells before 0 and after the last.</summary>
/// <param name="From">First cell, 0 or negative: <c>t from -1</c>.</param>
/// <param name="To">Cells beyond the extent: <c>t to +1</c>.</param>
public sealed record Dim(EquatableArray<string> Axes, int From = 0, int To = 0)
{
    public Dim(string axis, int from = 0, int to = 0) : this([axis], from, to) { }
    public bool IsComposite => Axes.Count > 1;

    /// <summary>The index that walks along the dimension.</summary>
    public Expr Index => IsComposite ? new Composite(Axes.Select(a => (Expr)new AxisValue(a)).ToEquatable()) : new AxisValue(Axes[0]);
}

public sealed record Operand(OperandKind Kind, string Name, EquatableArray<Dim> Dims);

/// <summary>A named number and its default.</summary>
public sealed record NamedNumber(string Name, double Default);

/// <summary>A computed tensor that the caller receives. <c>w'</c> is the operand w, updated.</summary>
public sealed record Output(string Name, EquatableArray<Dim> Dims);

/// <summary><c>axis p &lt; bound</c>: an extent by integer arithmetic, rounded down, at least 0.</summary>
public sealed record AxisLine(string Axis, Expr Bound);

public abstract record Statement;

public enum LineOp { Set, Add, Subtract, Multiply, Max, Min }

/// <summary>One accumulate statement: <c>y[b,j] += x[b,i] * w[i,j]  if condition</c>.</summary>
public sealed record Line(Access Target, LineOp Op, Expr Value, Expr? Condition = null) : Statement;

/// <summary><c>for t:</c>, from 0 up, or <c>for t down:</c>, from #t - 1 to 0.</summary>
public sealed record TimeLoop(string Axis, bool Down, EquatableArray<Statement> Body) : Statement;

/// <summary>A signature and its lines: the one form of definitions, gradients, costs and kernels.</summary>
public sealed record LoopProgram(
    string Name,
    EquatableArray<Operand> Operands,
    EquatableArray<NamedNumber> Attributes,
    EquatableArray<Output> Outputs,
    EquatableArray<AxisLine> Axes,
    EquatableArray<Statement> Body)
{
    /// <summary>Every accumulate line in text order, inside time loops or not.</summary>
    public IEnumerable<Line> Lines => Body.AllLines();

    /// <summary>The axes that share a dimension of a tensor: as the signature declares them, else as a line walks it; null where
    /// neither does in so many parts.</summary>
    internal IReadOnlyList<string>? FoldedAxes(string tensor, int dim, int parts)
    {
        var declared = FindOperand(tensor)?.Dims ?? Outputs.FirstOrDefault(o => o.Name == tensor)?.Dims;
        if (declared?[dim].Axes is { } axes && axes.Count == parts) return [.. axes];
        foreach (var line in Lines)
            foreach (var access in line.Reads().Append(line.Target))
                if (access.Tensor == tensor && access.Indices[dim] is Composite fold && fold.Parts.Count == parts && fold.Parts.All(p => p is AxisValue))
                    return [.. fold.Parts.Select(p => ((AxisValue)p).Axis)];
        return null;
    }

    public Operand? FindOperand(string name)
    {
        foreach (var operand in Operands) if (operand.Name == name) return operand;
        return null;
    }

    /// <summary>The operand that starts the output, for an output <c>w'</c> of an operand <c>w</c>; otherwise null.</summary>
    public Operand? Updated(string output) =>
        output.EndsWith('\'') && FindOperand(output) is null ? FindOperand(output[..^1]) : null;

    public override string ToString() => Printer.Print(this);
}
