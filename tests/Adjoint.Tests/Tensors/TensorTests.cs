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
}
