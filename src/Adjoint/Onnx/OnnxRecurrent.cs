namespace Adjoint;

// Recurrent networks, one program a direction. Backward in time is the forward program on sequences turned round.
// What the catalogue has is run from there, with the gates brought into its order; what ONNX lets vary beyond is
// OnnxCells.cs.

/// <summary>RNN, GRU and LSTM.</summary>
static class OnnxRecurrent
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["RNN"] = call => Run(call, 1, 1),
        ["GRU"] = call => Run(call, 3, 1),
        ["LSTM"] = call => Run(call, 4, 2),
    };

    /// <summary>
    /// What one direction works on: x [t,b,i], w [(g,j),i], r [(g,j),k], bias [(s,g,j)], length [b], h0 and c0 [b,j].
    /// </summary>
    public sealed record Inputs(
        NdArray X, NdArray W, NdArray R, NdArray Bias, NdArray Length, NdArray H0, NdArray C0, NdArray Peepholes);

    static OnnxValue[] Run(OnnxCall call, int gates, int states)
    {
        var isBatchFirst = call.Integer("layout", 0) == 1;
        var x = isBatchFirst ? OnnxLayout.Transpose(call.Array(0), [1, 0, 2]) : call.Array(0);
        var (steps, batch, size) = (x.Shape[0], x.Shape[1], call[2].Shape[^1]);
        var length = call.Optional(4)?.Array ?? NdArray.Generate([batch], _ => steps);
        var direction = call.Text("direction", "forward");
        var count = direction == "bidirectional" ? 2 : 1;
        var results = new NdArray[count][];
        for (var d = 0; d < count; d++)
        {
            var isReversed = direction == "reverse" || d == 1;
            NdArray Turned(NdArray y) => isReversed ? OnnxGathers.ReverseInTime(y, 0, 1, length) : y;
            NdArray Given(int input, params int[] shape)
            {
                if (call.Optional(input)?.Array is not { } value) return NdArray.Zeros(shape);
                return First(input is 5 or 6 && isBatchFirst ? OnnxLayout.Transpose(value, [1, 0, 2]) : value, d);
            }
            var inputs = new Inputs(Turned(x), Given(1), Given(2), Given(3, 2 * gates * size), length,
                Given(5, batch, size), Given(6, batch, size), Given(7, 3 * size));
            results[d] = IsPlain(call) ? Plain(call, inputs, gates) : OnnxCells.Run(call, inputs, d);
            results[d][0] = Turned(results[d][0]);
        }
        // Every step is [t,d,b,j], the last states [d,b,j]; with the batch first [b,t,d,j] and [b,d,j].
        NdArray Stacked(int output) =>
            OnnxShapes.Join([.. results.Select(r => r[output].Reshape([1, .. r[output].Shape]))], 0);
        NdArray[] last = [.. Enumerable.Range(1, states).Select(Stacked)];
        return call.Result([OnnxLayout.Transpose(Stacked(0), isBatchFirst ? [2, 1, 0, 3] : [1, 0, 2, 3]),
            .. isBatchFirst ? last.Select(state => OnnxLayout.Transpose(state, [1, 0, 2])) : last]);
    }

    static bool IsPlain(OnnxCall call) => !call.Has("activations") && !call.Has("clip") && !call.Flag("input_forget")
        && call.Optional(4) is null && call.Optional(7) is null;

    // The catalogue's gates are reset, update, new and input, forget, new, output.
    static NdArray[] Plain(OnnxCall call, Inputs inputs, int gates)
    {
        int[] order = gates switch { 4 => [0, 2, 3, 1], 3 => [1, 0, 2], _ => [0] };
        NdArray Ordered(NdArray x)
        {
            var rows = x.Reshape(gates, x.Count / gates);
            var at = NdArray.Generate([gates], i => order[i]);
            return OnnxLoops.Run("gather_rows", rows, at).Reshape(x.ShapeToArray());
        }
        var (w, u) = (Ordered(inputs.W), Ordered(inputs.R));
        var biases = inputs.Bias.Reshape(2, inputs.Bias.Count / 2);
        var (bw, bu) = (Ordered(First(biases, 0)), Ordered(First(biases, 1)));
        var results = call.Op switch
        {
            "LSTM" => OnnxLoops.Run("lstm", [], inputs.X, w, u, bw, bu, inputs.H0, inputs.C0),
            "GRU" when call.Flag("linear_before_reset") =>
                OnnxLoops.Run("gru", [], inputs.X, w, u, bw, bu, inputs.H0),
            "GRU" => OnnxLoops.Run("gru_reset_first", [], inputs.X, w, u, OnnxLoops.Run("add", bw, bu), inputs.H0),
            _ => OnnxLoops.Run("rnn", [], inputs.X, w, u, OnnxLoops.Run("add", bw, bu), inputs.H0),
        };
        return [results[0], .. results.Select(state => First(state, state.Shape[0] - 1))];
    }

    // One cell of the first axis.
    static NdArray First(NdArray x, int cell)
    {
        int[] rest = [.. x.Shape.Skip(1)];
        var size = OnnxLayout.Count(rest);
        return new(rest, x.Values[(cell * size)..((cell + 1) * size)]);
    }
}
