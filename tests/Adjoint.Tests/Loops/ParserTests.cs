using Xunit;

namespace Adjoint.Tests;

public sealed class ParserTests
{
    [Theory]
    [InlineData("""
        softmax(x[..,j]) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp(x[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """)]
    [InlineData("""
        lstm_like(x[t,b,(g,j)], h0[b,j], uniform u[b], int n; eps = 1e-5, low = -inf) -> h[t from -1,b,j], last
          axis g < 4
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,j] += x[t,b,(0,j)] * h[t-1,b,j] - (1 - -2) * -(eps - low) + -h0[b,j] / (2 * 3)  if b == 2*j + #t - 1 and (j < 2 or not b % 2 == 1)
            h[t,b,j] = where(u[b] < 0.5, pow(a[t,b,j], 2), -(3))
          last += h[#t - 1,b,j]
        """)]
    public void A_printed_program_parses_to_an_equal_one(string text)
    {
        var program = Parser.Parse(text);
        Assert.Equal(program, Parser.Parse(Printer.Print(program)));
    }
}
