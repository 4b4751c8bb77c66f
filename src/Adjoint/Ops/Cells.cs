namespace Adjoint;

/// <summary>One step of a recurrent network, and gates without a past: x [b, i], states h, c [b, j].</summary>
public static class CellOps
{
    /// <summary>One step of rnn.</summary>
    public static readonly Op RnnCell = Op.Define("""
        rnn_cell(x[b,i], h[b,j], w[j,i], u[j,k], bias[j]) -> h'
          a[b,j] += x[b,i] * w[j,i]
          a[b,j] += h[b,k] * u[j,k]
          a[b,j] += bias[j]
          h'[b,j] = tanh(a[b,j])
        """);

    /// <summary>One step of ugrnn.</summary>
    public static readonly Op UgrnnCell = Op.Define("""
        ugrnn_cell(x[b,i], h[b,j], wr[j,i], ur[j,k], br[j], wg[j,i], ug[j,k], bg[j]) -> h'
          r[b,j] += x[b,i] * wr[j,i]
          r[b,j] += h[b,k] * ur[j,k]
          r[b,j] += br[j]
          g[b,j] += x[b,i] * wg[j,i]
          g[b,j] += h[b,k] * ug[j,k]
          g[b,j] += bg[j]
          gate[b,j] = sigmoid(g[b,j])
          unit[b,j] = tanh(r[b,j])
          h'[b,j] = gate[b,j] * h[b,j] + (1 - gate[b,j]) * unit[b,j]
        """);

    /// <summary>One step of gru.</summary>
    public static readonly Op GruCell = Op.Define("""
        gru_cell(x[b,i], h[b,j], w[(g,j),i], u[(g,j),k], bw[(g,j)], bu[(g,j)]) -> h'
          axis g < 3
          a[b,g,j] += x[b,i] * w[(g,j),i]
          a[b,g,j] += bw[(g,j)]
          c[b,g,j] += h[b,k] * u[(g,j),k]
          c[b,g,j] += bu[(g,j)]
          r[b,j] = sigmoid(a[b,0,j] + c[b,0,j])
          z[b,j] = sigmoid(a[b,1,j] + c[b,1,j])
          n[b,j] = tanh(a[b,2,j] + r[b,j] * c[b,2,j])
          h'[b,j] = (1 - z[b,j]) * n[b,j] + z[b,j] * h[b,j]
        """);

    /// <summary>One step of lstm.</summary>
    public static readonly Op LstmCell = Op.Define("""
        lstm_cell(x[b,i], h[b,j], c[b,j], w[(g,j),i], u[(g,j),k], bw[(g,j)], bu[(g,j)]) -> h', c'
          axis g < 4
          a[b,g,j] += x[b,i] * w[(g,j),i]
          a[b,g,j] += h[b,k] * u[(g,j),k]
          a[b,g,j] += bw[(g,j)] + bu[(g,j)]
          in[b,j]     = sigmoid(a[b,0,j])
          forget[b,j] = sigmoid(a[b,1,j])
          new[b,j]    = tanh(a[b,2,j])
          out[b,j]    = sigmoid(a[b,3,j])
          c'[b,j] = forget[b,j] * c[b,j] + in[b,j] * new[b,j]
          squashed[b,j] = tanh(c'[b,j])
          h'[b,j] = out[b,j] * squashed[b,j]
        """);

    /// <summary>A layer that a gate can bypass (arXiv:1505.00387): x, y [b, i], weights [i, j], biases [i].</summary>
    public static readonly Op Highway = Op.Define("""
        highway(x[b,i], wr[i,j], br[i], wg[i,j], bg[i]) -> y
          r[b,i] += x[b,j] * wr[i,j]
          r[b,i] += br[i]
          g[b,i] += x[b,j] * wg[i,j]
          g[b,i] += bg[i]
          unit[b,i] = tanh(r[b,i])
          gate[b,i] = sigmoid(g[b,i])
          y[b,i] = gate[b,i] * x[b,i] + (1 - gate[b,i]) * unit[b,i]
        """);

    /// <summary>gate * x + (1 - gate) * z, all [..].</summary>
    public static readonly Op GatedMix = Op.Define("""
        gated_mix(gate[..], x[..], z[..]) -> y
          y[..] = gate[..] * x[..] + (1 - gate[..]) * z[..]
        """);

    internal static Op[] All => [RnnCell, UgrnnCell, GruCell, LstmCell, Highway, GatedMix];
}
