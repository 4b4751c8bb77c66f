using Xunit;

namespace Adjoint.Tests;

public sealed class CostGoldenTests
{
    [Fact]
    public void Lstm_steps()
    {
        foreach (var row in new GoldenCase("s024_op_counts").Rows("lstm"))
        {
            var (t, d, h) = (row.Integer("t"), row.Integer("d"), row.Integer("h"));
            row.Equal(Operations(RecurrentOps.LstmOneBias, ("b", 1), ("t", t), ("i", d), ("j", h)), "flops");
        }
    }

    [Fact]
    public void A_second_bias_vector_is_added_to_the_first_once()
    {
        Polynomial t = Polynomial.Symbol("t"), j = Polynomial.Symbol("j");
        var given = new Dictionary<string, Polynomial> { ["b"] = 1, ["t"] = t, ["j"] = j };
        Assert.Equal(Cost.Of(RecurrentOps.LstmOneBias.Program, given).Operations + 4 * j,
            Cost.Of(RecurrentOps.Lstm.Program, given).Operations);
    }

    [Fact]
    public void Self_attention_layers()
    {
        foreach (var row in new GoldenCase("s024_op_counts").Rows("attention"))
        {
            var (t, n, heads) = (row.Integer("t"), row.Integer("n"), row.Integer("heads"));
            // The case has no biases: four products of t rows, each with n additions a row less.
            row.Equal(Operations(AttentionOps.MultiheadAttention, Layer(t, n, heads)) - 4 * t * n, "flops");
        }
    }

    // What a step does beside its products (softmax) is not in the case. A product is one addition a multiplication.
    [Fact]
    public void Generation_with_and_without_a_cache()
    {
        var golden = new GoldenCase("s024_op_counts");
        foreach (var row in golden.Rows("generation_attention_part_no_cache"))
            row.Equal(Sum(row, t => Products(AttentionOps.MultiheadAttention, Layer(t, row.Integer("n"), 1))), "flops");
        foreach (var row in golden.Rows("generation_attention_part_kv_cache"))
            row.Equal(Sum(row, t => Products(GenerationOps.MultiheadAttentionStep, Step(t, row.Integer("n")))),
                "flops");

        static double Sum(GoldenRow row, Func<int, double> ofStep) => Enumerable.Range(1, row.Integer("N")).Sum(ofStep);

        static (string, int)[] Step(int t, int n) =>
            [("b", 1), ("i", n), ("h", 1), ("u", t), ("c", n), ("d", n), ("j", n)];
    }

    [Fact]
    public void Translation_with_and_without_attention()
    {
        var golden = new GoldenCase("s024_op_counts");
        var programs = Parser.ParseAll(Repository.Read("examples", "seq2seq.loops"));
        Rational Count(int program, params (string, int)[] sizes) =>
            Cost.Of(programs[program], Given(sizes)).Operations.Value;
        foreach (var row in golden.Rows("seq2seq"))
        {
            (string, int)[] sizes = [.. new[] { "n", "m", "d", "h", "V" }.Select(name => (name, row.Integer(name)))];
            row.Equal((double)Count(0, sizes).Numerator, "plain");
            row.Equal((double)Count(1, sizes).Numerator, "attention");
        }
        golden.Equal((double)MixedDifference(0).Numerator, "second_difference_nm", "plain");
        golden.Equal((double)MixedDifference(1).Numerator, "second_difference_nm", "attention");

        // What neither length explains alone.
        Rational MixedDifference(int program)
        {
            Rational At(int n, int m) => Count(program, ("n", n), ("m", m), ("d", 32), ("h", 64), ("V", 1000));
            return At(20, 20) - At(20, 10) - At(10, 20) + At(10, 10);
        }
    }

    [Fact]
    public void Quadratic_and_linear_attention()
    {
        foreach (var row in new GoldenCase("s1_attention_flops").Rows("rows"))
        {
            var (l, d, m) = (row.Integer("L"), row.Integer("D"), row.Integer("M"));
            row.Equal(Operations(AttentionOps.AttentionUnscaled, ("b", 1), ("t", l), ("u", l), ("c", d), ("d", d)),
                "quadratic");
            row.Equal(Operations(LinearAttentionOps.LinearAttention, ("..", 1), ("t", l), ("u", l), ("m", m), ("d", d)),
                "linear");
        }
    }

