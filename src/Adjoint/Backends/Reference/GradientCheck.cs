using System.Globalization;

namespace Adjoint;

/// <summary>One program and its reverse on one set of inputs, against differences of the program's values.</summary>
sealed class GradientCheck
{
    // Single elements show which gradient is wrong; directions through all elements leave none out.
    const int ElementsPerOperand = 6, Directions = 3;

    readonly LoopProgram program;
    readonly Reverse? reverse;
    readonly Dictionary<string, NdArray> inputs;
    readonly IReadOnlyDictionary<string, double>? attributes;
    readonly SplitMix64 random;
    readonly RunOptions options;
    readonly Dictionary<string, NdArray> weights = [];
    bool isOrdinary = true; // 1/0 in a kept value: the chain rule may meet 0 * inf where the slope is 0

    public GradientCheck(LoopProgram program, Reverse? reverse, Dictionary<string, NdArray> inputs,
        IReadOnlyDictionary<string, double>? attributes, SplitMix64 random, ulong seed)
    {
        (this.program, this.reverse, this.inputs) = (program, reverse, inputs);
        (this.attributes, this.random) = (attributes, random);
        options = new() { Seed = seed };
        foreach (var (name, output) in Run(program, inputs).Outputs)
            weights[name] = NdArray.Generate(output.ShapeToArray(),
                i => double.IsFinite(output.Values[i]) ? random.Normal() : 0);
    }

    /// <summary>Inputs and output gradients: what forward and reverse as one program take.</summary>
    public Dictionary<string, NdArray> CombinedInputs => reverse is null ? inputs
        : inputs.Concat(reverse.Given.Select(g => KeyValuePair.Create(g.Value, weights[g.Key]))).ToDictionary();

    /// <summary>False when the differences told too little: most directions met a kink.</summary>
    public bool Add(List<Check> checks, string order, double bound)
    {
        var gradients = reverse is null ? [] : Gradients(reverse);
        if (reverse is not null)
        {
            var (outputs, forward) = (Run(program, inputs).Outputs, Run(reverse.Forward, inputs).Outputs);
            checks.Add(Distance($"{order}forward kept", forward, outputs));
            var combined = Run(reverse.Combined, CombinedInputs).Outputs;
            checks.Add(Distance($"{order}forward and reverse", ByOperand(reverse, combined), gradients));
            var asDerived = Reverse.Of(program, simplify: false)
                ?? throw Throw.Internal($"{program.Name} loses its reverse unsimplified");
            checks.Add(Distance($"{order}simplified", gradients, Gradients(asDerived)));
        }
        var isTelling = AddSlopes(checks, $"{order}gradient", gradients, bound);
        AddCost(checks, $"{order}cost", program, inputs);
        if (reverse is not null) AddCost(checks, $"{order}cost of the reverse", reverse.Program, Operands(reverse));
        return isTelling;
    }

    bool AddSlopes(List<Check> checks, string name, Dictionary<string, NdArray> gradients, double bound)
    {
        var quotient = new DifferenceQuotient(program, inputs, attributes, weights, options);
        var (worst, place, probes, unknown) = (0.0, "", 0, 0);
        foreach (var (what, direction) in AllDirections())
        {
            probes++;
            var expected = direction.Sum(d => gradients.TryGetValue(d.Key, out var g) ? Dot(d.Value, g) : 0);
            if (quotient.Along(direction, bound) is not { } slope || (double.IsNaN(expected) && !isOrdinary))
            {
                unknown++;
                continue;
            }
            var error = Math.Abs(expected - slope) / Math.Max(1, Math.Abs(slope));
            if (error <= worst || double.IsNaN(worst)) continue;
            var facts = string.Create(CultureInfo.InvariantCulture, $"{expected:G10}, differences {slope:G10}");
            (worst, place) = (error, $"{what}: gradient {facts}");
        }
        var told = $"{probes - unknown} of {probes} directions";
        var isTelling = unknown <= probes / 2;
        if (!isTelling) (worst, place) = (double.NaN, "too many kinks");
        checks.Add(new(name, worst, bound, worst <= bound ? told : $"{told}; {place}"));
        return isTelling;
    }

