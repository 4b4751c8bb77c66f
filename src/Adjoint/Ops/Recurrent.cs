namespace Adjoint;

// Time comes first: x [t, b, i], states h0, c0 [b, j], result h [t, b, j]. w are input weights, u recurrent ones,
// output by input; gates lie side by side in the rows, in PyTorch's order, so its weights fit. In the order of the
// text the input products leave the loop and its reverse has one product a weight matrix after the loop. tanh(c) has
// a name of its own: the reverse reads it.

/// <summary>Recurrent networks over whole sequences.</summary>
public static class RecurrentOps
{
    /// <summary>h = tanh(w x + u h + bias); w [j, i], u [j, k], bias [j].</summary>
    public static readonly Op Rnn = Op.Define("""
        rnn(x[t,b,i], w[j,i], u[j,k], bias[j], h0[b,j]) -> h
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,j] += x[t,b,i] * w[j,i]
            a[t,b,j] += h[t-1,b,k] * u[j,k]
            a[t,b,j] += bias[j]
            h[t,b,j] = tanh(a[t,b,j])
        """);

    /// <summary>rnn from the last step to the first.</summary>
    public static readonly Op RnnReversed = Op.Define("""
        rnn_reversed(x[t,b,i], w[j,i], u[j,k], bias[j], h0[b,j]) -> h
          h[#t,b,j] = h0[b,j]
          for t down:
            a[t,b,j] += x[t,b,i] * w[j,i]
            a[t,b,j] += h[t+1,b,k] * u[j,k]
            a[t,b,j] += bias[j]
            h[t,b,j] = tanh(a[t,b,j])
        """);

    /// <summary>rnn in both directions, forward features first: h [t, b, 2 j]; weights and biases [2, …].</summary>
    public static readonly Op RnnBidirectional = Op.Define("""
        rnn_bidirectional(x[t,b,i], w[s,j,i], u[s,j,k], bias[s,j]) -> h[t,b,(s,j)]
          for t:
            a[t,b,j] += x[t,b,i] * w[0,j,i]
            a[t,b,j] += f[t-1,b,k] * u[0,j,k]
            a[t,b,j] += bias[0,j]
            f[t,b,j] = tanh(a[t,b,j])
          for t down:
            c[t,b,j] += x[t,b,i] * w[1,j,i]
            c[t,b,j] += r[t+1,b,k] * u[1,j,k]
            c[t,b,j] += bias[1,j]
            r[t,b,j] = tanh(c[t,b,j])
          h[t,b,(0,j)] = f[t,b,j]
          h[t,b,(1,j)] = r[t,b,j]
        """).Sized("s", 2);

    /// <summary>rnn over sequences of different lengths: a state stays as it is after length[b] steps.</summary>
    public static readonly Op RnnMasked = Op.Define("""
        rnn_masked(x[t,b,i], w[j,i], u[j,k], bias[j], h0[b,j], int length[b]) -> h
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,j] += x[t,b,i] * w[j,i]
            a[t,b,j] += h[t-1,b,k] * u[j,k]
            a[t,b,j] += bias[j]
            n[t,b,j] = tanh(a[t,b,j])
            h[t,b,j] = where(t < length[b], n[t,b,j], h[t-1,b,j])
        """).Within("length", 1, 2);

    /// <summary>A gated mix of old state and tanh unit (arXiv:1611.09913): wr, ur, br make the unit, wg, ug, bg the
    /// gate.</summary>
    public static readonly Op Ugrnn = Op.Define("""
        ugrnn(x[t,b,i], wr[j,i], ur[j,k], br[j], wg[j,i], ug[j,k], bg[j], h0[b,j]) -> h
          h[-1,b,j] = h0[b,j]
          for t:
            r[t,b,j] += x[t,b,i] * wr[j,i]
            r[t,b,j] += h[t-1,b,k] * ur[j,k]
            r[t,b,j] += br[j]
            g[t,b,j] += x[t,b,i] * wg[j,i]
            g[t,b,j] += h[t-1,b,k] * ug[j,k]
            g[t,b,j] += bg[j]
            gate[t,b,j] = sigmoid(g[t,b,j])
            unit[t,b,j] = tanh(r[t,b,j])
            h[t,b,j] = gate[t,b,j] * h[t-1,b,j] + (1 - gate[t,b,j]) * unit[t,b,j]
        """);

