namespace Adjoint;

/// <summary>Operators that bring groups of numbers to mean 0, variance 1 or length 1.</summary>
static class OnnxNorms
{
    // The running variance is that of the batch, without the correction for its size that PyTorch makes.
    const string BatchNormTraining = """
        batch_norm_training(x[b,c,..], gain[c], bias[c], mean[c], var[c]; eps = 1e-5, momentum = 0.9) -> y, mean', var'
          m[c] += x[b,c,..] / (#b*#..)
          v[c] += square(x[b,c,..] - m[c]) / (#b*#..)
          y[b,c,..] = gain[c] * (x[b,c,..] - m[c]) / sqrt(v[c] + eps) + bias[c]
          mean'[c] = momentum * mean[c] + (1 - momentum) * m[c]
          var'[c] = momentum * var[c] + (1 - momentum) * v[c]
        """;

    const string Statistics = """
        statistics(x[..,j]; eps = 1e-5) -> mean, scale
          mean[..]  += x[..,j] / #j
          var[..]   += square(x[..,j] - mean[..]) / #j
          scale[..] = 1 / sqrt(var[..] + eps)
        """;

    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["BatchNormalization"] = Batch,
        ["InstanceNormalization"] = call =>
            call.Result(OnnxLoops.Run("instance_norm", [Epsilon(call)], call.Array(0), call.Array(1), call.Array(2))),
        ["GroupNormalization"] = Group,
        ["LayerNormalization"] = Layer,
        ["RMSNormalization"] = call =>
        {
            var (_, x, gain) = Rows(call, call.Array(1));
            var y = OnnxLoops.Run("rms_norm", [Epsilon(call)], x, gain)[0];
            return call.Result(y.Reshape(call.Array(0).ShapeToArray()));
        },
        ["LpNormalization"] = call => call.Result(OnnxLayout.AlongLast(call.Array(0),
            [call.Axis(call.Integer("axis", -1), call[0].Rank)], keep: true,
            x => OnnxLoops.Run(call.Integer("p", 2) == 1 ? "normalize_l1" : "normalize_l2", x))),
    };

    static (string, double) Epsilon(OnnxCall call) => ("eps", call.Number("epsilon", 1e-5));

    static OnnxValue[] Batch(OnnxCall call)
    {
        NdArray[] operands = [.. Enumerable.Range(0, 5).Select(call.Array)];
        if (!call.Flag("training_mode"))
            return call.Result(OnnxLoops.Run("batch_norm_inference", [Epsilon(call)], operands));
        return call.Result(OnnxLoops.Run(
            BatchNormTraining, [Epsilon(call), ("momentum", call.Number("momentum", 0.9))], operands));
    }

    // Before version 21 there was one gain a group.
    static OnnxValue[] Group(OnnxCall call)
    {
        var groups = call.Integer("num_groups", 1);
        var channels = call[0].Shape[1];
        NdArray PerChannel(NdArray x) => x.Count == channels ? x
            : OnnxLayout.Expand(x.Reshape(groups, 1), [groups, channels / groups]).Reshape(channels);
        return call.Result(OnnxLoops.Run("group_norm", [("groups", groups), Epsilon(call)],
            call.Array(0), PerChannel(call.Array(1)), PerChannel(call.Array(2))));
    }

    static OnnxValue[] Layer(OnnxCall call)
    {
        var (leading, x, gain) = Rows(call, call.Array(1));
        var bias = call.Optional(2) is { } given ? Rows(call, given.Array).Row : NdArray.Zeros(gain.Count);
        var y = OnnxLoops.Run("layer_norm", [Epsilon(call)], x, gain, bias)[0].Reshape(call.Array(0).ShapeToArray());
        if (call.OutputCount == 1) return call.Result(y);
        int[] kept = [.. leading, .. OnnxShapes.Ones(call[0].Rank - leading.Length)];
        var type = OnnxShapes.TypeOf(call, call.Integer("stash_type", 1));
        var statistics = OnnxLoops.Run(Statistics, [Epsilon(call)], x);
        return [.. call.Result(y), .. statistics.Select(s => OnnxValue.Of(type, s.Reshape(kept)))];
    }

    // Everything from the axis on is one row; what scales it broadcasts to it.
    static (int[] Leading, NdArray X, NdArray Row) Rows(OnnxCall call, NdArray row)
    {
        var axis = call.Axis(call.Integer("axis", -1), call[0].Rank);
        int[] leading = [.. call[0].Shape.Take(axis)], shape = [.. call[0].Shape.Skip(axis)];
        var size = OnnxLayout.Count(shape);
        return (leading, call.Array(0).Reshape([.. leading, size]), OnnxLayout.Expand(row, shape).Reshape(size));
    }
}
