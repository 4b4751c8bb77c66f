using System.Globalization;

namespace Adjoint.Cli;

/// <summary>One run of a program on arrays of files, with gradients if some are given.</summary>
sealed class ProgramRun(LoopProgram program)
{
    const double MostPointsAgain = 1e8; // some seconds of interpreting

    readonly OrderedDictionary<string, HostArray> arrays = [];
    readonly Dictionary<string, Func<int[], NdArray>> gradients = [];

    public required IReadOnlyDictionary<string, double> Attributes { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>cpu: kernels compute in the type of the results. reference: interpreted in double, and results stay so.
    /// null: kernels, where <see cref="CanCompile"/>; otherwise interpreted, and rounded to that type.</summary>
    public required string? Backend { get; init; }

    /// <summary>Whether kernels do all that the notation demands: they do not notice a cell that <c>=</c> writes twice through an index it looks up.</summary>
    public static bool CanCompile(LoopProgram program) => Cpu.IsAvailable
        && !program.Lines.Any(l => l.Op is LineOp.Set && l.Target.Indices.Any(i => i.Any(e => e is Access)));

    /// <summary>The first loop that makes a NaN or an infinity ends the run.</summary>
    public bool ChecksFinite { get; init; }

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
        var results = new OrderedDictionary<string, HostArray>();
        var reverse = gradients.Count > 0 ? Reverse.Of(program) : null;
        var run = Run(reverse);
        foreach (var output in program.Outputs) results.Add(output.Name, Typed(run[output.Name], TypeOf(output)));
        if (gradients.Count > 0)
            foreach (var operand in program.Operands.Where(IsFloating))
            {
                // An operand that no output depends on has the gradient 0, and is named so too.
                var name = reverse?.Gradients.GetValueOrDefault(operand.Name);
                results.Add(name ?? "d" + operand.Name, name is null
                    ? new(Floating, arrays[operand.Name].Shape.ToArray()) : Typed(run[name], Floating));
            }
        return results;
    }

    bool IsFloating(Operand operand) => operand.Kind is OperandKind.Float && !Integers.Contains(operand.Name);

    HashSet<string> Integers { get; } = IntegerTensors.Operands(program);

    DType Floating
    {
        get
        {
            if (Backend is "reference") return DType.Float64;
            var types = arrays.Values.Select(a => a.Type).Where(t => t.IsFloating).Distinct().ToList();
            return types switch
            {
                [] => DType.Float64,
                [var only] => only,
                _ => types.Contains(DType.Float64) ? DType.Float64 : DType.Float32, // holds both float16 and bfloat16
            };
        }
    }

    Dictionary<string, HostArray> Run(Reverse? reverse)
    {
        var operands = arrays.ToDictionary();
        if (reverse is null) return Run(program, operands);
        var shapes = arrays.ToDictionary(a => a.Key, a => a.Value.Shape.ToArray());
        var extents = Extents.Bind(program, OperandShapes.WithRandom(program, shapes), Attributes);
        foreach (var (output, name) in reverse.Given)
        {
            var shape = extents.OutputShape(output);
            operands[name] = gradients.TryGetValue(output, out var gradient) ? InDouble(gradient(shape)) : new(DType.Float64, shape);
        }
        return Run(reverse.Combined, operands);
    }

    Dictionary<string, HostArray> Run(LoopProgram whole, Dictionary<string, HostArray> operands)
    {
        if (Backend is "reference" || Backend is null && !CanCompile(whole)) return Interpreted(whole, operands);
        try
        {
            return Cpu.Run(whole, operands, Floating is DType.Float64 ? DType.Float64 : DType.Float32, Attributes, Seed, ChecksFinite);
        }
        catch (LoopRunException) when (Backend is null && Points(whole, operands) < MostPointsAgain)
        {
            return Interpreted(whole, operands); // it tells the same with the point at which it happens
        }
    }

    double Points(LoopProgram whole, Dictionary<string, HostArray> operands)
    {
        var extents = Extents.Bind(whole, OperandShapes.WithRandom(whole, operands.ToDictionary(o => o.Key, o => o.Value.Shape.ToArray())), Attributes);
        return whole.Lines.Sum(l => l.Axes().Aggregate(1.0, (points, axis) => points * extents[axis]));
    }

    Dictionary<string, HostArray> Interpreted(LoopProgram whole, Dictionary<string, HostArray> operands) =>
        Reference.Run(whole, operands.ToDictionary(o => o.Key, o => new NdArray(o.Value.Shape.ToArray(), o.Value.ToDoubles())),
            Attributes, new() { Seed = Seed }).Outputs.ToDictionary(o => o.Key, o => InDouble(o.Value));

    static HostArray InDouble(NdArray array) => HostArray.FromDoubles(DType.Float64, array.ShapeToArray(), array.Values);

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

    static HostArray Typed(HostArray array, DType type) =>
        array.Type == type ? array : HostArray.FromDoubles(type, array.Shape.ToArray(), array.ToDoubles());
}
