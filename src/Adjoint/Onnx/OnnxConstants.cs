namespace Adjoint;

/// <summary>Operators whose values come from sizes and attributes alone.</summary>
static class OnnxConstants
{
    const string Eye = """
        eye(shape x[i,j]; diagonal = 0) -> y
          y[i,j] = j == i + diagonal
        """;

    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Constant"] = Constant,
        ["ConstantOfShape"] = ConstantOfShape,
        ["EyeLike"] = call =>
        {
            var type = call.Has("dtype") ? OnnxShapes.TypeOf(call, call.Integer("dtype", 0)) : call[0].Type;
            return [OnnxValue.Of(type, OnnxLoops.Run(Eye, [("diagonal", call.Integer("k", 0))], call.Array(0))[0])];
        },
        ["Range"] = Range,
        ["OneHot"] = OneHot,
        ["HannWindow"] = Window(0.5, 0.5, 0),
        ["HammingWindow"] = Window(25.0 / 46, 21.0 / 46, 0),
        ["BlackmanWindow"] = Window(0.42, 0.5, 0.08),
        ["Dropout"] = Dropout,
    };

    static OnnxValue[] Constant(OnnxCall call)
    {
        if (call.Has("value")) return [OnnxValue.From(call.Attribute("value", new HostArray(DType.Float32)))];
        if (call.Has("value_float"))
            return [OnnxValue.Of(DType.Float32, NdArray.Scalar(call.Number("value_float", 0)))];
        if (call.Has("value_floats"))
            return [OnnxValue.Of(DType.Float32, NdArray.Vector(call.Attribute<double[]>("value_floats", [])))];
        if (call.Has("value_int")) return [OnnxValue.Of(DType.Int64, NdArray.Scalar(call.Attribute("value_int", 0L)))];
        if (!call.Has("value_ints")) throw call.NotCovered("a constant of another kind", "numbers");
        var whole = call.Attribute<long[]>("value_ints", []);
        return [OnnxValue.Of(DType.Int64, NdArray.Vector([.. whole.Select(v => (double)v)]))];
    }

    static OnnxValue[] ConstantOfShape(OnnxCall call)
    {
        var value = call.Attribute("value", new HostArray(DType.Float32, 1));
        var shape = call.RequiredIntegersOf(0, "shape");
        var axes = OnnxLoops.Axes("a", shape.Length);
        return [OnnxValue.Of(value.Type, OnnxLoops.Run($"""
            constant(; value = 0) -> y{OnnxLoops.At(axes)}
            {OnnxLoops.Extents(axes, shape)}  y{OnnxLoops.At(axes)} = value
            """, [("value", value.ToDoubles()[0])])[0])];
    }

    static OnnxValue[] Range(OnnxCall call)
    {
        var (start, limit, step) = (call.Array(0).Values[0], call.Array(1).Values[0], call.Array(2).Values[0]);
        var size = Math.Max(0, Math.Ceiling((limit - start) / step));
        return call.Result(OnnxLoops.Run("range", [("start", start), ("step", step), ("size", size)]));
    }

    // Positions below 0 count from the end; beyond the depth nothing is hot.
    static OnnxValue[] OneHot(OnnxCall call)
    {
        var axis = call.Axis(call.Integer("axis", -1), call[0].Rank + 1);
        var (depth, values) = (call.Array(1).Values[0], call.Array(2).Values);
        var at = NdArray.Generate(call.Array(0).ShapeToArray(), i =>
            call.Array(0).Values[i] is < 0 and var position ? position + depth : call.Array(0).Values[i]);
        var hot = OnnxLoops.Run("one_hot", [("classes", depth)], at)[0];
        var order = Enumerable.Range(0, at.Rank).ToList();
        order.Insert(axis, at.Rank);
        return [OnnxValue.Of(call[2].Type, OnnxLoops.Run("scale_and_shift",
            [("scale", values[1] - values[0]), ("shift", values[0])], OnnxLayout.Transpose(hot, order))[0])];
    }

    static OnnxRule Window(double constant, double first, double second) => call =>
    {
        var size = (int)call.Array(0).Values[0];
        var period = call.Flag("periodic", true) ? size : size - 1;
        return [OnnxValue.Of(OnnxShapes.TypeOf(call, call.Integer("output_datatype", 1)), OnnxLoops.Run($"""
            window(; constant = 1, first = 0, second = 0, turn = 1) -> y
              axis i < {size}
              y[i] = constant - first * cos(turn * i) + second * cos(2 * turn * i)
            """, [("constant", constant), ("first", first), ("second", second), ("turn", 2 * Math.PI / period)])[0])];
    };

    // Which elements fall is drawn by another generator than ours; where none can fall there is nothing to draw.
    static OnnxValue[] Dropout(OnnxCall call)
    {
        var isTraining = call.Optional(2) is { } training && training.Array.Values[0] != 0;
        var ratio = call.Optional(1)?.Array.Values[0] ?? call.Number("ratio", 0.5);
        if (isTraining && ratio != 0)
            throw call.NotCovered($"training with ratio {OnnxLoops.Text(ratio)}", "inference");
        return [call[0], OnnxValue.Of(DType.Bool, NdArray.Generate(call.Array(0).ShapeToArray(), _ => 1))];
    }
}
