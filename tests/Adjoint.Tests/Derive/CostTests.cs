using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class CostTests
{
    const string Lstm = """
        lstm(x[t,b,i], w[(g,j),i], u[(g,j),k], bias[(g,j)], h0[b,j], c0[b,j]) -> h
          axis g < 4
          h[-1,b,j] = h0[b,j]
          c[-1,b,j] = c0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            a[t,b,g,j] += bias[(g,j)]
            c[t,b,j] = sigmoid(a[t,b,1,j]) * c[t-1,b,j] + sigmoid(a[t,b,0,j]) * tanh(a[t,b,2,j])
            h[t,b,j] = sigmoid(a[t,b,3,j]) * tanh(c[t,b,j])
        """;

    const string SelfAttention = """
        attention(x[t,i], wq[(h,c),i], wk[(h,c),i], wv[(h,c),i], wo[i,(h,c)]; heads = 4) -> y
          axis h < heads
          axis u < #t
          q[t,h,c]   += x[t,i] * wq[(h,c),i]
          k[u,h,c]   += x[u,i] * wk[(h,c),i]
          v[u,h,c]   += x[u,i] * wv[(h,c),i]
          s[h,t,u]   += q[t,h,c] * k[u,h,c] / sqrt(#c)
          m[h,t]     max= s[h,t,u]
          e[h,t,u]   = exp(s[h,t,u] - stop(m[h,t]))
          z[h,t]     += e[h,t,u]
          p[h,t,u]   = e[h,t,u] / z[h,t]
          o[t,h,c]   += p[h,t,u] * v[u,h,c]
          y[t,i]     += o[t,h,c] * wo[i,(h,c)]
        """;

    const string Causal = """
        causal(q[t,c], k[u,c]) -> s
          s[t,u] += q[t,c] * k[u,c]  if u <= t
        """;

    const string Conv = """
        conv(x[m], w[k]; stride = 1, pad = 1) -> y
          axis p < (#m + 2*pad - #k) / stride + 1
          y[p] += x[m] * w[k]  if m == stride*p + k - pad
        """;

    static Cost Of(string text, params (string Name, Polynomial Value)[] given) =>
        Cost.Of(Parser.Parse(text), given.ToDictionary(g => g.Name, g => g.Value));

    static Rational Count(string text, params (string Name, int Value)[] sizes) =>
        Of(text, [.. sizes.Select(s => (s.Name, (Polynomial)s.Value))]).Operations.Value;

    static JsonElement Golden(string name) => JsonDocument.Parse(Repository.Read("tests", "golden", "golden.json"))
        .RootElement.GetProperty("cases").GetProperty(name).GetProperty("outputs");

    [Fact]
    public void A_matrix_product_costs_a_multiplication_and_an_addition_a_point() =>
        Assert.Equal("2 i j m", Of("matmul(x[m,i], w[i,j]) -> y\n  y[m,j] += x[m,i] * w[i,j]").Operations.ToString());

    [Fact]
    public void An_lstm_step_costs_8h_d_plus_h_plus_13h()
    {
        Polynomial t = Polynomial.Symbol("t"), d = Polynomial.Symbol("d"), h = Polynomial.Symbol("h");
        Assert.Equal(t * (8 * h * (d + h) + 13 * h), Of(Lstm, ("b", 1), ("i", d), ("j", h)).Operations);
    }

    [Fact]
    public void The_lstm_counts_of_the_course_are_exact()
    {
        foreach (var row in Golden("s024_op_counts").GetProperty("lstm").EnumerateArray())
            Assert.Equal(row.GetProperty("flops").GetInt32(),
                Count(Lstm, ("b", 1), ("t", row.GetProperty("t").GetInt32()),
                ("i", row.GetProperty("d").GetInt32()), ("j", row.GetProperty("h").GetInt32())));
    }

    [Fact]
    public void The_attention_counts_of_the_course_are_exact()
    {
        foreach (var row in Golden("s024_op_counts").GetProperty("attention").EnumerateArray())
            Assert.Equal(row.GetProperty("flops").GetInt32(),
                Count(SelfAttention, ("t", row.GetProperty("t").GetInt32()),
                ("i", row.GetProperty("n").GetInt32()), ("c", row.GetProperty("n").GetInt32() / 4)));
    }

    [Fact]
    public void The_seq2seq_counts_of_the_course_are_exact()
    {
        const string Attend = """
            attend(q[t,c], k[u,c], v[u,d]) -> y
              s[t,u] += q[t,c] * k[u,c]
              e[t,u] = exp(s[t,u])
              z[t]   += e[t,u]
              p[t,u] = e[t,u] / z[t]
              y[t,d] += p[t,u] * v[u,d]
            """;
        foreach (var row in Golden("s024_op_counts").GetProperty("seq2seq").EnumerateArray())
        {
            int Size(string name) => row.GetProperty(name).GetInt32();
            Rational Cells(int steps, int inputs) => Count(Lstm, ("b", 1), ("t", steps), ("i", inputs),
                ("j", Size("h")));
            var project = Count("project(h[t,i], w[v,i]) -> y\n  y[t,v] += h[t,i] * w[v,i]",
                ("t", Size("m")), ("i", Size("h")), ("v", Size("V")));
            var attend = Count(Attend, ("t", Size("m")), ("u", Size("n")), ("c", Size("h")), ("d", Size("h")));
            Assert.Equal(Size("plain"), Cells(Size("n"), Size("d")) + Cells(Size("m"), Size("d")) + project);
            Assert.Equal(Size("attention"), Cells(Size("n"), Size("d")) + Cells(Size("m"), Size("d") + Size("h"))
                + project + attend);
        }
    }

    [Fact]
    public void The_counts_of_quadratic_and_linear_attention_are_exact()
    {
        const string Quadratic = """
            attention(q[t,c], k[u,c], v[u,d]) -> y
              s[t,u] += q[t,c] * k[u,c]
              m[t]   max= s[t,u]
              e[t,u] = exp(s[t,u] - stop(m[t]))
              z[t]   += e[t,u]
              p[t,u] = e[t,u] / z[t]
              y[t,d] += p[t,u] * v[u,d]
            """;
        const string Linear = """
            attention(f[t,m], g[u,m], v[u,d]) -> y
              s[m,d] += g[u,m] * v[u,d]
              n[m]   += g[u,m]
              a[t,d] += f[t,m] * s[m,d]
              z[t]   += f[t,m] * n[m]
              y[t,d] = a[t,d] / z[t]
            """;
        foreach (var row in Golden("s1_attention_flops").GetProperty("rows").EnumerateArray())
        {
            int l = row.GetProperty("L").GetInt32(), d = row.GetProperty("D").GetInt32();
            var m = row.GetProperty("M").GetInt32();
            Assert.Equal(row.GetProperty("quadratic").GetInt64(),
                (long)Count(Quadratic, ("t", l), ("u", l), ("c", d), ("d", d)).Numerator);
            Assert.Equal(row.GetProperty("linear").GetInt64(),
                (long)Count(Linear, ("t", l), ("u", l), ("m", m), ("d", d)).Numerator);
        }
    }

    [Fact]
    public void A_causal_condition_counts_its_triangle() =>
        Assert.Equal("c t^2 + c t", Of(Causal, ("u", Polynomial.Symbol("t"))).Operations.ToString());

    [Fact]
    public void A_padded_convolution_counts_the_points_inside_and_reports_the_dense_count()
    {
        var cost = Of(Conv, ("k", 3));
        Assert.Equal("6 m - 4", cost.Operations.ToString());
        Assert.Equal("6 m", cost.DenseOperations.ToString());
        Assert.Equal(16, Of(Conv, ("k", 3), ("m", 6)).Lines[0].Points);
        Assert.Equal(18, Of(Conv, ("k", 3), ("m", 6)).Lines[0].Dense);
    }

    [Fact]
    public void A_strided_convolution_stays_a_named_count_that_numbers_make_exact()
    {
        var cost = Of(Conv, ("stride", 2), ("k", 3));
        Assert.Equal("2 points(p' < floor((m + 1) / 2), k' < 3, k' + 2 p' - 1 >= 0, m - k' - 2 p' >= 0)",
            cost.Operations.ToString());
        Assert.Equal(2 * 7, cost.At(new Dictionary<string, int> { ["m"] = 5 }).Operations);
        Assert.Equal("O(m)", cost.Operations.Order);
    }

    // Points of every kind of condition, against walking the box.
    [Theory]
    [InlineData("i <= j")]
    [InlineData("i < j")]
    [InlineData("i != j")]
    [InlineData("i == j + 1")]
    [InlineData("i + j < 4")]
    [InlineData("i <= j and j < i + 3")]
    [InlineData("2*i <= j")]
    [InlineData("i < 2")]
    [InlineData("i == #j - 1 - j")]
    [InlineData("i >= j - 1 and i + j > 2")]
    public void Points_of_a_condition_are_those_of_the_walked_box(string condition)
    {
        var program = Parser.Parse($"f(x[i,j]) -> y\n  y += x[i,j]  if {condition}");
        var formula = Cost.Of(program);
        var holds = program.Lines.Single().Condition!;
        for (var i = 0; i < 8; i++)
            for (var j = 0; j < 8; j++)
            {
                var points = 0;
                for (var a = 0; a < i; a++)
                    for (var b = 0; b < j; b++)
                        points += Holds(holds, a, b, j) ? 1 : 0;
                var sizes = new Dictionary<string, int> { ["i"] = i, ["j"] = j };
                Assert.Equal(points, formula.At(sizes).Lines[0].Points);
                if (i > 0 && j > 0) Assert.Equal(points, formula.Lines[0].Points.Evaluate(sizes));
            }
    }

    static bool Holds(Expr expr, int i, int j, int extentOfJ)
    {
        return expr switch
        {
            And and => Holds(and.Left, i, j, extentOfJ) && Holds(and.Right, i, j, extentOfJ),
            Compare compare => (compare.Operator, Value(compare.Left).CompareTo(Value(compare.Right))) is
                (Comparison.Equal, 0) or (Comparison.NotEqual, not 0) or (Comparison.Less, < 0)
                or (Comparison.LessOrEqual, <= 0)
                or (Comparison.Greater, > 0) or (Comparison.GreaterOrEqual, >= 0),
            _ => throw new InvalidOperationException(expr.ToString()),
        };

        int Value(Expr e) => e switch
        {
            Number number => (int)number.Value,
            AxisValue { Axis: "i" } => i,
            AxisValue => j,
            ExtentValue => extentOfJ,
            Binary { Operator: Arithmetic.Add } sum => Value(sum.Left) + Value(sum.Right),
            Binary { Operator: Arithmetic.Subtract } sum => Value(sum.Left) - Value(sum.Right),
            Binary product => Value(product.Left) * Value(product.Right),
            _ => throw new InvalidOperationException(e.ToString()),
        };
    }

    [Fact]
    public void A_condition_on_data_is_an_upper_bound()
    {
        var cost = Of("f(x[i]) -> y\n  y += x[i]  if x[i] > 0");
        Assert.Equal("i", cost.Operations.ToString());
        Assert.False(cost.IsExact);
    }

    [Fact]
    public void A_position_found_in_data_fixes_the_axes_that_number_it() =>
        Assert.Equal("b",
            Of("f(dy[b], at[b], shape x[b,i,j]) -> dx[b,i,j]\n  dx[b,i,j] += 2 * dy[b]  if i * #j + j == at[b]")
            .Operations.ToString());

    [Fact]
    public void Extents_attributes_and_signs_of_a_right_side_are_free() =>
        Assert.Equal("j",
            Of("f(x[j]; rate = 0.1) -> y\n  y[j] = -(x[j] * (2 * rate / sqrt(#j)))").Operations.ToString());

    [Fact]
    public void Both_branches_of_where_are_counted() =>
        Assert.Equal("4 j",
            Of("f(x[j]) -> y\n  y[j] = where(x[j] > 0, exp(x[j]), 2 * tanh(x[j]))").Operations.ToString());

    [Fact]
    public void Updating_an_operand_in_place_counts_its_addition() =>
        Assert.Equal("2 j", Of("sgd(w[j], g[j]; rate = 0.1) -> w'\n  w'[j] -= rate * g[j]").Operations.ToString());

    [Fact]
    public void As_written_counts_the_text()
    {
        var program = Parser.Parse("mean(x[b,j]) -> y\n  y[b] += x[b,j] / #j");
        Assert.Equal("2 b j", Cost.Of(program, asWritten: true).Operations.ToString());
        Assert.Equal("b j + b", Cost.Of(program).Operations.ToString());
    }

    [Fact]
    public void Memory_is_what_is_read_written_and_alive()
    {
        var cost = Cost.Of(Parser.Parse("""
            f(x[j], int n, shape s[k], uniform u[j]) -> y
              a[j] = x[j] + u[j]
              c[j] = a[j] * n
              y[j] = c[j] + #k
            """), kept: ["a"]);
        Assert.Equal("4 j + 4", cost.BytesRead.ToString());
        Assert.Equal("8 j", cost.BytesWritten.ToString());
        Assert.Equal("j", cost.FloatingOperands.ToString());
        Assert.Equal("j", cost.Kept.ToString());
        Assert.Equal("4 j + 1", cost.PeakLive.ToString());
    }

    [Fact]
    public void A_recurrence_is_as_deep_as_its_steps_and_a_sum_as_its_tree()
    {
        Assert.Equal("ceil(log2(i)) + 1", Of("dot(x[i], z[i]) -> y\n  y += x[i] * z[i]").CriticalPath.ToString());
        Assert.Equal("2 t", Of("f(x[t], w) -> h\n  for t:\n    h[t] = w * h[t-1] + x[t]").CriticalPath.ToString());
        Assert.Equal("O(log(h) t + log(i))", Of(Lstm, ("j", Polynomial.Symbol("h"))).CriticalPath.Order);
        Assert.Equal("O(log(c) + log(i) + log(t))", Of(SelfAttention).CriticalPath.Order);
    }

    [Fact]
    public void A_formula_and_the_count_with_numbers_agree()
    {
        foreach (var text in new[] { Lstm, SelfAttention, Causal, Conv })
        {
            var cost = Cost.Of(Parser.Parse(text));
            var sizes = cost.Operations.Symbols.Select((name, n) => (name, Size: n + 4))
                .ToDictionary(s => s.name, s => s.Size);
            Assert.Equal(cost.Operations.Evaluate(sizes), cost.At(sizes).Operations.Value);
        }
    }
}