    IEnumerable<(string What, Dictionary<string, NdArray> Direction)> AllDirections()
    {
        var integers = IntegerTensors.Operands(program);
        var floating = program.Operands.Where(o => o.Kind is OperandKind.Float && !integers.Contains(o.Name))
            .Select(o => o.Name).Where(n => inputs[n].Count > 0).ToList();
        foreach (var name in floating)
        {
            var (shape, count) = (inputs[name].ShapeToArray(), inputs[name].Count);
            var elements = Enumerable.Range(0, count).OrderBy(_ => random.Next()).Take(ElementsPerOperand);
            foreach (var element in elements)
                yield return ($"d{name}, element {element}",
                    new() { [name] = NdArray.Generate(shape, i => i == element ? 1 : 0) });
        }
        for (var i = 0; i < Directions && floating.Count > 0; i++)
            yield return ("all operands", floating.ToDictionary(f => f,
                f => NdArray.Generate(inputs[f].ShapeToArray(), _ => random.Normal() / 2)));
    }

    // 0 * inf is no part of a slope.
    static double Dot(NdArray direction, NdArray gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < direction.Count; i++)
            if (direction.Values[i] != 0) sum += direction.Values[i] * gradient.Values[i];
        return sum;
    }

    // The normal form has the values of the program, and runs as many operations as the cost says. Only where a sum has
    // no point may a factor that left it make 0 * inf.
    void AddCost(List<Check> checks, string name, LoopProgram counted, Dictionary<string, NdArray> operands)
    {
        var own = AttributesOf(counted);
        var cost = new CountedCost(counted, operands.ToDictionary(o => o.Key, o => o.Value.ShapeToArray()), own);
        var result = Reference.Run(cost.Counted, operands, own, options with { CountOperations = true });
        var expected = Run(counted, operands).Outputs;
        var values = result.Outputs.ToDictionary(o => o.Key, o => NdArray.Generate(o.Value.ShapeToArray(),
            i => double.IsNaN(o.Value.Values[i]) ? expected[o.Key].Values[i] : o.Value.Values[i]));
        var distance = Distance(name + ", normal form", values, expected);
        checks.Add(distance.Passed ? cost.Compare(name, result) : distance);
    }

    // By operand, as the reverse run on inputs, kept values and output gradients gives them.
    Dictionary<string, NdArray> Gradients(Reverse reverse) =>
        ByOperand(reverse, Run(reverse.Program, Operands(reverse)).Outputs);

    Dictionary<string, NdArray> Operands(Reverse reverse)
    {
        var forward = Reference.Run(reverse.Forward, inputs, attributes, options with { Keep = reverse.Kept });
        isOrdinary = forward.Kept.Values.All(k => k.Values.All(double.IsFinite));
        var given = reverse.Given.ToDictionary(g => g.Value, g => weights[g.Key]);
        var operands = new Dictionary<string, NdArray>();
        foreach (var (name, array) in inputs.Concat(forward.Kept).Concat(given))
            if (reverse.Program.FindOperand(name) is not null) operands[name] = array;
        return operands;
    }

    static Dictionary<string, NdArray> ByOperand(Reverse reverse, IReadOnlyDictionary<string, NdArray> outputs) =>
        reverse.Gradients.ToDictionary(g => g.Key, g => outputs[g.Value]);

    RunResult Run(LoopProgram program, IReadOnlyDictionary<string, NdArray> operands) =>
        Reference.Run(program, operands, AttributesOf(program), options);

    // Only those that the program still has: a reverse may need fewer.
    Dictionary<string, double> AttributesOf(LoopProgram program) => attributes is null ? []
        : attributes.Where(a => program.Attributes.Any(n => n.Name == a.Key)).ToDictionary();

    static Check Distance(string name, IReadOnlyDictionary<string, NdArray> results,
        IReadOnlyDictionary<string, NdArray> expected)
    {
        var (worst, place) = (0.0, "");
        foreach (var (tensor, array) in expected)
        {
            var distance = results.GetValueOrDefault(tensor)?.DistanceTo(array) ?? double.PositiveInfinity;
            if (distance > worst) (worst, place) = (distance, tensor);
        }
        return new(name, worst, Tolerance.Reordered, worst <= Tolerance.Reordered ? "" : place);
    }
}
