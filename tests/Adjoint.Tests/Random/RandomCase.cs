using System.Globalization;
using System.Text;

namespace Adjoint.Tests;

/// <summary>What values an operand of a random program may take.</summary>
/// <param name="Axis">For integers: they lie in 0 … #Axis - 1 + Beyond.</param>
/// <param name="AreDistinct">For integers: no two are equal.</param>
sealed record Domain(bool IsPositive = false, string? Axis = null, int Beyond = 0, bool AreDistinct = false);

/// <summary>A program, the sizes it was made for and the seed of its inputs.</summary>
/// <param name="Sizes">The extent of every axis, as meant by whoever made the program; `..` stands in Leading.</param>
sealed record RandomCase(LoopProgram Program, IReadOnlyDictionary<string, int> Sizes, int[] Leading,
    IReadOnlyDictionary<string, Domain> Domains, int Seed)
{
    public Dictionary<string, NdArray> Inputs => field ??= MakeInputs();

    public Dictionary<string, int[]> Shapes => Inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray());

    /// <summary>The operands that a gradient flows to.</summary>
    public List<string> Floating
    {
        get
        {
            var integers = IntegerTensors.Operands(Program);
            return [.. Program.Operands.Where(o => o.Kind is OperandKind.Float && !integers.Contains(o.Name)).Select(o => o.Name)];
        }
    }

    /// <summary>Whether two axes share a dimension and one has no position: then its size says nothing of the other, and a
    /// cell that is named by numbers does not exist.</summary>
    public bool HasEmptyFold => Program.Operands.SelectMany(o => o.Dims).Concat(Program.Outputs.SelectMany(o => o.Dims))
        .Any(d => d.IsComposite && d.Axes.Any(a => Sizes[a] == 0));

    /// <summary>Other values at the same sizes.</summary>
    public RandomCase Elsewhere() => new(Program, Sizes, Leading, Domains, Seed + 1);

    public int Size(Dim dim) => dim.Axes.Aggregate(1, (size, axis) => size * Sizes[axis]) + dim.To - dim.From;

    public int[] Shape(EquatableArray<Dim> dims) => [.. dims.SelectMany(d => d.Axes[0] == ".." ? Leading : [Size(d)])];

    Dictionary<string, NdArray> MakeInputs()
    {
        var inputs = new Dictionary<string, NdArray>();
        foreach (var operand in Program.Operands)
        {
            var domain = Domains[operand.Name];
            var random = new System.Random(Seed ^ operand.Name.Aggregate(17, (hash, sign) => unchecked(hash * 31 + sign)));
            var bound = domain.Axis is null ? 0 : Sizes[domain.Axis] + domain.Beyond;
            var order = Enumerable.Range(0, Math.Max(bound, 0)).ToArray();
            random.Shuffle(order);
            inputs[operand.Name] = NdArray.Generate(Shape(operand.Dims), i => operand.Kind switch
            {
                _ when domain.Axis is not null => domain.AreDistinct ? order[i] : random.Next(bound),
                OperandKind.Uniform => random.NextDouble(),
                _ when domain.IsPositive => 0.3 + random.NextDouble(),
                _ => (0.2 + random.NextDouble()) * (random.Next(2) * 2 - 1),
            });
        }
        return inputs;
    }

    /// <summary>The printed program and its inputs: all that a person needs to repeat it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("\n").Append(Printer.Print(Program));
        text.Append("  with ").AppendJoin(", ", Sizes.Where(s => s.Key != "..").Select(s => $"#{s.Key} = {s.Value}"));
        if (Sizes.ContainsKey("..")) text.Append(", .. = [").AppendJoin(", ", Leading).Append(']');
        text.Append('\n');
        foreach (var (name, array) in Inputs)
            text.Append(CultureInfo.InvariantCulture, $"  {name} : [{string.Join(", ", array.Shape)}] = ")
                .AppendJoin(", ", array.Values.Select(v => v.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        return text.ToString();
    }
}
