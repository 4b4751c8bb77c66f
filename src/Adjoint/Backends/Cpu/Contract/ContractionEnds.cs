namespace Adjoint;

/// <summary>How far a run goes along the groups of its shape; cells of out beyond are not computed, sums are
/// shorter.</summary>
readonly record struct ContractionEnds(int Rows, int Columns, int Sums)
{
    public static readonly ContractionEnds All = new(int.MaxValue, int.MaxValue, int.MaxValue);

    public int this[ContractionGroup group] => group switch
    {
        ContractionGroup.Row => Rows,
        ContractionGroup.Column => Columns,
        ContractionGroup.Sum => Sums,
        _ => int.MaxValue,
    };

    /// <summary>Also no further than so many positions of a group.</summary>
    public ContractionEnds With(ContractionGroup group, long count)
    {
        var end = (int)Math.Clamp(count, 0, this[group]);
        return group switch
        {
            ContractionGroup.Row => this with { Rows = end },
            ContractionGroup.Column => this with { Columns = end },
            ContractionGroup.Sum => this with { Sums = end },
            _ => throw Throw.Internal("a contraction ends along its batches"),
        };
    }

    /// <summary>For a piece in which a and b have changed places.</summary>
    public ContractionEnds Swapped => new(Columns, Rows, Sums);
}
