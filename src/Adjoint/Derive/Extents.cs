using System.Globalization;

namespace Adjoint;

/// <summary>The cells of a tensor in numbers; `..` is one flattened dimension.</summary>
/// <param name="From">Lowest cell of each dimension, 0 or negative.</param>
/// <param name="Sizes">Cells of each dimension, those before 0 and beyond the extent included.</param>
public sealed record TensorExtent(int[] From, int[] Sizes)
{
    public long Count => Sizes.Aggregate(1L, (count, size) => checked(count * size));
}

/// <summary>The extent of every axis and the cells of every tensor, for operands of given shapes.</summary>
public sealed class Extents
{
    readonly LoopProgram program;
    Dictionary<string, int> axes = [];
    Dictionary<string, TensorExtent> tensors = [];
    readonly Dictionary<string, double> attributes;
    readonly int[] leading;

    Extents(LoopProgram program, Dictionary<string, double> attributes, int[] leading, SymbolicExtents sizes)
    {
        (this.program, this.attributes, this.leading) = (program, attributes, leading);
        foreach (var axis in sizes.Axes) axes[axis] = Int(sizes[axis]);
        foreach (var tensor in sizes.Tensors)
        {
            var dims = sizes.Dims(tensor);
            tensors[tensor] = new([.. dims.Select(d => d.From)], [.. dims.Select(d => Int(d.Cells))]);
        }

        int Int(Polynomial value) => value.Value is { IsInteger: true } number && number.Numerator <= int.MaxValue
            && number.Numerator >= int.MinValue ? (int)number.Numerator
            : throw new ShapeException($"{program.Name}: a size of {value} is not an integer below 2^31.", "");
    }

    /// <summary>How many positions an axis has; `..` is the product of the leading dimensions.</summary>
    public int this[string axis] => axes[axis];

    /// <summary>The names of all axes.</summary>
    internal IEnumerable<string> Axes => axes.Keys;

    /// <summary>The names of all tensors.</summary>
    internal IEnumerable<string> Tensors => tensors.Keys;

    /// <summary>The same, or null where the program has no such axis.</summary>
    internal int? Find(string axis) => axes.TryGetValue(axis, out var size) ? size : null;

    public double Attribute(string name) => attributes[name];

    /// <summary>An operand or computed tensor; what a time loop carries owns the cells before 0 and beyond #t that an
    /// index reaches.</summary>
    public TensorExtent Tensor(string name) => tensors[name];

    /// <summary>These, and axes and tensors that a rewrite of the program added.</summary>
    internal Extents With(IEnumerable<KeyValuePair<string, int>> newAxes,
        IEnumerable<KeyValuePair<string, TensorExtent>> newTensors)
    {
        var extended = (Extents)MemberwiseClone();
        extended.axes = new(axes);
        extended.tensors = new(tensors);
        foreach (var (axis, size) in newAxes) extended.axes[axis] = size;
        foreach (var (tensor, extent) in newTensors) extended.tensors[tensor] = extent;
        return extended;
    }

    /// <summary>What the caller receives: `..` expanded, a composite dimension as one, declared margins but no
    /// others.</summary>
    public int[] OutputShape(string name)
    {
        var dims = program.Outputs.First(o => o.Name == name).Dims;
        return [.. dims.SelectMany(dim => dim.Axes[0] == ".." ? leading
            : [dim.Axes.Aggregate(1, (size, axis) => size * axes[axis]) + dim.To - dim.From])];
    }

    /// <param name="operandShapes">The shape of every operand, `shape` ones included, margins counted.</param>
    /// <param name="attributes">Values that replace defaults.</param>
    /// <exception cref="ShapeException">An axis has two sizes, or a shape has too few dimensions.</exception>
    /// <exception cref="LoopException">The extent of an axis follows from nothing, or an attribute is unknown or not an
    /// integer.</exception>
    public static Extents Bind(LoopProgram program, IReadOnlyDictionary<string, int[]> operandShapes,
        IReadOnlyDictionary<string, double>? attributes = null)
    {
        int[]? leading = null;
        var sizes = new Dictionary<string, Polynomial[]>();
        foreach (var operand in program.Operands)
        {
            if (!operandShapes.TryGetValue(operand.Name, out var shape))
                throw LoopErrors.InSignature(program, $"operand {operand.Name} is not given");
            var dots = operand.Dims.ToList().FindIndex(d => d.Axes[0] == "..");
            var more = shape.Length - operand.Dims.Count;
            if (dots < 0 ? more != 0 : more < -1)
                throw new ShapeException($"{program.Name}: {operand.Name} has {shape.Length} "
                    + $"dimension{(shape.Length == 1 ? "" : "s")}; "
                    + $"{new Access(operand.Name, operand.Dims.Select(d => d.Index).ToEquatable())} has "
                    + $"{(dots < 0 ? "" : "at least ")}{operand.Dims.Count + (dots < 0 ? 0 : -1)}.\n"
                    + $"  {operand.Name} : {Shown(shape)}", operand.Name, shape);
            var flat = shape.ToList();
            if (dots >= 0)
            {
                var own = shape[dots..(dots + more + 1)];
                if (leading is not null && !leading.SequenceEqual(own))
                    throw new ShapeException($"{program.Name}: the leading dimensions (..) differ, {Shown(leading)} and "
                        + $"{Shown(own)}.\n" + string.Join('\n', program.Operands
                            .Where(o => o.Dims.Any(d => d.Axes[0] == "..") && operandShapes.ContainsKey(o.Name))
                            .Select(o => $"  {o.Name} : {Shown(operandShapes[o.Name])}")),
                        "..", Product(leading), Product(own));
                leading = own;
                flat.RemoveRange(dots, own.Length);
                flat.Insert(dots, Product(own));
            }
            sizes[operand.Name] = [.. flat.Select((size, d) =>
                (Polynomial)(size - operand.Dims[d].To + operand.Dims[d].From))];
            if (!sizes[operand.Name].All(s => s.AtLeast(0)))
                throw new ShapeException($"{program.Name}: {operand.Name} has fewer cells than it declares before 0 "
                    + $"and beyond its extent.\n  {operand.Name} : {Shown(shape)}", operand.Name, shape);
        }
        var values = AttributeValues(program, attributes);
        return new(program, values, leading ?? [], SymbolicExtents.Of(program, sizes, name => Integer(values[name])));

        static int Product(int[] shape) => shape.Aggregate(1, (product, size) => checked(product * size));
        static string Shown(int[] shape) =>
            $"[{string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";
    }

    internal static Dictionary<string, double> AttributeValues(LoopProgram program,
        IReadOnlyDictionary<string, double>? given)
    {
        var values = program.Attributes.ToDictionary(a => a.Name, a => a.Default);
        foreach (var (name, value) in given ?? new Dictionary<string, double>())
            values[name] = values.ContainsKey(name) ? value
                : throw LoopErrors.InSignature(program, $"there is no attribute {name}");
        return values;
    }

    internal static Polynomial? Integer(double value) =>
        value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue ? (Polynomial)(int)value : null;
}