    // A feature of degree r is r - 1 multiplications beyond its word, so the points of these lines are the features.
    [Fact]
    public void Numbers_of_features()
    {
        string[] full = ["f[c] = x[c]", "f[c,e] = x[c] * x[e]", "f[c,e,g] = x[c] * x[e] * x[g]"];
        string[] symmetric = [full[0], full[1] + "  if e <= c", full[2] + "  if e <= c and g <= e"];
        foreach (var row in new GoldenCase("s1_feature_dims").Rows("rows"))
        {
            var (d, terms) = (row.Integer("D"), row.Integer("K_terms"));
            row.Equal(1 + full.Take(terms - 1).Sum(line => Features(line, d)), "M");
            row.Equal(1 + symmetric.Take(terms - 1).Sum(line => Features(line, d)), "M_symmetric");
            row.Equal(1 + Enumerable.Range(1, terms).Sum(degree => Math.Pow(d, degree)), "M_seed_formula_sum_to_K");
            if (d > 8) continue;
            Assert.Equal(row.Integer("M"), MaclaurinTable.Of(d, terms - 1).Count);
            Assert.Equal(row.Integer("M_symmetric"), MaclaurinTable.Of(d, terms - 1, symmetric: true).Count);
        }

        static double Features(string line, int d)
        {
            var program = Parser.Parse($"features(x[c]) -> f\n  axis e < #c\n  axis g < #c\n  {line}");
            return (double)Cost.Of(program, Given(("c", d))).Lines.Single().Points.Value.Numerator;
        }
    }

    [Fact]
    public void Numbers_kept_while_training()
    {
        Polynomial h = Polynomial.Symbol("h"), c = Polynomial.Symbol("c");
        var golden = new GoldenCase("s024_op_counts");
        Assert.Equal("t*n*L", golden.Text("train_activation_floats", "rnn"));
        Assert.Equal("O(L n t)", Kept("rnn").Order);
        // Here n is h heads of c channels; the feed-forward net is four times as wide.
        Assert.Equal("L*(heads*t^2 + c*t*n)", golden.Text("train_activation_floats", "transformer"));
        Assert.Equal("O(L c h t + L h t^2)", Kept("transformer", ("n", h * c), ("f", 4 * h * c)).Order);

        static Polynomial Kept(string example, params (string Axis, Polynomial Size)[] given) =>
            Cost.Of(Reverse.Of(Parser.ParseAll(Repository.Read("examples", example + ".loops"))[0])!,
                given.ToDictionary(g => g.Axis, g => g.Size)).Forward.Kept;
    }

    [Fact]
    public void Depth_of_an_unrolled_network()
    {
        var golden = new GoldenCase("s024_op_counts");
        // Multiply, add and tanh: a cell of depth 3.
        var cell = Parser.Parse("f(x[t], w) -> h\n  for t:\n    h[t] = tanh(w * h[t-1] + x[t])");
        golden.Equal(Depth(9 + 1), "depth", "T_9_c_3");
        golden.Equal(Depth(99 + 1), "depth", "T_99_c_3");

        double Depth(int steps) => (double)Cost.Of(cell, Given(("t", steps))).CriticalPath.Value.Numerator;
    }

    [Fact]
    public void Paths_between_distant_positions()
    {
        var golden = new GoldenCase("s024_op_counts");
        Polynomial t = Polynomial.Symbol("t"), r = Polynomial.Symbol("r");
        Assert.Equal("t", golden.Text("path_length", "rnn"));
        Assert.Equal(t, Path(RecurrentOps.Rnn, "h", "x", t));
        Assert.Equal("1", golden.Text("path_length", "full_attention"));
        Assert.Equal(1, Path(AttentionOps.Attention, "y", "k", t, "u"));
        // A window of r + 1 positions reaches r positions back.
        Assert.Equal("ceil(t/r)", golden.Text("path_length", "window_r"));
        Assert.Equal(Polynomial.FloorDivide(t + r - 1, r),
            Path(AttentionOps.AttentionWindowed, "y", "k", t, "u", r + 1));
        golden.Equal((double)Path(AttentionOps.AttentionWindowed, "y", "k", 1024, "u", 64 + 1).Value.Numerator,
            "depth", "window_r_hops", "t=1024,r=64");

        static Polynomial Path(Op op, string output, string operand, Polynomial distance, string axis = "t",
            Polynomial? window = null)
        {
            var given = new Dictionary<string, Polynomial>
            {
                ["t"] = Polynomial.Symbol("t"),
                ["u"] = Polynomial.Symbol("t")
            };
            if (window is not null) given["window"] = window;
            return Mixing.Of(op.Program, given).Between(output, "t", operand, axis)!.PathLength(distance)!;
        }
    }

    static (string, int)[] Layer(int t, int n, int heads) =>
        [("b", 1), ("t", t), ("u", t), ("i", n), ("r", n), ("j", n), ("heads", heads), ("c", n / heads),
            ("d", n / heads)];

    static Dictionary<string, Polynomial> Given(params (string Name, int Value)[] sizes) =>
        sizes.ToDictionary(s => s.Name, s => (Polynomial)s.Value);

    static double Operations(Op op, params (string, int)[] sizes) =>
        (double)Cost.Of(op.Program, Given(sizes)).Operations.Value.Numerator;

    static double Products(Op op, params (string, int)[] sizes) =>
        2 * (double)Cost.Of(op.Program, Given(sizes)).ByKind["multiply"].Value.Numerator;
}
