namespace Adjoint;

// Everything derived from a program is checked against something that does not know how it was derived: the text
// against the parser, gradients against differences of the program's own values, the simplified reverse against the one
// that the rules give. The second order treats forward and reverse as one program, so a reverse is checked as one too.

/// <summary>How to verify.</summary>
public sealed record VerificationOptions
{
    public ulong Seed { get; init; } = 1;
    public InputOptions Inputs { get; init; } = new();
    public bool SecondOrder { get; init; } = true;
    public double FirstOrderBound { get; init; } = Tolerance.FirstOrder;
    public double SecondOrderBound { get; init; } = Tolerance.SecondOrder;
}

/// <summary>The checks behind <c>adjoint verify</c>.</summary>
public static class Verification
{
    // A draw of inputs with too many kinks to tell a slope is drawn again.
    const int Draws = 5;

    public static VerificationResult Of(LoopProgram program, VerificationOptions? options = null)
    {
        options ??= new();
        for (var draw = 0; ; draw++)
        {
            var random = new SplitMix64(options.Seed + ((ulong)draw << 32));
            var inputs = RandomInputs.Draw(program, random, options.Inputs);
            var checks = new List<Check> { Prints(program) };
            var isTelling = AddGradients(checks, program, inputs, random, options);
            if (isTelling || draw == Draws - 1)
                return new(program.Name, options.Seed, Describe(program, inputs), checks);
        }
    }

    static bool AddGradients(List<Check> checks, LoopProgram program, Dictionary<string, NdArray> inputs,
        SplitMix64 random, VerificationOptions options)
    {
        var attributes = options.Inputs.Attributes;
        var reverse = Reverse.Of(program);
        var first = new GradientCheck(program, reverse, inputs, attributes, random, options.Seed);
        var isTelling = first.Add(checks, "", options.FirstOrderBound);
        if (reverse is null || !options.SecondOrder) return isTelling;
        checks.Add(Prints(reverse.Combined));
        var reverse2 = Reverse.Of(reverse.Combined);
        var second = new GradientCheck(reverse.Combined, reverse2, first.CombinedInputs, attributes, random,
            options.Seed);
        isTelling &= second.Add(checks, "second order ", options.SecondOrderBound);
        return isTelling;
    }

    static Check Prints(LoopProgram program)
    {
        var what = $"Parse(Print({program.Name}))";
        try
        {
            return Parser.Parse(Printer.Print(program)) == program
                ? new(what, 0, 0) : new(what, 1, 0, "is another program");
        }
        catch (LoopException error)
        {
            return new(what, 1, 0, error.Message);
        }
    }

    static string Describe(LoopProgram program, Dictionary<string, NdArray> inputs) =>
        string.Join(", ", program.Operands
        .Where(o => inputs.ContainsKey(o.Name)).Select(o => $"{o.Name}[{string.Join(',', inputs[o.Name].Shape)}]"));
}
