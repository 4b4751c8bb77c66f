using System.Collections.Concurrent;

namespace Adjoint;

// Programs whose text depends on how many dimensions or operands a call has: the catalogue cannot list them all. Sizes
// are attributes, so one text serves every size. Axes are a0, a1, … of the result, i0, i1, … of the operand.

/// <summary>Rearranging programs, written from ranks.</summary>
static class Layouts
{
    static readonly ConcurrentDictionary<string, Definition> Definitions = [];

    /// <summary>Dimensions in another order.</summary>
    /// <param name="order">For each dimension of the result, the one of x it is.</param>
    public static Tensor Permute(Tensor x, int[] order)
    {
        var axes = Names("a", x.Rank);
        return Run($"permute(x{At(axes)}) -> y\n  y{At(order.Select(d => axes[d]))} = x{At(axes)}", [x]);
    }

    /// <summary>Cells along every axis: from a start, in steps that may go backwards.</summary>
    public static Tensor Window(Tensor x, int[] starts, int[] steps, int[] sizes)
    {
        var (outer, inner) = (Names("a", x.Rank), Names("i", x.Rank));
        var attributes = outer.Select((_, d) => $"start{d} = 0, step{d} = 1, size{d} = 1");
        var numbers = outer.SelectMany((_, d) => new double[] { starts[d], steps[d], sizes[d] }).ToArray();
        return Run($"""
            window(x{At(inner)}; {string.Join(", ", attributes)}) -> y{At(outer)}
            {Extents(outer, "size")}  y{At(outer)} = x{At(outer.Select((a, d) => $"start{d} + step{d}*{a}"))}
            """, [x], numbers);
    }

    /// <summary>Repeats dimensions of size 1, and adds leading ones.</summary>
    public static Tensor Expand(Tensor x, int[] shape)
    {
        var lead = shape.Length - x.Rank;
        var (outer, inner) = (Names("a", shape.Length), Names("i", x.Rank));
        var read = x.Shape.ToArray().Select((size, d) => size == shape[d + lead] ? "0 + " + outer[d + lead] : "0");
        return Run($"""
            expand_to(x{At(inner)}{Attributes("size", shape.Length)}) -> y{At(outer)}
            {Extents(outer, "size")}  y{At(outer)} = x{At(read)}
            """, [x], [.. shape]);
    }

    /// <summary>One behind the other along an axis.</summary>
    public static Tensor Join(ReadOnlySpan<Tensor> parts, int axis)
    {
        var axes = Names("a", parts[0].Rank);
        var (signature, lines, start) = (new List<string>(), new List<string>(), "");
        for (var i = 0; i < parts.Length; i++)
        {
            signature.Add($"x{i}{At(axes.Select((a, d) => d == axis ? $"k{i}" : a))}");
            var place = i == 0 ? "0 + k0" : $"{start} + k{i}";
            lines.Add($"  y{At(axes.Select((a, d) => d == axis ? place : a))} = x{i}{At(axes.Select((a, d) => d == axis ? $"k{i}" : a))}");
            start = i == 0 ? "#k0" : $"{start} + #k{i}";
        }
        return Run($"""
            join({string.Join(", ", signature)}) -> y{At(axes.Select((a, d) => d == axis ? "j" : a))}
              axis j < {start}
            {string.Join('\n', lines)}
            """, parts);
    }

    /// <summary>Side by side along a new axis.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> parts, int axis)
    {
        var axes = Names("a", parts[0].Rank).ToList();
        var names = Enumerable.Range(0, parts.Length).Select(i => $"x{i}").ToList();
        string Place(string index) => At([.. axes[..axis], index, .. axes[axis..]]);
        return Run($"""
            stack_all({string.Join(", ", names.Select(n => n + At(axes)))}) -> y{Place("j")}
              axis j < {parts.Length}
            {string.Join('\n', names.Select((n, i) => $"  y{Place($"{i}")} = {n}{At(axes)}"))}
            """, parts);
    }

    /// <summary>The same elements in row-major order under other sizes.</summary>
    public static Tensor Reshape(Tensor x, int[] shape)
    {
        if (Factors.Of(x.Shape, shape) is not { } factors) return ReshapeFlat(x, shape);
        var names = Names("s", factors.Sizes.Count);
        var ones = Names("one", shape.Length).Where((_, d) => shape[d] == 1).ToArray();
        string Dim(int[] group, string one) => group.Length switch
        {
            0 => one,
            1 => names[group[0]],
            _ => $"({string.Join(",", group.Select(f => names[f]))})",
        };
        return Run($"""
            reshape(x{At(factors.Left.Select((g, d) => Dim(g, $"i{d}")))}{Attributes("size", names.Length)}) -> y
            {Extents(names, "size")}{string.Concat(ones.Select(o => $"  axis {o} < 1\n"))}  y{At(factors.Right.Select((g, d) => Dim(g, $"one{d}")))} = x{At(factors.Left.Select(g => Dim(g, "0")))}
            """, [x], [.. factors.Sizes]);
    }

    // Sizes without common factors meet in one long dimension.
    static Tensor ReshapeFlat(Tensor x, int[] shape)
    {
        var (inner, outer) = (Names("i", x.Rank), Names("a", shape.Length));
        string Flat(string[] names) => names.Length == 1 ? names[0] : $"({string.Join(",", names)})";
        return Run($"""
            reshape_flat(x{At(inner)}{Attributes("size", shape.Length)}) -> y{At(outer)}
            {Extents(outer, "size")}  flat[{Flat(inner)}] = x{At(inner)}
              y{At(outer)} = flat[{Flat(outer)}]
            """, [x], [.. shape]);
    }

    static Tensor Run(string text, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes = default) =>
        Tensor.Call(Definitions.GetOrAdd(text, t => new(t)), operands, attributes);

    static string[] Names(string letter, int count) => [.. Enumerable.Range(0, count).Select(d => $"{letter}{d}")];

    // [a0,a1], or nothing for a scalar.
    static string At(IEnumerable<string> indices) =>
        string.Join(',', indices) is { Length: > 0 } text ? $"[{text}]" : "";

    static string Attributes(string name, int count) =>
        count == 0 ? "" : "; " + string.Join(", ", Enumerable.Range(0, count).Select(d => $"{name}{d} = 1"));

    static string Extents(string[] axes, string attribute) =>
        string.Concat(axes.Select((axis, d) => $"  axis {axis} < {attribute}{d}\n"));
}
