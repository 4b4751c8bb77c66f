using Xunit;

namespace Adjoint.Tests;

public sealed class TensorTests
{
    static readonly Definition MatMul = new("matmul(x[..,i], w[i,j]) -> y\n  y[..,j] += x[..,i] * w[i,j]");
    static readonly Definition Add = new("add(x[..], z[..]) -> y\n  y[..] = x[..] + z[..]");
    static readonly Definition Tanh = new("tanh(x[..]) -> y\n  y[..] = tanh(x[..])");
    static readonly Definition Sum = new("sum(x[..]) -> y\n  y += x[..]");

    [Fact]
    public void A_layer_and_its_gradients_are_those_of_the_formula()
    {
        var x = Tensor.Of<double>([1, 2, 3, 4, 5, 6], 3, 2);
        var w = Tensor.Of<double>([0.1, -0.2, 0.3, 0.4], 2, 2).WithGrad();
        var b = Tensor.Of<double>([0.5, -0.5], 2).WithGrad();
        var y = Tensor.Call(Tanh, [Tensor.Call(Add, [Tensor.Call(MatMul, [x, w]), b])]);
        var loss = Tensor.Call(Sum, [y]);
        loss.Backward();

        var expected = new double[3, 2];
        double total = 0;
        double[] dw = new double[4], db = new double[2];
        double[] xs = [1, 2, 3, 4, 5, 6], ws = [0.1, -0.2, 0.3, 0.4], bs = [0.5, -0.5];
        for (var r = 0; r < 3; r++)
            for (var j = 0; j < 2; j++)
            {
                var t = Math.Tanh(xs[2 * r] * ws[j] + xs[2 * r + 1] * ws[2 + j] + bs[j]);
                total += t;
                db[j] += 1 - t * t;
                dw[j] += xs[2 * r] * (1 - t * t);
                dw[2 + j] += xs[2 * r + 1] * (1 - t * t);
            }
        Assert.Equal(total, loss.Item(), 1e-12);
        Assert.Equal(dw, w.Grad!.ToArray<double>(), (a, c) => Math.Abs(a - c) < 1e-12);
        Assert.Equal(db, b.Grad!.ToArray<double>(), (a, c) => Math.Abs(a - c) < 1e-12);
    }

    static readonly Definition Descend = new("descend(w[..], g[..]; rate = 0.1) -> y\n  y[..] = w[..] - rate * g[..]");
    static readonly Definition Square = new("square(x[..]) -> y\n  y[..] = square(x[..])");

    [Fact]
    public void A_captured_step_trains_and_runs_the_user_code_once()
    {
        var w = Tensor.Of<double>([1.0, -2.0], 2).WithGrad();
        var runs = 0;
        var step = Step.Capture(x =>
        {
            runs++;
            var loss = Tensor.Call(Sum, [Tensor.Call(Square, [Tensor.Call(Add, [w, x])])]);
            loss.Backward();
            Tensor.Assign((w, Tensor.Call(Descend, [w, w.Grad!])));
            return loss;
        });
        var x = Tensor.Of<double>([0.5, 0.25], 2);
        double[] expected = [1.0, -2.0];
        for (var n = 0; n < 5; n++)
        {
            var loss = Math.Pow(expected[0] + 0.5, 2) + Math.Pow(expected[1] + 0.25, 2);
            expected = [expected[0] - 0.2 * (expected[0] + 0.5), expected[1] - 0.2 * (expected[1] + 0.25)];
            Assert.Equal(loss, step.Run(x)[0].Item(), 1e-12);
        }
        Assert.Equal(1, runs);
        Assert.Equal(expected, w.ToArray<double>(), (a, c) => Math.Abs(a - c) < 1e-12);
    }

    [Fact]
    public void Reading_a_value_inside_a_capture_is_an_error_that_says_so()
    {
        var step = Step.Capture(x =>
        {
            var y = Tensor.Call(Square, [x]);
            y.ToArray<double>();
            return y;
        });
        var error = Assert.Throws<InvalidOperationException>(() => step.Run(Tensor.Of<double>([1.0], 1)));
        Assert.Contains("while a step is captured", error.Message);
    }

    [Fact]
    public void Gradients_of_gradients_are_nothing_new()
    {
        var x = Tensor.Of<double>([0.3, -0.7], 2).WithGrad();
        Tensor.Call(Sum, [Tensor.Call(Tanh, [x])]).Backward();
        var first = x.Grad!;
        x.Grad = null;
        Tensor.Call(Sum, [first]).Backward();
        double[] expected = [.. new[] { 0.3, -0.7 }.Select(v => -2 * Math.Tanh(v) * (1 - Math.Pow(Math.Tanh(v), 2)))];
        Assert.Equal(expected, x.Grad!.ToArray<double>(), (a, c) => Math.Abs(a - c) < 1e-12);
    }
}