    /// <summary>Gates r, z, n in the rows of w [3 j, i], u [3 j, k]; r is applied after the recurrent product, as
    /// PyTorch does.</summary>
    public static readonly Op Gru = Op.Define("""
        gru(x[t,b,i], w[(g,j),i], u[(g,j),k], bw[(g,j)], bu[(g,j)], h0[b,j]) -> h
          axis g < 3
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += bw[(g,j)]
            c[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            c[t,b,g,j] += bu[(g,j)]
            r[t,b,j] = sigmoid(a[t,b,0,j] + c[t,b,0,j])
            z[t,b,j] = sigmoid(a[t,b,1,j] + c[t,b,1,j])
            n[t,b,j] = tanh(a[t,b,2,j] + r[t,b,j] * c[t,b,2,j])
            h[t,b,j] = (1 - z[t,b,j]) * n[t,b,j] + z[t,b,j] * h[t-1,b,j]
        """);

    /// <summary>gru with r applied to the state before the recurrent product (arXiv:1406.1078): w, u, bias have rows r,
    /// z, n.</summary>
    public static readonly Op GruResetFirst = Op.Define("""
        gru_reset_first(x[t,b,i], w[(g,j),i], u[(g,j),k], bias[(g,j)], h0[b,j]) -> h
          axis g < 3
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += bias[(g,j)]
            cr[t,b,j] += h[t-1,b,k] * u[(0,j),k]
            cz[t,b,j] += h[t-1,b,k] * u[(1,j),k]
            r[t,b,j] = sigmoid(a[t,b,0,j] + cr[t,b,j])
            z[t,b,j] = sigmoid(a[t,b,1,j] + cz[t,b,j])
            rh[t,b,j] = r[t,b,j] * h[t-1,b,j]
            cn[t,b,j] += rh[t,b,k] * u[(2,j),k]
            n[t,b,j] = tanh(a[t,b,2,j] + cn[t,b,j])
            h[t,b,j] = (1 - z[t,b,j]) * n[t,b,j] + z[t,b,j] * h[t-1,b,j]
        """);

    /// <summary>Gates in, forget, new, out in the rows of w [4 j, i], u [4 j, k]; two bias vectors [4 j], as PyTorch
    /// has.</summary>
    public static readonly Op Lstm = Op.Define("""
        lstm(x[t,b,i], w[(g,j),i], u[(g,j),k], bw[(g,j)], bu[(g,j)], h0[b,j], c0[b,j]) -> h, c
          axis g < 4
          bias[g,j] = bw[(g,j)] + bu[(g,j)]
          h[-1,b,j] = h0[b,j]
          c[-1,b,j] = c0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            a[t,b,g,j] += bias[g,j]
            in[t,b,j]     = sigmoid(a[t,b,0,j])
            forget[t,b,j] = sigmoid(a[t,b,1,j])
            new[t,b,j]    = tanh(a[t,b,2,j])
            out[t,b,j]    = sigmoid(a[t,b,3,j])
            c[t,b,j] = forget[t,b,j] * c[t-1,b,j] + in[t,b,j] * new[t,b,j]
            squashed[t,b,j] = tanh(c[t,b,j])
            h[t,b,j] = out[t,b,j] * squashed[t,b,j]
        """);

    /// <summary>lstm with one bias vector and only the states as a result: 8h(d + h) + 13h operations a step and
    /// example.</summary>
    public static readonly Op LstmOneBias = Op.Define("""
        lstm_one_bias(x[t,b,i], w[(g,j),i], u[(g,j),k], bias[(g,j)], h0[b,j], c0[b,j]) -> h
          axis g < 4
          h[-1,b,j] = h0[b,j]
          c[-1,b,j] = c0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            a[t,b,g,j] += bias[(g,j)]
            in[t,b,j]     = sigmoid(a[t,b,0,j])
            forget[t,b,j] = sigmoid(a[t,b,1,j])
            new[t,b,j]    = tanh(a[t,b,2,j])
            out[t,b,j]    = sigmoid(a[t,b,3,j])
            c[t,b,j] = forget[t,b,j] * c[t-1,b,j] + in[t,b,j] * new[t,b,j]
            squashed[t,b,j] = tanh(c[t,b,j])
            h[t,b,j] = out[t,b,j] * squashed[t,b,j]
        """);

