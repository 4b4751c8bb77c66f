namespace Adjoint;

/// <summary>Losses over classes, which lie on axis 1; labels to ignore are in no sum.</summary>
static class OnnxLosses
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["NegativeLogLikelihoodLoss"] = call => call.Result(
            IsPlain(call) && call.Optional(2) is null ? OnnxLoops.Run("nll", call.Array(0), call.Array(1))
                : Loss(call, call.Array(0))),
        ["SoftmaxCrossEntropyLoss"] = call =>
        {
            var logs = OnnxLayout.AlongLast(call.Array(0), [1], keep: true, x => OnnxLoops.Run("log_softmax", x));
            return call.Result(!IsPlain(call) ? Loss(call, logs)
                : call.Optional(2) is null ? OnnxLoops.Run("cross_entropy", call.Array(0), call.Array(1))
                : OnnxLoops.Run("cross_entropy_weighted", call.Array(0), call.Array(1), call.Array(2)), logs);
        },
    };

    // What the catalogue has: one label a row, and the mean over all of them.
    static bool IsPlain(OnnxCall call) =>
        call[0].Rank == 2 && call.Text("reduction", "mean") == "mean" && !call.Has("ignore_index");

    static NdArray Loss(OnnxCall call, NdArray logs)
    {
        var ignored = call.Has("ignore_index") ? $"  if label[b,..] != {call.Integer("ignore_index", 0)}" : "";
        var weight = call.Optional(2)?.Array ?? NdArray.Generate([logs.Shape[1]], _ => 1);
        var (result, lines) = call.Text("reduction", "mean") switch
        {
            "none" => ("each[b,..]", ""),
            "sum" => ("loss", "  loss += each[b,..]"),
            _ => ("loss", $"  total += weight[label[b,..]]{ignored}\n  loss += each[b,..] / total"),
        };
        return OnnxLoops.Run($"""
            label_loss(logs[b,v,..], int label[b,..], weight[v]) -> {result}
              each[b,..] = -weight[label[b,..]] * logs[b,label[b,..],..]{ignored}
            {lines}
            """, logs, call.Array(1), weight);
    }
}
