namespace Adjoint;

/// <summary>Operators that add and cut borders.</summary>
static class OnnxBorders
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Pad"] = Pad,
        ["CenterCropPad"] = CenterCropPad,
    };

    static OnnxValue[] Pad(OnnxCall call)
    {
        var x = call.Array(0);
        var pads = call.RequiredIntegersOf(1, "pads");
        var axes = call.Axes(call.IntegersOf(3, "axes") ?? [.. Enumerable.Range(0, x.Rank)], x.Rank);
        var (before, sizes) = (new int[x.Rank], x.ShapeToArray());
        for (var i = 0; i < axes.Length; i++)
        {
            before[axes[i]] = pads[i];
            sizes[axes[i]] += pads[i] + pads[axes.Length + i];
        }
        var value = call.Optional(2) is { Array.Count: > 0 } given ? given.Array.Values[0] : call.Number("value", 0);
        return call.Result(call.Text("mode", "constant") switch
        {
            "constant" => Constant(x, before, sizes, value),
            "edge" => Source(x, before, sizes, (cell, size) => Math.Clamp(cell, 0, size - 1)),
            "wrap" => Source(x, before, sizes, (cell, size) => (cell % size + size) % size),
            "reflect" => Source(x, before, sizes, Reflect),
            var other => throw call.NotCovered($"mode '{other}'", "constant, edge, reflect or wrap"),
        });
    }

    // Half of what is too much is cut, half of what is missing is added, on each side; the odd cell goes behind.
    static OnnxValue[] CenterCropPad(OnnxCall call)
    {
        var x = call.Array(0);
        var axes = call.Axes(call.Integers("axes") ?? [.. Enumerable.Range(0, x.Rank)], x.Rank);
        var wanted = call.RequiredIntegersOf(1, "shape");
        var (before, sizes) = (new int[x.Rank], x.ShapeToArray());
        for (var i = 0; i < axes.Length; i++)
        {
            var (size, target) = (x.Shape[axes[i]], wanted[i]);
            before[axes[i]] = target >= size ? (target - size) / 2 : -((size - target) / 2);
            sizes[axes[i]] = target;
        }
        return call.Result(Constant(x, before, sizes, 0));
    }

    static NdArray Constant(NdArray x, int[] before, int[] sizes, double value)
    {
        var (outer, inner) = (OnnxLoops.Axes("p", x.Rank), OnnxLoops.Axes("m", x.Rank));
        if (x.Rank == 0) return x;
        var inside = OnnxLoops.All(outer.Select((p, d) => $"{p} >= {before[d]} and {p} < {before[d]} + #m{d}"));
        var read = OnnxLoops.At(outer.Select((p, d) => $"{p} - {before[d]}"));
        return OnnxLoops.Run($"""
            border(x{OnnxLoops.At(inner)}; value = 0) -> y{OnnxLoops.At(outer)}
            {OnnxLoops.Extents(outer, sizes)}  y{OnnxLoops.At(outer)} = where({inside}, x{read}, value)
            """, [("value", value)], x)[0];
    }

    // Along every axis each cell of the result is a cell of x: a table says which.
    static NdArray Source(NdArray x, int[] before, int[] sizes, Func<int, int, int> source)
    {
        var (outer, inner) = (OnnxLoops.Axes("p", x.Rank), OnnxLoops.Axes("m", x.Rank));
        var tables = sizes.Select((size, d) => NdArray.Generate([size], p => source(p - before[d], x.Shape[d])));
        var signature = string.Concat(outer.Select((p, d) => $", int at{d}[{p}]"));
        return OnnxLoops.Run($"""
            border_of(x{OnnxLoops.At(inner)}{signature}) -> y
              y{OnnxLoops.At(outer)} = x{OnnxLoops.At(outer.Select((p, d) => $"at{d}[{p}]"))}
            """, [x, .. tables]);
    }

    // There and back again without repeating the ends: the pattern has the length 2 * (size - 1).
    static int Reflect(int cell, int size)
    {
        if (size == 1) return 0;
        var period = 2 * (size - 1);
        var at = (cell % period + period) % period;
        return at < size ? at : period - at;
    }
}