    /// <summary>lstm_one_bias from the last step to the first.</summary>
    public static readonly Op LstmReversed = Op.Define("""
        lstm_reversed(x[t,b,i], w[(g,j),i], u[(g,j),k], bias[(g,j)], h0[b,j], c0[b,j]) -> h
          axis g < 4
          h[#t,b,j] = h0[b,j]
          c[#t,b,j] = c0[b,j]
          for t down:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t+1,b,k] * u[(g,j),k]
            a[t,b,g,j] += bias[(g,j)]
            in[t,b,j]     = sigmoid(a[t,b,0,j])
            forget[t,b,j] = sigmoid(a[t,b,1,j])
            new[t,b,j]    = tanh(a[t,b,2,j])
            out[t,b,j]    = sigmoid(a[t,b,3,j])
            c[t,b,j] = forget[t,b,j] * c[t+1,b,j] + in[t,b,j] * new[t,b,j]
            squashed[t,b,j] = tanh(c[t,b,j])
            h[t,b,j] = out[t,b,j] * squashed[t,b,j]
        """);

    /// <summary>lstm_one_bias over sequences of different lengths: both states stay as they are after length[b]
    /// steps.</summary>
    public static readonly Op LstmMasked = Op.Define("""
        lstm_masked(x[t,b,i], w[(g,j),i], u[(g,j),k], bias[(g,j)], h0[b,j], c0[b,j], int length[b]) -> h, c
          axis g < 4
          h[-1,b,j] = h0[b,j]
          c[-1,b,j] = c0[b,j]
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            a[t,b,g,j] += bias[(g,j)]
            in[t,b,j]     = sigmoid(a[t,b,0,j])
            forget[t,b,j] = sigmoid(a[t,b,1,j])
            new[t,b,j]    = tanh(a[t,b,2,j])
            out[t,b,j]    = sigmoid(a[t,b,3,j])
            c[t,b,j] = where(t < length[b], forget[t,b,j] * c[t-1,b,j] + in[t,b,j] * new[t,b,j], c[t-1,b,j])
            squashed[t,b,j] = tanh(c[t,b,j])
            h[t,b,j] = where(t < length[b], out[t,b,j] * squashed[t,b,j], h[t-1,b,j])
        """).Within("length", 1, 2);

    /// <summary>Two layers of lstm in one loop over time, without biases, from states 0: w, u of the first, w2, u2 of
    /// the second.</summary>
    public static readonly Op LstmStacked = Op.Define("""
        lstm_stacked(x[t,b,i], w[(g,j),i], u[(g,j),k], w2[(g,j),k], u2[(g,j),k]) -> h2
          axis g < 4
          for t:
            a[t,b,g,j] += x[t,b,i] * w[(g,j),i]
            a[t,b,g,j] += h[t-1,b,k] * u[(g,j),k]
            c[t,b,j] = sigmoid(a[t,b,1,j]) * c[t-1,b,j] + sigmoid(a[t,b,0,j]) * tanh(a[t,b,2,j])
            h[t,b,j] = sigmoid(a[t,b,3,j]) * tanh(c[t,b,j])
            a2[t,b,g,j] += h[t,b,k] * w2[(g,j),k]
            a2[t,b,g,j] += h2[t-1,b,k] * u2[(g,j),k]
            c2[t,b,j] = sigmoid(a2[t,b,1,j]) * c2[t-1,b,j] + sigmoid(a2[t,b,0,j]) * tanh(a2[t,b,2,j])
            h2[t,b,j] = sigmoid(a2[t,b,3,j]) * tanh(c2[t,b,j])
        """);

    internal static Op[] All =>
    [
        Rnn, RnnReversed, RnnBidirectional, RnnMasked, Ugrnn, Gru, GruResetFirst, Lstm, LstmOneBias, LstmReversed,
        LstmMasked, LstmStacked,
    ];
}
