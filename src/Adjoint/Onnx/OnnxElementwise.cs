namespace Adjoint;

/// <summary>Operators that work on each element, after broadcasting.</summary>
static class OnnxElementwise
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Abs"] = Each("abs"),
        ["Acos"] = Each("acos"),
        ["Acosh"] = Each("acosh"),
        ["Asin"] = Each("asin"),
        ["Asinh"] = Each("asinh"),
        ["Atan"] = Each("atan"),
        ["Atanh"] = Each("atanh"),
        ["Ceil"] = Each("ceil"),
        ["Cos"] = Each("cos"),
        ["Cosh"] = Each("cosh"),
        ["Erf"] = Each("erf"),
        ["Exp"] = Each("exp"),
        ["Floor"] = Each("floor"),
        ["Log"] = Each("log"),
        ["Neg"] = Each("negative"),
        ["Reciprocal"] = Each("reciprocal"),
        ["Round"] = Each("round"),
        ["Sign"] = Each("sign"),
        ["Sin"] = Each("sin"),
        ["Sinh"] = Each("sinh"),
        ["Sqrt"] = Each("sqrt"),
        ["Tan"] = Each("tan"),
        ["Tanh"] = Each("tanh"),

        ["Celu"] = Each("celu", null, ("alpha", "alpha", 1)),
        ["Elu"] = Each("elu", null, ("alpha", "alpha", 1)),
        ["Gelu"] = call => Run(call, call.Text("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu", null, []),
        ["HardSigmoid"] = Each("hard_sigmoid", null, ("alpha", "alpha", 0.2), ("beta", "beta", 0.5)),
        ["HardSwish"] = Each("hard_swish"),
        ["LeakyRelu"] = Each("leaky_relu", null, ("slope", "alpha", 0.01)),
        ["Mish"] = Each("mish"),
        ["PRelu"] = Each("""
            prelu_each(x[..], slope[..]) -> y
              y[..] = where(x[..] > 0, x[..], slope[..] * x[..])
            """),
        ["Relu"] = Each("relu"),
        ["Selu"] = Each("selu", null, ("alpha", "alpha", 1.6732631921768188), ("scale", "gamma", 1.0507010221481323)),
        ["Shrink"] = Each("""
            shrink(x[..]; limit = 0.5, bias = 0) -> y
              y[..] = where(x[..] > limit, x[..] - bias, where(x[..] < -limit, x[..] + bias, 0))
            """, null, ("limit", "lambd", 0.5), ("bias", "bias", 0)),
        ["Sigmoid"] = Each("sigmoid"),
        ["Softplus"] = Each("softplus"),
        ["Softsign"] = Each("softsign"),
        ["Swish"] = Each("""
            swish(x[..]; alpha = 1) -> y
              y[..] = x[..] * sigmoid(alpha * x[..])
            """, null, ("alpha", "alpha", 1)),
        ["ThresholdedRelu"] = Each("threshold", null, ("limit", "alpha", 1)),

        ["Add"] = Each("add"),
        ["Div"] = Each("divide"), // whole numbers are cut when the quotient becomes one again
        ["Mul"] = Each("multiply"),
        ["Pow"] = Each("power_of"),
        ["Sub"] = Each("subtract"),
        ["Mod"] = call => Run(call, call.Flag("fmod") ? "truncated_remainder" : "remainder", null, []),

        ["And"] = Each("logical_and", DType.Bool),
        ["Or"] = Each("logical_or", DType.Bool),
        ["Xor"] = Each("logical_xor", DType.Bool),
        ["Not"] = Each("logical_not", DType.Bool),
        ["Equal"] = Each("equal", DType.Bool),
        ["Greater"] = Each("greater", DType.Bool),
        ["GreaterOrEqual"] = Each("greater_or_equal", DType.Bool),
        ["Less"] = Each("less", DType.Bool),
        ["LessOrEqual"] = Each("less_or_equal", DType.Bool),
        ["IsNaN"] = Each("is_nan", DType.Bool),
        ["IsInf"] = Each("""
            is_inf(x[..]; negative = 1, positive = 1) -> y
              y[..] = (x[..] == inf and positive > 0 or x[..] == -inf and negative > 0)
            """, DType.Bool, ("negative", "detect_negative", 1), ("positive", "detect_positive", 1)),

        ["Max"] = call => Fold(call, "maximum"),
        ["Min"] = call => Fold(call, "minimum"),
        ["Sum"] = call => Fold(call, "add"),
        ["Mean"] = call => [OnnxValue.Of(call[0].Type,
            OnnxLoops.Run("scale_and_shift", [("scale", 1.0 / call.InputCount)], Folded(call, "add"))[0])],
        ["Where"] = call => [OnnxValue.Of(call[1].Type, OnnxLoops.Run("select", Broadcast(call)))],
        ["Clip"] = Clip,
    };

    /// <param name="attributes">Name in the loops, name in ONNX, value where it is left out.</param>
    static OnnxRule Each(
        string loops, DType? type = null, params (string Name, string Onnx, double Otherwise)[] attributes) =>
        call => Run(call, loops, type, attributes);

    static OnnxValue[] Run(
        OnnxCall call, string loops, DType? type, (string Name, string Onnx, double Otherwise)[] attributes)
    {
        var operands = Broadcast(call);
        var numbers = Array.ConvertAll(attributes, a => (a.Name, call.Number(a.Onnx, a.Otherwise)));
        return [OnnxValue.Of(type ?? call[0].Type, OnnxLoops.Run(loops, numbers, operands)[0])];
    }

    static OnnxValue[] Fold(OnnxCall call, string loops) => call.Result(Folded(call, loops));

    static NdArray Folded(OnnxCall call, string loops)
    {
        var operands = Broadcast(call);
        return operands.Skip(1).Aggregate(operands[0], (x, z) => OnnxLoops.Run(loops, x, z));
    }

    static NdArray[] Broadcast(OnnxCall call)
    {
        NdArray[] inputs = [.. Enumerable.Range(0, call.InputCount).Select(call.Array)];
        var shape = OnnxLayout.Broadcast(call, inputs.Select(x => x.Shape));
        return [.. inputs.Select(x => OnnxLayout.Expand(x, shape))];
    }

    // The upper bound wins where the two are crossed; before version 11 they were attributes.
    static OnnxValue[] Clip(OnnxCall call)
    {
        var low = call.Optional(1)?.Array.Values[0] ?? call.Number("min", double.NegativeInfinity);
        var high = call.Optional(2)?.Array.Values[0] ?? call.Number("max", double.PositiveInfinity);
        return call.Result(OnnxLoops.Run("hard_tanh", [("low", low), ("high", high)], call.Array(0))[0]);
    }
}
