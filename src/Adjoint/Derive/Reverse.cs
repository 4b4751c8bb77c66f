namespace Adjoint;

/// <summary>A value of the forward program that its reverse reads: an operand of the reverse by the same name.</summary>
/// <param name="Dims">With the cells beside a time axis: <c>h[t from -1,b,j]</c>.</param>
public sealed record Kept(string Name, EquatableArray<Dim> Dims);

/// <summary>The gradient of a program, as programs in the same notation.</summary>
public sealed class Reverse
{
    /// <summary>The forward program the reverse belongs to: the given one, with a name for every value that the reverse compares.</summary>
    public required LoopProgram Forward { get; init; }

    /// <summary>Inputs used, kept values used, given gradients to gradients of the inputs.</summary>
    public required LoopProgram Program { get; init; }

    /// <summary>Forward and reverse as one program: operands and given gradients to outputs and gradients.</summary>
    public required LoopProgram Combined { get; init; }

    /// <summary>Floating operand to the name of its gradient, for all that have one.</summary>
    public required IReadOnlyDictionary<string, string> Gradients { get; init; }

    /// <summary>Output to the operand of the reverse that holds its given gradient, for all whose gradient matters.</summary>
    public required IReadOnlyDictionary<string, string> Given { get; init; }

    /// <summary>Computed values of the forward program that the reverse needs.</summary>
    public required IReadOnlyList<Kept> Kept { get; init; }

    /// <summary>Derives the reverse; null when no floating operand has a gradient (one-hot).</summary>
    /// <param name="program">Any valid program, a reverse too.</param>
    /// <param name="simplify">False leaves the text as the rules give it: longer, and equal in value.</param>
    public static Reverse? Of(LoopProgram program, bool simplify = true)
    {
        var forward = Preparation.Of(program);
        var lines = ReverseLines.Of(forward);
        if (lines is null) return null;
        var outputs = lines.Outputs.Select(o => o.Name).ToHashSet();
        var body = simplify ? Simplify.Body(forward, lines.Body, outputs, lines.Names) : TimeLoops.Split(lines.Body);
        body = CarriedCells.Keep(forward, lines.Computed, DeadLines.Remove(body, outputs), lines.Names);
        return ReverseSignature.Close(forward, lines with { Body = body });
    }
}
