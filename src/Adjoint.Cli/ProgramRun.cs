using System.Globalization;

namespace Adjoint.Cli;

/// <summary>One run of a program on arrays of files, with gradients if some are given.</summary>
sealed class ProgramRun(LoopProgram program)
{
    readonly OrderedDictionary<string, HostArray> arrays = [];
    readonly Dictionary<string, Func<int[], NdArray>> gradients = [];

    public required IReadOnlyDictionary<string, double> Attributes { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Results keep the precision they were computed in.</summary>
    public required bool InDouble { get; init; }

    /// <param name="given"><c>a.npz</c>, or <c>x=x.npy</c>.</param>
    public void AddArrays(string given)
    {
        var at = given.IndexOf('=', StringComparison.Ordinal);
        if (at > 0 && given.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
            throw new UsageException(
                $"--in: '{given}' names one operand, and an .npz file holds several arrays by their names.",
                $"--in {given[(at + 1)..]}");
        if (at > 0) Add(given[..at], InputFile.Read(given[(at + 1)..], Npy.Read), given);
        else if (given.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--in: '{given}' is one array without a name.",
                $"name its operand: --in {program.Operands[0].Name}={given}");
        else foreach (var (name, array) in InputFile.Read(given, Npz.Read)) Add(name, array, given);
    }

    /// <param name="given">An .npy file, or a number that stands in every element.</param>
    public void AddGradient(string output, string given)
    {
        if (program.Outputs.All(o => o.Name != output))
            throw new UsageException($"--grad: {program.Name} has no output '{output}'.",
                $"its outputs are {string.Join(", ", program.Outputs.Select(o => o.Name))}.");
        if (double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            gradients[output] = shape => NdArray.Generate(shape, _ => number);
        else
        {
            var array = InputFile.Read(given, Npy.Read);
            gradients[output] = _ => new(array.Shape.ToArray(), array.ToDoubles());
        }
    }

    /// <summary>Every output, then the gradient of every floating operand if gradients were given.</summary>
    public OrderedDictionary<string, HostArray> Results()
    {
        var operands = arrays.ToDictionary(a => a.Key, a => new NdArray(a.Value.Shape.ToArray(), a.Value.ToDoubles()));
        var results = new OrderedDictionary<string, HostArray>();
        var reverse = gradients.Count > 0 ? Reverse.Of(program) : null;
        var run = Run(reverse, operands);
        foreach (var output in program.Outputs) results.Add(output.Name, Typed(run[output.Name], TypeOf(output)));
        if (gradients.Count > 0)
            foreach (var operand in program.Operands.Where(IsFloating))
            {
                // An operand that no output depends on has the gradient 0, and is named so too.
                var name = reverse?.Gradients.GetValueOrDefault(operand.Name);
                var gradient = name is null ? NdArray.Zeros(operands[operand.Name].ShapeToArray()) : run[name];
                results.Add(name ?? "d" + operand.Name, Typed(gradient, Floating));
            }
        return results;
    }

    bool IsFloating(Operand operand) => operand.Kind is OperandKind.Float && !Integers.Contains(operand.Name);

    HashSet<string> Integers { get; } = Checker.IntegerOperands(program);

    DType Floating
    {
        get
        {
            if (InDouble) return DType.Float64;
            var types = arrays.Values.Select(a => a.Type).Where(t => t.IsFloating).Distinct().ToList();
            return types switch
            {
                [] => DType.Float64,
                [var only] => only,
                _ => types.Contains(DType.Float64) ? DType.Float64 : DType.Float32, // holds both float16 and bfloat16
            };
        }
    }

    RunResult Run(Reverse? reverse, Dictionary<string, NdArray> operands)
    {
        var options = new RunOptions { Seed = Seed };
        var shapes = operands.ToDictionary(o => o.Key, o => o.Value.ShapeToArray());
        var forward = Reference.Compile(program, shapes, Attributes);
        if (reverse is null) return forward.Run(operands, options);
        foreach (var (output, name) in reverse.Given)
        {
            var shape = forward.Extents.OutputShape(output);
            operands[name] = gradients.TryGetValue(output, out var gradient) ? gradient(shape) : NdArray.Zeros(shape);
        }
        return Reference.Run(reverse.Combined, operands, Attributes, options);
    }

    void Add(string name, HostArray array, string file)
    {
        if (program.FindOperand(name) is null)
            throw new FileFormatException(
                $"--in: '{file}' holds an array '{name}', and {program.Name} has no such operand.\n"
                + $"  {Printer.Signature(program)}", file);
        if (!arrays.TryAdd(name, array)) throw new UsageException($"--in: the operand '{name}' is given twice.");
    }

    DType TypeOf(Output output)
    {
        if (program.Updated(output.Name) is not { } operand || !Integers.Contains(operand.Name)) return Floating;
        return arrays[operand.Name].Type is var type && type.IsInteger ? type : DType.Int64;
    }

    static HostArray Typed(NdArray array, DType type) =>
        HostArray.FromDoubles(type, array.ShapeToArray(), array.Values);
}
