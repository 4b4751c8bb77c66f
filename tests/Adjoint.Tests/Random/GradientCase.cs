namespace Adjoint.Tests;

/// <summary>A program with numbers for its operands, and the derived gradient of a weighted sum of its outputs.</summary>
sealed class GradientCase
{
    readonly LoopProgram program;
    readonly Dictionary<string, NdArray> inputs;
    readonly Dictionary<string, NdArray> weights;
    readonly System.Random random;

    /// <param name="reverse">Of the program.</param>
    public GradientCase(LoopProgram program, Reverse? reverse, IReadOnlyDictionary<string, NdArray> inputs, int seed)
    {
        (this.program, Reverse, this.inputs) = (program, reverse, inputs.ToDictionary());
        random = new(seed);
        weights = Reference.Run(program, inputs).Outputs.ToDictionary(o => o.Key, o => NdArray.Generate(o.Value.ShapeToArray(), _ => Drawn()));
        if (reverse is not null) Combined = reverse.Combined.Operands.ToDictionary(o => o.Name, o => Input(o.Name));
    }

    public Reverse? Reverse { get; }
    /// <summary>The operands of the combined program: those of the program and the weights as given gradients.</summary>
    public Dictionary<string, NdArray> Combined { get; } = [];

    /// <summary>The gradients by operand; one that the reverse leaves out is 0.</summary>
    public Dictionary<string, NdArray> Gradients => field ??= GradientsOf(Reverse, Combined);

    public Dictionary<string, NdArray> GradientsOf(Reverse? reverse, IReadOnlyDictionary<string, NdArray> combined)
    {
        var floating = program.Operands.Where(o => o.Kind is OperandKind.Float).Select(o => o.Name).Except(IntegerTensors.Operands(program));
        var outputs = reverse is null ? null : Reference.Run(reverse.Combined, combined).Outputs;
        return floating.ToDictionary(name => name, name => reverse?.Gradients.GetValueOrDefault(name) is { } gradient
            ? outputs![gradient] : NdArray.Zeros(inputs[name].ShapeToArray()));
    }

    /// <summary>An operand of the program or a given gradient.</summary>
    public NdArray Input(string name) => inputs.GetValueOrDefault(name) ?? weights[Reverse!.Given.First(g => g.Value == name).Key];

    /// <summary>Compares every operand's gradient along a random direction.</summary>
    /// <returns>How many directions there were, and how many of them had no slope to compare with.</returns>
    public (int Directions, int Skipped) Compare(double tolerance)
    {
        var difference = new DirectionalDerivative(program, inputs, weights);
        var (directions, skipped) = (0, 0);
        foreach (var (name, gradient) in Gradients)
        {
            if (gradient.Count == 0) continue;
            directions++;
            var slope = default(Slope);
            var direction = Array.Empty<double>();
            for (var attempt = 0; attempt < 3 && !slope.IsSmooth; attempt++)
            {
                direction = [.. Enumerable.Range(0, gradient.Count).Select(_ => Drawn())];
                slope = difference.Along(name, direction);
            }
            if (!slope.IsSmooth)
            {
                skipped++;
                continue;
            }
            var derived = 0.0;
            for (var i = 0; i < direction.Length; i++) derived += gradient.Values[i] * direction[i];
            if (!(Math.Abs(derived - slope.Value) <= tolerance * Math.Max(1, Math.Abs(slope.Value))))
                throw new InvalidOperationException($"The gradient of {name} along a direction is {derived:R}, and by differences {slope.Value:R}, in\n"
                    + (Reverse is null ? "(no reverse)" : Printer.Print(Reverse.Combined)));
        }
        return (directions, skipped);
    }

    double Drawn() => (0.3 + random.NextDouble()) * (random.Next(2) * 2 - 1);
}
