namespace Adjoint;

// CTC sums over all ways to stretch a label sequence over time with blanks between. z [b, s] is the label sequence
// with blanks: blank, first label, blank, second label, … blank; s is even at blanks. A state is reached from itself,
// the one before, and two before unless a blank or a repeated label would be skipped. -1e30 stands for log 0 and
// never meets -inf.

/// <summary>Connectionist temporal classification: the probability of a label sequence without an alignment.</summary>
public static class SequenceLossOps
{
    /// <summary>In logarithms: logp [t, b, v] log probabilities, length [b] frames, end [b] the last state (twice the
    /// labels); mean over examples.</summary>
    public static readonly Op Ctc = Op.Define("""
        ctc(logp[t,b,v], int z[b,s], int length[b], int end[b]) -> loss
          axis k < 3
          axis r < #s
          a[-1,b,s] = where(s == 0, 0, -1e30)
          for t:
            m[t,b,s] max= a[t-1,b,r]                      if r == s - k and (k < 2 or s % 2 == 1 and z[b,s] != z[b,r])
            w[t,b,s] += exp(a[t-1,b,r] - stop(m[t,b,s]))  if r == s - k and (k < 2 or s % 2 == 1 and z[b,s] != z[b,r])
            a[t,b,s] = where(t < length[b], stop(m[t,b,s]) + log(w[t,b,s]) + logp[t,b,z[b,s]], a[t-1,b,s])
          blank[b] = a[#t - 1,b,end[b]]
          label[b] = a[#t - 1,b,end[b] - 1]
          loss -= (label[b] + softplus(blank[b] - label[b])) / #b
        """).Within("length", 2, 3).Within("end", 2, 2).Sized("t", 3).Sized("s", 3).Sized("b", 2);

    /// <summary>In probabilities, each step divided by its sum: p [t, b, v], last [b] the last state; all sequences of
    /// full length.</summary>
    public static readonly Op CtcScaled = Op.Define("""
        ctc_scaled(p[t,b,v], int z[b,s], int last[b]) -> loss
          axis k < 3
          axis r < #s
          a[-1,b,s] = s == 0
          for t:
            u[t,b,s] += a[t-1,b,r] * p[t,b,z[b,s]]  if r == s - k and (k < 2 or s % 2 == 1 and z[b,s] != z[b,r])
            n[t,b]   += u[t,b,s]
            a[t,b,s] = u[t,b,s] / n[t,b]
            loss     -= log(n[t,b]) / #b
          loss -= log(a[#t - 1,b,last[b]] + a[#t - 1,b,last[b] - 1]) / #b
        """).Within("p", 0.1, 1).Within("last", 2, 2).Sized("t", 3).Sized("s", 3).Sized("b", 2);

    internal static Op[] All => [Ctc, CtcScaled];
}

public sealed partial class Tensor
{
    /// <summary>Connectionist temporal classification of log probabilities [t, b, v]; z [b, s] labels with blanks,
    /// length, end [b].</summary>
    public Tensor Ctc(Tensor z, Tensor length, Tensor end) => SequenceLossOps.Ctc.Call([this, z, length, end]);
}
