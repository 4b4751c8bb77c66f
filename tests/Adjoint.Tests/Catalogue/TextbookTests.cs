using Xunit;

namespace Adjoint.Tests;

// The derived reverse against the backward pass a textbook writes by hand. Both are counted by one rule: an operation a
// point and function or operator, factors that do not depend on a summed axis once a sum, numbers and extents free.

public sealed class TextbookTests
{
    static readonly Polynomial B = Of("b"), C = Of("c"), D = Of("d"), H = Of("h"), I = Of("i"), J = Of("j"),
        M = Of("m"), N = Of("n"),
        T = Of("t"), U = Of("u"), V = Of("v"), Rows = Of("..");

    static Polynomial Of(string axis) => Polynomial.Symbol(axis);

    // dx = y * (dy - sum(dy * y)): multiply and add in the sum, subtract and multiply outside.
    [Fact]
    public void Softmax_takes_four_operations_an_element_and_no_exponential()
    {
        var cost = ReverseOf(SoftmaxOps.Softmax);
        AtMost(4 * Rows * J, cost);
        Assert.DoesNotContain("exp", cost.ByKind.Keys);
    }

    // dx = dy - softmax * sum(dy), with the exponentials e and their sum z kept: the sum 1, its quotient by z once a
    // row, multiply and subtract; the first contribution to dx is counted like any other.
    [Fact]
    public void Log_softmax() => AtMost(4 * Rows * J + Rows, ReverseOf(SoftmaxOps.LogSoftmax));

    // The formulas of Ioffe and Szegedy (arXiv:1502.03167, section 3), here over the elements of a row, n kept:
    //   dn = dy * gain                                     1
    //   dvar = sum(dn * (x - mean)) * -1/2 (var + eps)^-3/2    3, and 4 a row: add, power, two products
    //   dmean = sum(dn) / -sqrt(var + eps)                 1, and 3 a row
    //         + dvar * sum(-2 (x - mean)) / j              1, and 5 a row: the mean leaves the sum of x
    //   dx = dn / sqrt(var + eps) + dvar * 2 (x - mean) / j + dmean / j    3 + 3 + 1, and 2 additions
    //   dgain = sum(dy * n), dbias = sum(dy)               2 + 1
    static Polynomial IoffeSzegedy(Polynomial elements, Polynomial rows) => 18 * elements + 12 * rows;

    [Fact]
    public void Layer_norm() => AtMost(IoffeSzegedy(Rows * J, Rows), ReverseOf(NormOps.LayerNorm));

    [Fact]
    public void Batch_norm() => AtMost(IoffeSzegedy(B * C * Rows, C), ReverseOf(NormOps.BatchNorm));

    // One step and example of backpropagation through time (Hochreiter and Schmidhuber's cell with forget gate):
    //   dout = dh * tanh(c)                                  1
    //   dc += dh * out * (1 - tanh(c)²)                      5
    //   din = dc * new, dnew = dc * in, dforget = dc * c', dc' = dc * forget    4
    //   three times gate * (1 - gate) * dgate, and (1 - new²) * dnew            12
    //   dbias += da                                          4
    //   dh' = U^T da, dU += da h', dx = W^T da, dW += da x   multiply and add for 4h rows each
    [Fact]
    public void Lstm_step()
    {
        var products = 16 * H * (I + H);
        AtMost(T * B * (26 * H + products), ReverseOf(RecurrentOps.LstmOneBias, ("j", H), ("k", H)));
        // The cells are a result, too, with a gradient of their own: one addition more.
        AtMost(T * B * (27 * H + products), ReverseOf(RecurrentOps.Lstm, ("j", H), ("k", H)));
    }

    // dv = p^T dy, dp = dy v^T, ds = p * (dp - sum(dp * p)), dq = ds k / sqrt(c), dk = ds^T q / sqrt(c).
    [Fact]
    public void Attention() =>
        AtMost(B * (4 * T * U * D + 4 * T * U + 4 * T * U * C + T * C + U * C), ReverseOf(AttentionOps.Attention));

    // dx and dw multiply and add once for each product of the forward pass, dbias adds every element of dy.
    [Fact]
    public void Convolution()
    {
        var (k, l) = (3, 2);
        var (p, q) = (M - k + 1, N - l + 1);
        AtMost(4 * B * I * J * k * l * p * q + B * J * p * q, ReverseOf(ConvolutionOps.Conv2d, ("k", k), ("l", l)));
    }

    // With padding the products that meet it are left out, by the forward pass and by both of the reverse.
    [Fact]
    public void Padded_convolution()
    {
        var sizes = new Dictionary<string, int>
        {
            ["b"] = 2, ["i"] = 3, ["j"] = 5, ["m"] = 8, ["n"] = 7, ["k"] = 3, ["l"] = 3, ["pad"] = 1, ["stride"] = 2,
        };
        var reverse = Reverse.Of(ConvolutionOps.Conv2d.Program)!;
        var forward = Cost.Of(reverse.Forward).At(sizes).Lines[0].Points;
        const int Outputs = 2 * 5 * 4 * 4;
        AtMost(2 * (2 * forward) + Outputs, Cost.Of(reverse.Program).At(sizes));
    }

    // One addition for each number looked up.
    [Fact]
    public void Embedding() => AtMost(Rows * D, ReverseOf(IndexOps.Embedding));

    // dx = (p - onehot) * dloss / b with p = e / z from the kept exponentials: divide, subtract, multiply.
    [Fact]
    public void Cross_entropy()
    {
        // From two classes on; with one there is nothing to learn.
        Polynomial classes = V + 1;
        AtMost(3 * B * classes + 1, ReverseOf(ClassificationLossOps.CrossEntropy, ("v", classes)));
    }

    [Fact]
    public void A_dearer_reverse_is_noticed() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AtMost(4 * Rows * J - 1, ReverseOf(SoftmaxOps.Softmax)));

    static Cost ReverseOf(Op op, params (string Axis, Polynomial Size)[] given) =>
        Cost.Of(Reverse.Of(op.Program)!, given.ToDictionary(g => g.Axis, g => g.Size)).Reverse;

    static void AtMost(Polynomial textbook, Cost derived) => Assert.True((textbook - derived.Operations).AtLeast(0),
        $"derived {derived.Operations}, textbook {textbook}\n"
        + string.Join('\n', derived.Lines.Select(l => $"  {Printer.Print(l.Line)}   {l.Operations}")));
}
