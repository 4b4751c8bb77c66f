namespace Adjoint;

/// <summary>Position encodings.</summary>
public static class PositionOps
{
    /// <summary>Sines in the first half of the features, cosines in the second, wavelengths from 2 pi to 2 pi base: y
    /// [t, 2 c].</summary>
    public static readonly Op Sinusoids = Op.Define("""
        sinusoids(; positions = 3, half = 2, base = 10000) -> y[t,(g,c)]
          axis t < positions
          axis c < half
          axis g < 2
          angle[t,c]   = t * pow(base, -c / (#c - 1))
          y[t,(0,c)]   = sin(angle[t,c])
          y[t,(1,c)]   = cos(angle[t,c])
        """);

    /// <summary>Neighbouring features turned together by an angle that grows with the position (arXiv:2104.09864): x
    /// [.., t, 2 c], position [t].</summary>
    public static readonly Op Rotary = Op.Define("""
        rotary(x[..,t,(c,g)], int position[t]; base = 10000) -> y[..,t,(c,g)]
          axis g < 2
          angle[t,c] = position[t] * pow(base, -c / #c)
          cs[t,c]    = cos(angle[t,c])
          sn[t,c]    = sin(angle[t,c])
          y[..,t,(c,0)] = x[..,t,(c,0)] * cs[t,c] - x[..,t,(c,1)] * sn[t,c]
          y[..,t,(c,1)] = x[..,t,(c,0)] * sn[t,c] + x[..,t,(c,1)] * cs[t,c]
        """).Tried("base", 100);

    /// <summary>rotary that turns feature c together with feature c of the second half: x [.., t, 2 c], position
    /// [t].</summary>
    public static readonly Op RotaryHalves = Op.Define("""
        rotary_halves(x[..,t,(g,c)], int position[t]; base = 10000) -> y[..,t,(g,c)]
          axis g < 2
          angle[t,c] = position[t] * pow(base, -c / #c)
          cs[t,c]    = cos(angle[t,c])
          sn[t,c]    = sin(angle[t,c])
          y[..,t,(0,c)] = x[..,t,(0,c)] * cs[t,c] - x[..,t,(1,c)] * sn[t,c]
          y[..,t,(1,c)] = x[..,t,(0,c)] * sn[t,c] + x[..,t,(1,c)] * cs[t,c]
        """).Tried("base", 100);

    /// <summary>A learned row for every position added: x [b, t, d], table [p, d].</summary>
    public static readonly Op LearnedPositions = Op.Define("""
        learned_positions(x[b,t,d], table[p,d]) -> y
          y[b,t,d] = x[b,t,d] + table[0 + t,d]
        """).Sized("t", 2).Sized("p", 3);

    internal static Op[] All => [Sinusoids, Rotary, RotaryHalves, LearnedPositions];
}

public sealed partial class Tensor
{
    /// <summary>Turns pairs of features by the position [t]: x [.., t, c].</summary>
    public Tensor Rotary(Tensor position, double period = 10000) => PositionOps.Rotary.Call([this, position], period);

    /// <summary>Rotary on the two halves of the features: x [.., t, c], position [t].</summary>
    public Tensor RotaryHalves(Tensor position, double period = 10000) =>
        PositionOps.RotaryHalves.Call([this, position], period);

    /// <summary>Adds a learned row to every position: x [b, t, d], table [p, d].</summary>
    public Tensor LearnedPositions(Tensor table) => PositionOps.LearnedPositions.Call([this, table]);
}
