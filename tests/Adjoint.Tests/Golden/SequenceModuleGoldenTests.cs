using Xunit;

namespace Adjoint.Tests;

/// <summary>The golden cases of recurrent networks and attention through the modules.</summary>
public sealed class SequenceModuleGoldenTests
{
    [Fact]
    public void One_step_of_lstm_gru_and_ugrnn()
    {
        var golden = new GoldenCase("s34_gated_cells");
        var (x, h) = (Of(golden.In("x").Reshape(1, 1, 2)), Of(golden.In("h").Reshape(1, 1, 3)));
        var lstm = Loaded(new Lstm(2, 3), golden, 12).Unroll(x, [h, Of(golden.In("c").Reshape(1, 1, 3))]);
        golden.Equal(Value(lstm.State[0], 3), "lstm_h");
        golden.Equal(Value(lstm.State[1], 3), "lstm_c");
        golden.Equal(Value(Loaded(new Gru(2, 3), golden, 9).Unroll(x, [h]).Output, 3), "gru_h");
        golden.Equal(Value(Loaded(new UgRnn(2, 3), golden, 6).Unroll(x, [h]).Output, 3), "ugrnn_h");
    }

    [Fact]
    public void An_unrolled_rnn_with_its_gradients()
    {
        var golden = new GoldenCase("s3_rnn_unroll");
        var rnn = new Rnn(2, 3);
        Load(rnn, ("weight_ih_l0", golden.In("Wx")), ("weight_hh_l0", golden.In("Wh")), ("bias_ih_l0", golden.In("b")),
            ("bias_hh_l0", NdArray.Zeros(3)));
        var made = rnn.Unroll(Of(golden.In("x").Reshape(4, 1, 2)));
        var loss = made.State[0].SumSquare() * 0.5;
        loss.Backward();
        golden.Equal(Value(made.Output, 4, 3), "h");
        golden.Equal(Value(loss), "loss");
        var gradients = rnn.Parameters.ToDictionary(p => p.Name, p => p.Value.Grad!);
        golden.Equal(Value(gradients["weight_ih_l0"], 3, 2), "gWx");
        golden.Equal(Value(gradients["weight_hh_l0"], 3, 3), "gWh");
        golden.Equal(Value(gradients["bias_ih_l0"], 3), "gb");
        golden.Equal(Value(gradients["bias_hh_l0"], 3), "gb");
    }

    [Fact]
    public void Causal_attention_in_heads_and_attention_to_another_sequence()
    {
        var golden = new GoldenCase("s1_mha_causal");
        foreach (var rule in new[] { new ScaledDotProduct(isCausal: true), new ScaledDotProduct() })
        {
            var layer = new MultiHeadAttention(4, (int)golden.Number("heads"), rule);
            Load(layer, ("in_proj_weight", Rows(golden.In("Wq"), golden.In("Wk"), golden.In("Wv"))),
                ("in_proj_bias", Rows(golden.In("bq"), NdArray.Zeros(4), golden.In("bv"))),
                ("out_proj.weight", golden.In("Wo")), ("out_proj.bias", golden.In("bo")));
            var x = Of(golden.In("x").Reshape(1, 3, 4));
            if (rule.ToString() == "softmax")
            {
                golden.Equal(Value(layer.Attend(x, Of(golden.In("xa").Reshape(1, 5, 4))), 3, 4), "y_cross");
                continue;
            }
            x.WithGrad();
            var y = layer.Forward(x);
            y.Backward(Of(golden.In("dy").Reshape(1, 3, 4)));
            golden.Equal(Value(y, 3, 4), "y");
            golden.Equal(Value(x.Grad!, 3, 4), "dx");
        }

        static NdArray Rows(params NdArray[] parts)
        {
            var shape = parts[0].ShapeToArray();
            shape[0] *= parts.Length;
            return new(shape, [.. parts.SelectMany(p => p.Values.ToArray())]);
        }
    }

    [Fact]
    public void Linear_attention_full_symmetric_and_causal()
    {
        var golden = new GoldenCase("s1_maclaurin_attention");
        var random = new SplitMix64((ulong)golden.Number("seed"));
        Tensor q = Next(), k = Next(), v = Next();
        foreach (var symmetric in new[] { false, true })
        {
            // The case scales queries and keys by a half each.
            var linear = new MaclaurinAttention(2, symmetric, scale: 0.25).Attend(q, k, v);
            golden.Equal(Value(linear[0, 0, 0], 8), "scale_half", "Z_linear_deg2_row0");
            golden.Equal(Value(linear.Sum()), "scale_half", "Z_linear_sum");
            var causal = new MaclaurinAttention(2, symmetric, isCausal: true, scale: 0.25).Attend(q, k, v);
            golden.Equal(Value(causal[0, 0, 0], 8), "scale_half", "Z_causal_deg2_row0");
            golden.Equal(Value(causal[0, 0, 15], 8), "scale_half", "Z_causal_deg2_row15");
        }

        Tensor Next() => Of(NdArray.Generate([1, 1, 16, 8], _ => random.Normal()));
    }

    [Fact]
    public void What_a_gate_remembers()
    {
        foreach (var row in new GoldenCase("s4_gate_memory").Rows("rows"))
        {
            var (steps, gate) = (row.Integer("T"), row.Number("gate"));
            var cell = new UgRnn(1, 1);
            // The unit is tanh(0) and the gate the same at all times.
            Load(cell, ("weight_ih_l0", NdArray.Zeros(2, 1)), ("weight_hh_l0", NdArray.Zeros(2, 1)),
                ("bias_ih_l0", NdArray.Vector(0, Math.Log(gate / (1 - gate)))));
            var start = Of(NdArray.Generate([1, 1, 1], _ => 1)).WithGrad();
            var end = cell.Unroll(Of(NdArray.Zeros(steps, 1, 1)), [start]).State[0].Sum();
            end.Backward();
            var product = NdArray.Scalar(row.Number("product"));
            GoldenCase.Near(product, Value(end), Tolerance.DoubleRounding, "h");
            GoldenCase.Near(product, Value(start.Grad!), Tolerance.DoubleRounding, "dh");
        }
    }

    static T Loaded<T>(T model, GoldenCase golden, int rows) where T : Recurrent
    {
        Load(model, [.. new[] { ("weight_ih_l0", "W_ih"), ("weight_hh_l0", "W_hh"), ("bias_ih_l0", "b_ih"), ("bias_hh_l0", "b_hh") }
            .Where(n => model.Parameters.Any(p => p.Name == n.Item1)).Select(n => (n.Item1, First(golden.In(n.Item2))))]);
        return model;

        NdArray First(NdArray all)
        {
            var shape = all.ShapeToArray();
            var row = all.Count / shape[0];
            shape[0] = rows;
            return new(shape, all.Values[..(rows * row)]);
        }
    }

    static void Load(Module model, params (string Name, NdArray Value)[] values)
    {
        model.Initialize(0, Type);
        model.Load(values.ToDictionary(v => v.Name, v => Of(v.Value)));
    }

    static Tensor Of(NdArray array) => Tensor.Of(HostArray.FromDoubles(Type, array.ShapeToArray(), array.Values.ToArray()));

    static DType Type => GoldenBackend.Type ?? DType.Float64;

    static NdArray Value(Tensor tensor, params int[] shape) =>
        new(shape, GoldenBackend.Type is null ? Law.Of(tensor)[0] : tensor.ToHost().ToDoubles());
}
