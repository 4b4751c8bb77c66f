using System.Numerics;

namespace Adjoint;

/// <summary>The cost of a program in numbers, beside the count of a run of its normal form.</summary>
sealed class CountedCost
{
    readonly Cost formula;
    readonly Cost numbers;
    readonly Dictionary<string, int> sizes = [];

    public CountedCost(LoopProgram program, IReadOnlyDictionary<string, int[]> shapes,
        IReadOnlyDictionary<string, double> attributes)
    {
        var extents = Extents.Bind(program, OperandShapes.WithRandom(program, shapes), attributes);
        foreach (var axis in AxesOf(program)) sizes[axis] = extents[axis];
        var given = attributes.Where(a => a.Value == Math.Floor(a.Value) && Math.Abs(a.Value) < int.MaxValue)
            .ToDictionary(a => a.Key, a => (Polynomial)(int)a.Value);
        formula = Cost.Of(program, given);
        numbers = formula.At(sizes);
    }

    /// <summary>The program to run.</summary>
    public LoopProgram Counted => numbers.Counted;

    public Check Compare(string name, RunResult result)
    {
        foreach (var (line, points) in numbers.Lines.Zip(result.Points))
            if (line.IsExact ? line.Points != Number(points) : !(line.Points - Number(points)).AtLeast(0))
                return Failed($"{points} points counted, {line.Points} {Expected(line.IsExact)}: {line.Line.Target}");
        var total = Polynomial.Zero;
        foreach (var (kind, count) in result.Operations)
        {
            total += Number(count);
            var expected = numbers.ByKind.GetValueOrDefault(kind, Polynomial.Zero);
            if (numbers.IsExact ? expected != Number(count) : !(expected - Number(count)).AtLeast(0))
                return Failed($"{count} operations '{kind}' counted, {expected} {Expected(numbers.IsExact)}");
        }
        if (numbers.IsExact && total != numbers.Operations)
            return Failed($"{total} operations counted, {numbers.Operations} expected");
        // The formula holds where every axis has a position, and may keep counts that only numbers resolve.
        var value = formula.Operations.Substitute(n => sizes.TryGetValue(n, out var size) ? (Polynomial)size : null);
        if (formula.IsExact && sizes.Values.All(s => s > 0) && value.IsConstant && value != numbers.Operations)
            return Failed($"the formula {formula.Operations} gives {value}, its numbers {numbers.Operations}");
        return new(name, 0, 0, $"{formula.Operations}");

        Check Failed(string detail) => new(name, 1, 0, detail);
    }

    static string Expected(bool isExact) => isExact ? "expected" : "at most";

    static Polynomial Number(long value) => Polynomial.Constant(new BigInteger(value));

    static IEnumerable<string> AxesOf(LoopProgram program) => program.Lines.SelectMany(l => l.Axes())
        .Concat(program.Operands.SelectMany(o => o.Dims).SelectMany(d => d.Axes))
        .Concat(program.Outputs.SelectMany(o => o.Dims).SelectMany(d => d.Axes))
        .Concat(program.Axes.Select(a => a.Axis)).Distinct();
}
