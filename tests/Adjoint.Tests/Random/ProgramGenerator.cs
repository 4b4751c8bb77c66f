namespace Adjoint.Tests;

// Programs that are valid by construction: every axis has a size from the moment it is named, every index is chosen so
// that it stays inside for those sizes (or is guarded), every tensor is read only after its last writer. Values stay
// tame: functions are bounded, divisors positive. What is chosen and how often is in the four parts of this class.

/// <summary>A tensor that later lines may read.</summary>
/// <param name="HasMargins">True when cells beside the extent make an affine read of an open axis a riddle.</param>
sealed record Readable(string Name, EquatableArray<Dim> Dims, bool IsPositive = false, bool HasMargins = false)
{
    public IEnumerable<string> Axes => Dims.SelectMany(d => d.Axes).Distinct();
}

/// <summary>Makes one random program with the sizes it is valid for.</summary>
sealed partial class ProgramGenerator
{
    // Largest number of points a line may have.
    int MostPoints => isWide ? 2_000 : 300;

    // Where vectors of all widths end, and where they do not.
    static readonly int[] WideSizes = [0, 1, 2, 3, 7, 8, 9, 17, 64];

    static readonly string[] AxisNames = ["i", "j", "k", "b", "c", "m", "n", "p", "t", "u", "l", "o", "d"];
    static readonly string[] OperandNames = ["x", "w", "z", "r", "q", "v"];
    static readonly string[] ComputedNames = ["y", "f", "e", "g", "a", "s"];

    // Names that a reverse would like to use itself.
    static readonly string[] HostileNames =
        ["dx", "dw", "dy", "gx", "gy", "d2x", "ddx", "x_new", "dx_new", "at_y", "rest_y", "position", "y2", "x2", "dy_new", "at", "i2"];

    readonly System.Random random;
    readonly Dictionary<string, int> sizes = [];
    readonly HashSet<string> inferred = []; // axes whose extent only an affine read tells
    readonly Dictionary<string, Domain> domains = [];
    readonly List<Operand> operands = [];
    readonly List<NamedNumber> attributes = [];
    readonly List<AxisLine> bounds = [];
    readonly List<Output> outputs = [];
    readonly List<Readable> readable = [];
    readonly List<Readable> computed = [];
    readonly List<Statement> body = [];
    readonly HashSet<string> names = ["d"];
    readonly int[]? leading; // null: the program has no `..`

    readonly bool isWide;

