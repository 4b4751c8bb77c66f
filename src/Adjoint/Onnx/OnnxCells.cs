namespace Adjoint;

// The cells in general: sequences of their own length, peepholes, clipped gates, activations of choice. Behind its
// length a sequence keeps its state and shows 0.

/// <summary>Recurrent programs written for one node.</summary>
static class OnnxCells
{
    /// <returns>Every step [t,b,j], the last state, and the last cell of an LSTM.</returns>
    public static NdArray[] Run(OnnxCall call, OnnxRecurrent.Inputs inputs, int direction)
    {
        var (gates, body) = call.Op switch
        {
            "LSTM" => (4, Lstm(call, direction)),
            "GRU" => (3, Gru(call, direction)),
            _ => (1, Rnn(call, direction)),
        };
        // What only an LSTM has: operands, outputs, the start and the end of the cells.
        var hasCell = call.Op == "LSTM";
        var (more, made) = hasCell ? (", c0[b,j], peep[(q,j)]", ", c_last") : ("", "");
        var (start, end) = hasCell
            ? ("  axis q < 3\n  c[-1,b,j] = c0[b,j]\n", "  c_last[b,j] = c[#t - 1,b,j]\n")
            : ("", "");
        var loops = $"""
            recurrent(x[t,b,i], w[(g,j),i], r[(g,j),k], bias[(s,g,j)], length[b], h0[b,j]{more}) -> y, last{made}
              axis g < {gates}
              axis s < 2
            {start}  h[-1,b,j] = h0[b,j]
              for t:
                a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
                a[t,b,g,j] += bias[(0,g,j)]
                u[t,b,g,j] += h[t-1,b,k] * r[(g,j),k]
                u[t,b,g,j] += bias[(1,g,j)]
            {body}
                h[t,b,j] = where(t < length[b], next[t,b,j], h[t-1,b,j])
            {end}  y[t,b,j] = where(t < length[b], h[t,b,j], 0)
              last[b,j] = h[#t - 1,b,j]
            """;
        NdArray[] operands = [inputs.X, inputs.W, inputs.R, inputs.Bias, inputs.Length, inputs.H0];
        return OnnxLoops.Run(loops, [], hasCell ? [.. operands, inputs.C0, inputs.Peepholes] : operands);
    }

    static string Rnn(OnnxCall call, int direction) => $"""
            next[t,b,j] = {Gate(call, direction, 0, "a[t,b,0,j] + u[t,b,0,j]")}
        """;

    // Gates: update, reset, new.
    static string Gru(OnnxCall call, int direction) => call.Flag("linear_before_reset") ? $"""
            update[t,b,j] = {Gate(call, direction, 0, "a[t,b,0,j] + u[t,b,0,j]")}
            reset[t,b,j] = {Gate(call, direction, 0, "a[t,b,1,j] + u[t,b,1,j]")}
            new[t,b,j] = {Gate(call, direction, 1, "a[t,b,2,j] + reset[t,b,j] * u[t,b,2,j]")}
            next[t,b,j] = (1 - update[t,b,j]) * new[t,b,j] + update[t,b,j] * h[t-1,b,j]
        """ : $"""
            update[t,b,j] = {Gate(call, direction, 0, "a[t,b,0,j] + u[t,b,0,j]")}
            reset[t,b,j] = {Gate(call, direction, 0, "a[t,b,1,j] + u[t,b,1,j]")}
            kept[t,b,j] = reset[t,b,j] * h[t-1,b,j]
            v[t,b,j] += kept[t,b,k] * r[(2,j),k]
            new[t,b,j] = {Gate(call, direction, 1, "a[t,b,2,j] + v[t,b,j] + bias[(1,2,j)]")}
            next[t,b,j] = (1 - update[t,b,j]) * new[t,b,j] + update[t,b,j] * h[t-1,b,j]
        """;

    // Gates: input, output, forget, new; peepholes: input, output, forget.
    static string Lstm(OnnxCall call, int direction) => $"""
            in[t,b,j] = {Gate(call, direction, 0, "a[t,b,0,j] + u[t,b,0,j] + peep[(0,j)] * c[t-1,b,j]")}
            forget[t,b,j] = {(call.Flag("input_forget") ? "1 - in[t,b,j]"
                : Gate(call, direction, 0, "a[t,b,2,j] + u[t,b,2,j] + peep[(2,j)] * c[t-1,b,j]"))}
            new[t,b,j] = {Gate(call, direction, 1, "a[t,b,3,j] + u[t,b,3,j]")}
            cell[t,b,j] = forget[t,b,j] * c[t-1,b,j] + in[t,b,j] * new[t,b,j]
            out[t,b,j] = {Gate(call, direction, 0, "a[t,b,1,j] + u[t,b,1,j] + peep[(1,j)] * cell[t,b,j]")}
            next[t,b,j] = out[t,b,j] * {Function(call, direction, 2, "cell[t,b,j]")}
            c[t,b,j] = where(t < length[b], cell[t,b,j], c[t-1,b,j])
        """;

    static string Gate(OnnxCall call, int direction, int which, string sum)
    {
        if (!call.Has("clip")) return Function(call, direction, which, sum);
        var limit = OnnxLoops.Text(call.Number("clip", 0));
        return Function(call, direction, which, $"min({limit}, max(-{limit}, {sum}))");
    }

    // Activations are listed direction by direction; the lists of their parameters run along.
    static string Function(OnnxCall call, int direction, int which, string x)
    {
        string[] defaults = call.Op switch
        {
            "LSTM" => ["Sigmoid", "Tanh", "Tanh"],
            "GRU" => ["Sigmoid", "Tanh"],
            _ => ["Tanh"],
        };
        var names = call.Attribute<string[]>("activations", []);
        var at = direction * defaults.Length + which;
        string Parameter(string list, double otherwise) =>
            OnnxLoops.Text(call.Attribute<double[]>(list, []).Skip(at).FirstOrDefault(otherwise));
        string Alpha(double otherwise) => Parameter("activation_alpha", otherwise);
        string Beta(double otherwise) => Parameter("activation_beta", otherwise);
        return (names.Length > at ? names[at] : defaults[which]).ToUpperInvariant() switch
        {
            "SIGMOID" => $"sigmoid({x})",
            "TANH" => $"tanh({x})",
            "RELU" => $"max(0, {x})",
            "SOFTSIGN" => $"({x}) / (1 + abs({x}))",
            "SOFTPLUS" => $"softplus({x})",
            "AFFINE" => $"{Alpha(1)} * ({x}) + {Beta(0)}",
            "LEAKYRELU" => $"max(0, {x}) + {Alpha(0.01)} * min(0, {x})",
            "THRESHOLDEDRELU" => $"where({x} > {Alpha(1)}, {x}, 0)",
            "SCALEDTANH" => $"{Alpha(1)} * tanh({Beta(1)} * ({x}))",
            "HARDSIGMOID" => $"min(1, max(0, {Alpha(0.2)} * ({x}) + {Beta(0.5)}))",
            "ELU" => $"where({x} > 0, {x}, {Alpha(1)} * (exp({x}) - 1))",
            _ => throw call.NotCovered($"activation '{names[at]}'", "one of those that ONNX lists"),
        };
    }

}
