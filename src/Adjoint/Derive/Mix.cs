namespace Adjoint;

/// <summary>Which positions of an operand along one of its axes a position of an output along one of its own depends
/// on.</summary>
/// <param name="Scale">Positions of the operand per position of the output, the stride of a convolution.</param>
/// <param name="From">First position, counted from Scale times the output's; null where all before count.</param>
/// <param name="To">Last position, counted likewise; null where all after count.</param>
/// <param name="IsRecurrent">The dependence goes step by step, from each position to the next.</param>
public sealed record Mix(string Output, string Axis, string Operand, string OperandAxis, Polynomial Scale,
    Polynomial? From, Polynomial? To, bool IsRecurrent)
{
    /// <summary>No position of the output depends on another one of the operand.</summary>
    public bool IsPerPosition => Scale == 1 && From == 0 && To == 0;

    /// <summary>Positions of the operand that one position of the output sees; null for a number that grows with the
    /// length.</summary>
    public Polynomial? ReceptiveField => From is not null && To is not null ? To - From + 1 : null;

    /// <summary>How many applications, one on top of the other, carry a value over a distance; null if none do. Step by
    /// step counts every step.</summary>
    public Polynomial? PathLength(Polynomial distance)
    {
        if (IsRecurrent) return distance;
        if (From is null || To is null) return Polynomial.One;
        var reach = Polynomial.Larger(-From, To);
        return reach.IsZero ? null : Polynomial.FloorDivide(distance + reach - 1, reach);
    }

    public override string ToString() => (From, To) switch
    {
        _ when IsPerPosition => "per position",
        (null, null) => "all",
        (null, _) => $"all before{Offset(To!)}{Steps}",
        (_, null) => $"all after{Offset(From)}{Steps}",
        _ => $"window [{Signed(From)}, {Signed(To)}]{(Scale == 1 ? "" : $" of {Scale} {Axis}")}",
    };

    string Steps => IsRecurrent ? ", step by step" : "";

    static string Offset(Polynomial offset) => offset.IsZero ? "" : $" {Signed(offset)}";

    static string Signed(Polynomial offset) =>
        offset.IsZero || offset.ToString().StartsWith('-') ? offset.ToString() : $"+{offset}";
}
