namespace Adjoint;

// Update rules of the training domain. A node may update several tensors: after rate and step come all tensors, all
// gradients and all states; outputs are all tensors, then all states.

/// <summary>Optimizer steps.</summary>
static class OnnxOptimizers
{
    const string Adagrad = """
        adagrad_step(x[..], g[..], h[..]; rate = 1, eps = 0, decay = 0) -> x', h'
          r[..] = g[..] + decay * x[..]
          h'[..] = h[..] + square(r[..])
          x'[..] -= rate * r[..] / (sqrt(h'[..]) + eps)
        """;

    const string Adam = """
        adam_step(x[..], g[..], v[..], h[..]; rate = 1, alpha = 1, beta = 1, eps = 0, decay = 0, last = 0) -> x', v', h'
          r[..]  = g[..] + decay * x[..]
          v'[..] = alpha * v[..] + (1 - alpha) * r[..]
          h'[..] = beta * h[..] + (1 - beta) * square(r[..])
          x'[..] = (1 - last) * (x[..] - rate * v'[..] / (sqrt(h'[..]) + eps))
        """;

    const string Momentum = """
        momentum_step(x[..], g[..], v[..]; rate = 1, alpha = 1, beta = 1, decay = 0, ahead = 0) -> x', v'
          r[..] = g[..] + decay * x[..]
          v'[..] = alpha * v[..] + beta * r[..]
          x'[..] -= rate * where(ahead > 0, r[..] + alpha * v'[..], v'[..])
        """;

    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Adagrad"] = call =>
        {
            var rate = Rate(call) / (1 + Step(call) * call.Number("decay_factor", 0));
            return Update(call, Adagrad, 1,
                [("rate", rate), ("eps", call.Number("epsilon", 1e-6)), ("decay", call.Number("norm_coefficient", 0))]);
        },
        ["Adam"] = call =>
        {
            var (alpha, beta, step) = (call.Number("alpha", 0.9), call.Number("beta", 0.999), Step(call));
            var unbiased = step > 0 ? Math.Sqrt(1 - Math.Pow(beta, step)) / (1 - Math.Pow(alpha, step)) : 1;
            return Update(call, Adam, 2,
                [("rate", Rate(call) * unbiased), ("alpha", alpha), ("beta", beta),
                ("eps", call.Number("epsilon", 1e-6)), ("decay", call.Number("norm_coefficient", 0)),
                ("last", call.Number("norm_coefficient_post", 0))]);
        },
        ["Momentum"] = call =>
        {
            var beta = Step(call) > 0 ? call.Number("beta", 1) : 1;
            var isAhead = call.Text("mode", "standard") == "nesterov";
            return Update(call, Momentum, 1,
                [("rate", Rate(call)), ("alpha", call.Number("alpha", 0.9)), ("beta", beta),
                ("decay", call.Number("norm_coefficient", 0)), ("ahead", isAhead ? 1 : 0)]);
        },
    };

    static double Rate(OnnxCall call) => call.Array(0).Values[0];

    static double Step(OnnxCall call) => call.Array(1).Values[0];

    static OnnxValue[] Update(OnnxCall call, string loops, int states, (string, double)[] attributes)
    {
        var count = (call.InputCount - 2) / (2 + states);
        var outputs = new OnnxValue[count * (1 + states)];
        for (var i = 0; i < count; i++)
        {
            var operands = Enumerable.Range(0, 2 + states).Select(group => call.Array(2 + group * count + i)).ToArray();
            var results = OnnxLoops.Run(loops, attributes, operands);
            for (var group = 0; group < results.Length; group++)
                outputs[group * count + i] = OnnxValue.Of(call[2 + i].Type, results[group]);
        }
        return outputs;
    }
}
