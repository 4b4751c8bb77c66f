using System.Globalization;
using System.Text;

namespace Adjoint;

// A network has equal layers and an optimizer equal updates: their loops differ in names alone. Tensors, axes and
// arguments are numbered in the order in which they occur, everything else that a kernel depends on is spelled out, so
// that a plan writes each of its kernels once. One loop that takes its range from the caller depends on no size.

/// <summary>A text that is equal for nests whose kernels are equal.</summary>
sealed class NestKey
{
    // Positions from which on a loop is as unrolled as any: four of the widest vectors.
    const long MostUnrolled = 64;

    readonly StringBuilder text = new();
    readonly BoundProgram program;
    readonly IReadOnlySet<string> unstored;
    readonly IReadOnlyDictionary<string, RowBuffer> rows;
    readonly IReadOnlyCollection<PartialSum> partials;
    readonly List<string> tensors = [], axes = [];
    readonly List<int> arguments = [];
    LoopNode? flat; // the one loop, where there is no more

    NestKey(BoundProgram program, IReadOnlySet<string> unstored, IReadOnlyDictionary<string, RowBuffer> rows,
        IReadOnlyCollection<PartialSum> partials) =>
        (this.program, this.unstored, this.rows, this.partials) = (program, unstored, rows, partials);

    /// <summary>Null where the kernel reports an index out of range: it names the line.</summary>
    public static NestKey? Of(BoundProgram program, LoopItem item, bool isParallel, IReadOnlySet<string> unstored,
        IReadOnlyDictionary<string, RowBuffer> rows, IReadOnlyCollection<PartialSum> partials)
    {
        if (!item.Plans.All(p => p.Line.Reads.Append(p.Line.Target).All(p.Line.IsSafe))) return null;
        var key = new NestKey(program, unstored, rows, partials)
        {
            flat = isParallel && rows.Count + partials.Count == 0 && item is LoopNode node && IsFlat(node) ? node : null,
        };
        foreach (var sum in partials) key.AddTensor(sum.Place.Name);
        key.Add(item.Plans.SelectMany(p => p.Line.Loops).Distinct()).Add(isParallel ? "parallel" : "").Add(item);
        return key;
    }

    public override string ToString() => text.ToString();

    static bool IsFlat(LoopNode node) => node.Items.TrueForAll(i => i is PointItem { Plan: { Guards.Count: 0 } plan }
        && plan.Line is { Limits.Count: 0, Summed.Count: 0 });

    /// <summary>A kernel that was written for another nest of this key, on the tensors of this one.</summary>
    public NestKernel Taken(NestKernel kernel, NestKey other)
    {
        return new(kernel.Code, [.. kernel.Buffers.Select(b => b is null ? null : Place(b))],
            [.. kernel.Integers.Select(i => axes[other.axes.IndexOf(i)])],
            [.. kernel.Numbers.Select(n => arguments[other.arguments.IndexOf(n)])],
            kernel.Loaded.Select(Own).ToHashSet());

        TensorPlace Place(TensorPlace place) =>
            place.Buffer >= 0 ? program[Own(place.Name)] : program[Own(place.Name)] with { Buffer = place.Buffer };

        string Own(string tensor) => tensors[other.tensors.IndexOf(tensor)];
    }

    NestKey Add(string word)
    {
        text.Append(word).Append(' ');
        return this;
    }

    NestKey Add(long number)
    {
        text.Append(CultureInfo.InvariantCulture, $"{number} ");
        return this;
    }

    NestKey Add(IEnumerable<string> names)
    {
        foreach (var axis in names) AddAxis(axis);
        return Add(";");
    }

    void Add(LoopItem item)
    {
        if (item is PointItem { Plan: var plan })
        {
            Add(plan);
            return;
        }
        var node = (LoopNode)item;
        if (node == flat) Add("along").AddAxis(node.Axis).Add(Math.Min(node.Extent, MostUnrolled));
        else Add("over").Add(node.Outer).AddAxis(node.Axis).Add(node.Extent).Add(node.Limits);
        Add(node.IsVector ? "vector {" : "{");
        foreach (var inner in node.Items) Add(inner);
        Add("}");
    }

    void Add(LinePlan plan)
    {
        var line = plan.Line;
        Add(line.Op.ToString()).Add(plan.IsFirst ? "first" : "").Add(plan.IsRegister ? "register" : "")
            .Add(plan.Vector is null ? [] : [plan.Vector]).Add(line.Loops);
        if (flat is null) Add(line.Axes).Add(line.Left);
        Add(plan.Guards).Add(line.Limits).Add(line.Target).Add(line.Value);
        foreach (var test in line.Tests) Add("if").Add(test);
    }

    NestKey Add(IReadOnlyList<IndexForm> forms)
    {
        foreach (var form in forms)
        {
            Add(form.Constant);
            foreach (var (symbol, factor) in form.Terms)
                if (program.Atom(symbol) is { } atom) Add(factor).Add(atom);
                else Add(factor).AddAxis(symbol);
            Add(",");
        }
        return Add(";");
    }

    NestKey Add(Expr expr)
    {
        switch (expr)
        {
            case Number number: return Add(BitConverter.DoubleToInt64Bits(number.Value));
            case AxisValue axis: return AddAxis(axis.Axis);
            case ExtentValue extent: return Add("#").Add(program.Extents[extent.Axis]);
            case AttributeValue attribute: return AddAttribute(attribute.Name);
            case Access access when flat is not null:
                AddTensor(access.Tensor);
                return Add([flat.Outer.Aggregate(program.Offset(access), (offset, axis) => offset.Without(axis))]);
            case Access access: AddTensor(access.Tensor); break;
            case Binary binary: Add(binary.Operator.ToString()); break;
            case Compare compare: Add(compare.Operator.ToString()); break;
            case Call call: Add(call.Function.Name); break;
            default: Add(expr.GetType().Name); break;
        }
        Add("(");
        foreach (var part in expr.Parts()) Add(part);
        return Add(")");
    }

    NestKey AddAxis(string axis)
    {
        var number = axes.IndexOf(axis);
        if (number >= 0) return Add("a").Add(number);
        axes.Add(axis);
        return flat is null ? Add("a'").Add(program.Extents[axis]) : Add("a'");
    }

    NestKey AddAttribute(string attribute)
    {
        var argument = program.Argument(attribute);
        if (argument < 0) return Add(BitConverter.DoubleToInt64Bits(program.Extents.Attribute(attribute)));
        if (!arguments.Contains(argument)) arguments.Add(argument);
        return Add("n").Add(arguments.IndexOf(argument));
    }

    void AddTensor(string tensor)
    {
        var number = tensors.IndexOf(tensor);
        if (number >= 0)
        {
            Add("t").Add(number);
            return;
        }
        tensors.Add(tensor);
        var place = program[tensor];
        Add("t'").Add(place.Element.ToString());
        for (var d = 0; d < place.Strides.Length && flat is null; d++)
            Add(place.Extent.From[d]).Add(place.Extent.Sizes[d]).Add(place.Strides[d]);
        Add(unstored.Contains(tensor) ? "unstored" : "");
        if (rows.TryGetValue(tensor, out var row)) Add("row").Add(row.Count).Add(string.Join(',', row.Strides));
        if (partials.FirstOrDefault(s => s.Place.Name == tensor) is { } sum)
            Add("parts").Add(sum.Chunk).Add(sum.Parts).Add(sum.IsFirst ? "first" : "").Add(sum.Op.ToString());
        if (place.Updates is null) return;
        Add("of");
        AddTensor(place.Updates);
    }
}