    ProgramGenerator(int seed, bool isWide = false)
    {
        this.isWide = isWide;
        random = new(seed);
        leading = Chance(0.25) ? [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(1, 4))] : null;
        if (leading is not null) sizes[".."] = leading.Aggregate(1, (product, size) => product * size);
    }

    /// <summary>The same seed gives the same program. Its values are finite, and no line reads an infinity.</summary>
    // Whoever takes an extreme of nothing gets an infinity, whose gradient is a NaN; a long product overflows: another draw.
    public static RandomCase Of(int seed)
    {
        for (var attempt = 0; ; attempt++)
        {
            var made = Wild(unchecked(seed + attempt * 7919));
            PointwiseEvaluator.Run(made, out var largest);
            if (largest < 1e4) return made;
        }
    }

    /// <summary>Any program, whatever its values.</summary>
    public static RandomCase Wild(int seed) => new ProgramGenerator(seed).Make(seed);

    /// <summary>With longer axes, and values so tame that no sine of a product loses its digits.</summary>
    public static RandomCase Wide(int seed)
    {
        for (var attempt = 0; ; attempt++)
        {
            var made = new ProgramGenerator(unchecked(seed + attempt * 7919), isWide: true).Make(seed);
            PointwiseEvaluator.Run(made, out var largest);
            if (largest < 100) return made;
        }
    }

    RandomCase Make(int seed)
    {
        for (var families = 1 + Pick(4, 4, 3, 2, 1); families > 0 || body.Count == 0; families--) AddFamily();
        foreach (var tensor in computed)
            if (!outputs.Any(o => o.Name == tensor.Name) && (tensor == computed[^1] || Chance(0.35))) outputs.Add(new(tensor.Name, tensor.Dims));
        Shuffle(outputs);
        GroundAxes();
        var program = new LoopProgram("random", operands.ToEquatable(), attributes.ToEquatable(), outputs.ToEquatable(),
            bounds.ToEquatable(), body.ToEquatable());
        return new(program, sizes, leading ?? [], domains, seed);
    }

    // An axis that no operand declares gets an axis line, in numbers, extents or an attribute, or a shape operand.
    void GroundAxes()
    {
        var declared = operands.SelectMany(o => o.Dims).Where(d => !d.IsComposite).Select(d => d.Axes[0]).ToHashSet();
        // A dimension (h,c) tells one of its axes once the other is known, unless that other is empty.
        foreach (var dim in operands.SelectMany(o => o.Dims).Where(d => d.IsComposite && d.Axes.All(a => sizes[a] > 0)))
            if (dim.Axes.Count(a => !declared.Contains(a)) == 1) declared.UnionWith(dim.Axes);
        var mentioned = new LoopProgram("", [], [], [], [], body.ToEquatable()).Lines.SelectMany(l => l.Expressions())
            .Concat(bounds.Select(b => b.Bound)).Concat(Loops(body).Select(l => new AxisValue(l.Axis))).ToList();
        var used = sizes.Keys.Where(axis => outputs.Any(o => o.Dims.Any(d => d.Axes.Contains(axis))) || operands.Any(o => o.Dims.Any(d => d.Axes.Contains(axis)))
            || mentioned.Any(e => e.Any(node => node is AxisValue value && value.Axis == axis || node is ExtentValue extent && extent.Axis == axis))).ToList();
        // The read that was to tell an extent may have been dropped again.
        inferred.RemoveWhere(axis => !mentioned.Any(e => e.Any(node => node is Access access
            && access.Indices.Any(index => index is Binary && index.Axes().Contains(axis)))));
        foreach (var axis in used)
        {
            if (declared.Contains(axis) || inferred.Contains(axis) || bounds.Any(b => b.Axis == axis)) continue;
            if (Chance(0.1) || axis == "..") AddOperand(OperandKind.Shape, [new(axis)], new());
            else bounds.Add(new(axis, Bound(sizes[axis], declared)));
            declared.Add(axis);
        }
        foreach (var axis in sizes.Keys.Except(used).ToList()) sizes.Remove(axis);

        static IEnumerable<TimeLoop> Loops(IEnumerable<Statement> body) => body.OfType<TimeLoop>().SelectMany(l => Loops(l.Body).Prepend(l));
    }

    Expr Bound(int size, HashSet<string> declared)
    {
        var known = declared.Where(a => a != "..").ToList();
        if (known.Count > 0 && Chance(0.4))
        {
            var axis = Pick(known);
            var (extent, n) = (new ExtentValue(axis), sizes[axis]);
            if (n == size) return extent;
            if (2 * n == size) return new Binary(Arithmetic.Multiply, new Number(2), extent);
            if (n / 2 == size) return new Binary(Arithmetic.Divide, extent, new Number(2));
            return n < size ? new Binary(Arithmetic.Add, extent, new Number(size - n)) : new Binary(Arithmetic.Subtract, extent, new Number(n - size));
        }
        return Chance(0.3) ? Attribute(size) : new Number(size);
    }

    AttributeValue Attribute(double value)
    {
        if (attributes.FirstOrDefault(a => a.Default == value) is { } there) return new(there.Name);
        attributes.Add(new(Name(["rate", "size", "count", "low"]), value));
        return new(attributes[^1].Name);
    }

    string NewAxis(int? size = null)
    {
        var axis = AxisNames.FirstOrDefault(a => !sizes.ContainsKey(a)) ?? $"k{sizes.Count}";
        if (Chance(0.3)) axis = AxisNames.Where(a => !sizes.ContainsKey(a)).OrderBy(_ => random.Next()).FirstOrDefault() ?? axis;
        sizes[axis] = size ?? (isWide ? WideSizes[Pick(1, 6, 8, 8, 8, 8, 8, 8, 6)] : Draw());
        return axis;

        int Draw() => Pick(1, 12, 30, 30, 14, 4, 2, 2, 2, 2);
    }

    string Name(string[] pool)
    {
        if (pool != OperandNames && pool != ComputedNames || !Chance(0.06)) { }
        else if (HostileNames.Where(n => !names.Contains(n)).OrderBy(_ => random.Next()).FirstOrDefault() is { } hostile)
        {
            names.Add(hostile);
            return hostile;
        }
        var name = pool.FirstOrDefault(n => !names.Contains(n)) ?? Enumerable.Range(1, 99).Select(i => pool[0] + i).First(n => !names.Contains(n));
        names.Add(name);
        return name;
    }

    Readable AddOperand(OperandKind kind, EquatableArray<Dim> dims, Domain domain)
    {
        var operand = new Operand(kind, Name(domain.Axis is null ? OperandNames : ["at", "tok", "len"]), dims);
        operands.Insert(random.Next(operands.Count + 1), operand);
        domains[operand.Name] = domain;
        return new(operand.Name, dims, domain.IsPositive);
    }

    /// <summary>A new floating operand over these axes; neighbours may share a dimension.</summary>
    Readable NewOperand(List<string> axes)
    {
        var isPositive = Chance(0.3);
        var kind = isPositive ? OperandKind.Float : Pick(30, 1, 1) switch { 0 => OperandKind.Float, 1 => OperandKind.Uniform, _ => OperandKind.Normal };
        var operand = AddOperand(kind, Dims(axes, 0.12), new(isPositive));
        readable.Add(operand);
        return operand;
    }

    EquatableArray<Dim> Dims(List<string> axes, double composite)
    {
        var dims = new List<Dim>();
        for (var i = 0; i < axes.Count; i++)
        {
            if (i + 1 < axes.Count && axes[i] != ".." && axes[i + 1] != ".." && axes[i] != axes[i + 1] && Chance(composite))
                dims.Add(new(new EquatableArray<string>([axes[i], axes[++i]])));
            else dims.Add(new(axes[i]));
        }
        return dims.ToEquatable();
    }

    void Computed(string name, EquatableArray<Dim> dims, bool isOutput = false, bool hasMargins = false)
    {
        computed.Add(new(name, dims, HasMargins: hasMargins));
        readable.Add(computed[^1]);
        if (isOutput) outputs.Add(new(name, dims));
    }

    bool Chance(double share) => random.NextDouble() < share;
    T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>A position, as often as its weight says.</summary>
    int Pick(params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights) sum += weight;
        var drawn = random.Next(sum);
        var at = 0;
        while ((drawn -= weights[at]) >= 0) at++;
        return at;
    }

    void Shuffle<T>(List<T> items) => random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items));

    static Binary Plus(Expr a, Expr b) => new(Arithmetic.Add, a, b);
    static Binary Minus(Expr a, Expr b) => new(Arithmetic.Subtract, a, b);
    static Binary Times(Expr a, Expr b) => new(Arithmetic.Multiply, a, b);
    static Binary Over(Expr a, Expr b) => new(Arithmetic.Divide, a, b);
    static Call Function(string name, params Expr[] arguments) => new(ScalarFunction.Named(name), arguments.ToEquatable());
}
