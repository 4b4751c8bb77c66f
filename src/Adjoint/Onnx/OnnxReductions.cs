namespace Adjoint;

/// <summary>Operators that fold axes into one number, run along them, or normalise over them.</summary>
static class OnnxReductions
{
    const string LastMaximum = """
        last_maximum(x[..,j]) -> y
          m[..] max= x[..,j]
          y[..] max= j  if x[..,j] == m[..]
        """;

    const string LastMinimum = """
        last_minimum(x[..,j]) -> y
          m[..] min= x[..,j]
          y[..] max= j  if x[..,j] == m[..]
        """;

    // The small number is added to the deviation, not to the variance.
    const string Standardize = """
        standardize_by_deviation(x[..,j]; eps = 1e-9) -> y
          mean[..] += x[..,j] / #j
          var[..]  += square(x[..,j] - mean[..]) / #j
          y[..,j]  = (x[..,j] - mean[..]) / (sqrt(var[..]) + eps)
        """;

    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["ReduceL1"] = Reduce("norm_l1"),
        ["ReduceL2"] = Reduce("norm_l2"),
        ["ReduceLogSum"] = Reduce("log_sum"),
        ["ReduceLogSumExp"] = Reduce("logsumexp"),
        ["ReduceMax"] = Reduce("max"),
        ["ReduceMean"] = Reduce("mean"),
        ["ReduceMin"] = Reduce("min"),
        ["ReduceProd"] = Reduce("product"),
        ["ReduceSum"] = Reduce("sum"),
        ["ReduceSumSquare"] = Reduce("sum_square"),
        ["ArgMax"] = Position("arg_max", LastMaximum),
        ["ArgMin"] = Position("arg_min", LastMinimum),
        ["Softmax"] = Normalize("softmax"),
        ["LogSoftmax"] = Normalize("log_softmax"),
        ["Hardmax"] = Normalize("hardmax"),
        ["MeanVarianceNormalization"] = call =>
            Along(call, call.Axes(call.Integers("axes") ?? [0, 2, 3], call[0].Rank), keep: true, Standardize),
        ["CumSum"] = CumulativeSum,
        ["CumProd"] = CumulativeProduct,
    };

    static OnnxValue[] Along(OnnxCall call, int[] axes, bool keep, string loops) =>
        call.Result(OnnxLayout.AlongLast(call.Array(0), axes, keep, x => OnnxLoops.Run(loops, x)));

    // Without axes all are reduced, unless the node says that none is.
    static OnnxRule Reduce(string loops) => call =>
    {
        var axes = call.IntegersOf(1, "axes") ?? [];
        if (axes.Length == 0 && !call.Flag("noop_with_empty_axes")) axes = [.. Enumerable.Range(0, call[0].Rank)];
        return Along(call, call.Axes(axes, call[0].Rank), call.Flag("keepdims", true), loops);
    };

    static OnnxRule Position(string first, string last) => call =>
    {
        int[] axes = [call.Axis(call.Integer("axis", 0), call[0].Rank)];
        var loops = call.Flag("select_last_index") ? last : first;
        var y = OnnxLayout.AlongLast(call.Array(0), axes, call.Flag("keepdims", true), x => OnnxLoops.Run(loops, x));
        return [OnnxValue.Of(DType.Int64, y)];
    };

    // Up to version 12 the axis split the shape in two: everything from it on was normalised together.
    static OnnxRule Normalize(string loops) => call =>
    {
        var rank = call[0].Rank;
        var axis = call.Axis(call.Integer("axis", call.Opset < 13 ? 1 : -1), rank);
        return Along(call, call.Opset < 13 ? [.. Enumerable.Range(axis, rank - axis)] : [axis], keep: true, loops);
    };

    static OnnxValue[] CumulativeSum(OnnxCall call) => Cumulate(call,
        "cumulative_sum" + (call.Flag("reverse") ? "_reversed" : "") + (call.Flag("exclusive") ? "_exclusive" : ""));

    static OnnxValue[] CumulativeProduct(OnnxCall call)
    {
        var (before, edge, order) = call.Flag("reverse") ? ("t+1", "#t", " down") : ("t-1", "-1", "");
        return Cumulate(call, $"""
            cumulative_product_of(x[..,t]) -> y
              s[..,{edge}] = 1
              for t{order}:
                s[..,t] = s[..,{before}] * x[..,t]
              y[..,t] = s[..,{(call.Flag("exclusive") ? before : "t")}]
            """);
    }

    static OnnxValue[] Cumulate(OnnxCall call, string loops) =>
        Along(call, [call.Axis(call.RequiredIntegersOf(1, "axis")[0], call[0].Rank)], keep: true, loops);
}
