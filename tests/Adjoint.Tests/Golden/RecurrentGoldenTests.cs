using Xunit;

namespace Adjoint.Tests;

public sealed class RecurrentGoldenTests
{
    [Fact]
    public void An_unrolled_rnn_shares_its_parameters_over_the_steps()
    {
        var golden = new GoldenCase("s3_rnn_unroll");
        // Half the squared length of the last state, as a program of its own: its gradient is what rnn is given.
        var loss = Parser.Parse("last_state(h[t,b,j]) -> loss\n  loss += 0.5 * square(h[#t - 1,b,j])");
        var operands = new Dictionary<string, NdArray>
        {
            ["x"] = golden.In("x").Reshape(4, 1, 2), ["w"] = golden.In("Wx"), ["u"] = golden.In("Wh"),
            ["bias"] = golden.In("b"),
            ["h0"] = NdArray.Zeros(1, 3),
        };
        var h = Forward.Of(RecurrentOps.Rnn, operands)["h"];
        var top = Gradient.OfLoss(loss, new() { ["h"] = h });
        var run = Gradient.Of(RecurrentOps.Rnn, operands, new() { ["h"] = top["dh"] });
        golden.Equal(h.Reshape(4, 3), "h");
        golden.Equal(top["loss"], "loss");
        golden.Equal(run["dw"], "gWx");
        golden.Equal(run["du"], "gWh");
        golden.Equal(run["dbias"], "gb");
    }

    [Fact]
    public void A_loop_over_time_of_ones_own_gives_the_same_as_the_op()
    {
        var golden = new GoldenCase("s3_rnn_unroll");
        var program = Parser.Parse("""
            unrolled(x[t,i], w[j,i], u[j,k], bias[j]) -> loss, h
              for t:
                a[t,j] += x[t,i] * w[j,i]
                a[t,j] += h[t-1,k] * u[j,k]
                h[t,j] = tanh(a[t,j] + bias[j])
              loss += 0.5 * square(h[#t - 1,j])
            """);
        var run = Gradient.OfLoss(program,
            new()
            {
                ["x"] = golden.In("x"), ["w"] = golden.In("Wx"), ["u"] = golden.In("Wh"),
                ["bias"] = golden.In("b")
            });
        golden.Equal(run["loss"], "loss");
        golden.Equal(run["h"], "h");
        golden.Equal(run["dw"], "gWx");
        golden.Equal(run["du"], "gWh");
        golden.Equal(run["dbias"], "gb");
    }

    [Fact]
    public void One_step_of_lstm_gru_and_ugrnn()
    {
        var golden = new GoldenCase("s34_gated_cells");
        var state = new Dictionary<string, NdArray>
        {
            ["x"] = golden.In("x").Reshape(1, 2),
            ["h"] = golden.In("h").Reshape(1, 3)
        };

        var lstm = Forward.Of(CellOps.LstmCell, new(state)
        {
            ["c"] = golden.In("c").Reshape(1, 3), ["w"] = Rows("W_ih", 0, 12), ["u"] = Rows("W_hh", 0, 12),
            ["bw"] = Rows("b_ih", 0, 12), ["bu"] = Rows("b_hh", 0, 12),
        });
        golden.Equal(lstm["h'"].Reshape(3), "lstm_h");
        golden.Equal(lstm["c'"].Reshape(3), "lstm_c");

        var gru = Forward.Of(CellOps.GruCell, new(state)
        {
            ["w"] = Rows("W_ih", 0, 9), ["u"] = Rows("W_hh", 0, 9), ["bw"] = Rows("b_ih", 0, 9),
            ["bu"] = Rows("b_hh", 0, 9),
        });
        golden.Equal(gru["h'"].Reshape(3), "gru_h");

        var ugrnn = Forward.Of(CellOps.UgrnnCell, new(state)
        {
            ["wr"] = Rows("W_ih", 0, 3), ["ur"] = Rows("W_hh", 0, 3), ["br"] = Rows("b_ih", 0, 3),
            ["wg"] = Rows("W_ih", 3, 3), ["ug"] = Rows("W_hh", 3, 3), ["bg"] = Rows("b_ih", 3, 3),
        });
        golden.Equal(ugrnn["h'"].Reshape(3), "ugrnn_h");

        NdArray Rows(string name, int first, int count)
        {
            var all = golden.In(name);
            var shape = all.ShapeToArray();
            var row = all.Count / shape[0];
            shape[0] = count;
            return new(shape, all.Values[(first * row)..((first + count) * row)]);
        }
    }

    [Fact]
    public void Networks_over_one_step_are_their_cells()
    {
        var golden = new GoldenCase("s34_gated_cells");
        var run = Forward.Of(RecurrentOps.Lstm, new()
        {
            ["x"] = golden.In("x").Reshape(1, 1, 2), ["h0"] = golden.In("h").Reshape(1, 3),
            ["c0"] = golden.In("c").Reshape(1, 3),
            ["w"] = golden.In("W_ih"), ["u"] = golden.In("W_hh"), ["bw"] = golden.In("b_ih"),
            ["bu"] = golden.In("b_hh"),
        });
        golden.Equal(run["h"].Reshape(3), "lstm_h");
        golden.Equal(run["c"].Reshape(3), "lstm_c");
    }
}
