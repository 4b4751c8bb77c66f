namespace Adjoint;

/// <summary>What drawn inputs may be.</summary>
public sealed record InputOptions
{
    public int MinSize { get; init; } = 1;
    public int MaxSize { get; init; } = 4;

    /// <summary>Extents that are not drawn, by axis.</summary>
    public IReadOnlyDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>();

    /// <summary>Values that replace the defaults of attributes.</summary>
    public IReadOnlyDictionary<string, double>? Attributes { get; init; }

    /// <summary>Operands whose values lie between two bounds; of integer operands both bounds are values.</summary>
    public IReadOnlyDictionary<string, (double Min, double Max)> Domains { get; init; } =
        new Dictionary<string, (double, double)>();
}

/// <summary>Draws operands on which a program runs: small sizes that fit together, indices that stay inside.</summary>
public static class RandomInputs
{
    // Away from 0, where logarithms, roots and quotients bend so sharply that differences say nothing.
    const double Smallest = 0.3, Largest = 1.5;

    // Outputs beyond this are those of a formula for "never" (-1e30), and their rounding hides all else.
    const double Huge = 1e9;

    // Sizes are drawn blindly, so a draw may not fit; a good one has ordinary, non-empty outputs.
    const int Tries = 400, GoodTries = 60;

    /// <summary>Values for every operand that is not random; of <c>shape</c> operands only the shape counts.</summary>
    /// <remarks>Floating values are 0.3 to 1.5 in size, of either sign if the outputs are finite then.</remarks>
    /// <exception cref="AdjointException">The program ran on no draw; what stopped the last one.</exception>
    public static Dictionary<string, NdArray> Draw(LoopProgram program, SplitMix64 random, InputOptions? options = null)
    {
        options ??= new();
        for (var attempt = 1; ; attempt++)
            try
            {
                var shapes = RandomSizes.Draw(program, random, options);
                var inputs = Values(program, random, options, shapes, isPositive: attempt % 4 > 1);
                var outputs = Reference.Run(program, inputs, options.Attributes).Outputs.Values;
                if (attempt >= GoodTries || outputs.All(IsGood)) return inputs;
            }
            catch (AdjointException error) when (attempt < Tries && error is LoopRunException or ShapeException)
            {
                // the next draw may fit
            }

        bool IsGood(NdArray output) =>
            (output.Count > 0 || options.MinSize == 0) && output.Values.All(v => Math.Abs(v) < Huge);
    }

    static Dictionary<string, NdArray> Values(LoopProgram program, SplitMix64 random, InputOptions options,
        Dictionary<string, int[]> shapes, bool isPositive)
    {
        var ranges = new IntegerRanges(program, Extents.Bind(program, shapes, options.Attributes));
        var integers = IntegerTensors.Operands(program);
        var inputs = new Dictionary<string, NdArray>();
        foreach (var operand in program.Operands)
        {
            var shape = shapes[operand.Name];
            if (operand.Kind is OperandKind.Shape) inputs[operand.Name] = NdArray.Zeros(shape);
            else if (integers.Contains(operand.Name)) inputs[operand.Name] = Integers(operand.Name, shape);
            else if (operand.Kind is OperandKind.Float)
                inputs[operand.Name] = NdArray.Generate(shape, _ => Value(operand.Name));
        }
        return inputs;

        double Value(string name)
        {
            if (options.Domains.TryGetValue(name, out var domain)) return random.Uniform(domain.Min, domain.Max);
            if (ranges[name] is { } compared) return random.Uniform(compared.Low - 0.5, compared.High + 0.5);
            var size = random.Uniform(Smallest, Largest);
            return isPositive || random.Uniform() < 0.5 ? size : -size;
        }

        NdArray Integers(string name, int[] shape)
        {
            var (low, high) = options.Domains.TryGetValue(name, out var domain)
                ? ((long)domain.Min, (long)domain.Max) : ranges[name] ?? (1, 3);
            var array = NdArray.Zeros(shape);
            if (array.Count > 0 && low > high) throw new LoopRunException($"{program.Name}: {name} finds no cell.");
            var isDistinct = ranges.IsDistinct(name) && high - low + 1 >= array.Count;
            var taken = new HashSet<int>();
            for (var i = 0; i < array.Count; i++)
            {
                int value;
                do value = random.Integer((int)low, (int)high); while (isDistinct && !taken.Add(value));
                array.Values[i] = value;
            }
            return array;
        }
    }
}
