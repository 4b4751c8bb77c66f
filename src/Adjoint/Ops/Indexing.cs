namespace Adjoint;

// An integer operand inside an index gathers when it is read and scatters when it is written. Duplicates are added
// with +=, in loop order; with = the cells written must be distinct.

/// <summary>Gather, scatter, embedding and counting by integer operands.</summary>
public static class IndexOps
{
    /// <summary>A row of the table for every token: w [v, d] and tok [..] to y [.., d].</summary>
    public static readonly Op Embedding = Op.Define("""
        embedding(w[v,d], int tok[..]) -> y
          y[..,d] = w[tok[..],d]
        """);

    /// <summary>embedding in which one token, the padding, is 0 and gets no gradient.</summary>
    public static readonly Op EmbeddingPadded = Op.Define("""
        embedding_padded(w[v,d], int tok[..]; padding = 0) -> y
          y[..,d] = w[tok[..],d]  if tok[..] != padding
        """);

    /// <summary>The sum of the rows of a bag of tokens: w [v, d] and tok [b, n] to y [b, d].</summary>
    public static readonly Op EmbeddingBag = Op.Define("""
        embedding_bag(w[v,d], int tok[b,n]) -> y
          y[b,d] += w[tok[b,n],d]
        """);

    /// <summary>1 at the class, 0 elsewhere: tok [..] to y [.., v].</summary>
    public static readonly Op OneHot = Op.Define("""
        one_hot(int tok[..]; classes = 4) -> y
          axis v < classes
          y[..,v] = tok[..] == v
        """).Within("tok", 0, 3);

    /// <summary>Chosen rows: x [v, ..] and at [n] to y [n, ..].</summary>
    public static readonly Op GatherRows = Op.Define("""
        gather_rows(x[v,..], int at[n]) -> y
          y[n,..] = x[at[n],..]
        """);

    /// <summary>Chosen columns: x [.., v] and at [n] to y [.., n].</summary>
    public static readonly Op GatherColumns = Op.Define("""
        gather_columns(x[..,v], int at[n]) -> y
          y[..,n] = x[..,at[n]]
        """);

    /// <summary>Each row chooses its own elements: x [.., v] and at [.., n] to y [.., n].</summary>
    public static readonly Op GatherElements = Op.Define("""
        gather_elements(x[..,v], int at[..,n]) -> y
          y[..,n] = x[..,at[..,n]]
        """);

    /// <summary>Each row chooses one element: x [.., v] and at [..] to y [..].</summary>
    public static readonly Op Pick = Op.Define("""
        pick(x[..,v], int at[..]) -> y
          y[..] = x[..,at[..]]
        """);

    /// <summary>Elements by pairs of positions: x [i, j, ..] and at [n, 2] to y [n, ..].</summary>
    public static readonly Op GatherPairs = Op.Define("""
        gather_pairs(x[i,j,..], int row[n], int column[n]) -> y
          y[n,..] = x[row[n],column[n],..]
        """);

    /// <summary>Rows overwritten: rows [n, ..] go to into [v, ..] at distinct positions at [n].</summary>
    public static readonly Op ScatterRows = Op.Define("""
        scatter_rows(into[v,..], int at[n], rows[n,..]) -> into'
          into'[at[n],..] = rows[n,..]
        """);

    /// <summary>Rows added: rows [n, ..] to into [v, ..] at positions at [n], which may repeat.</summary>
    public static readonly Op ScatterAddRows = Op.Define("""
        scatter_add_rows(into[v,..], int at[n], rows[n,..]) -> into'
          into'[at[n],..] += rows[n,..]
        """);

    /// <summary>Elements overwritten, each row with its own distinct positions: x [.., n] into [.., v].</summary>
    public static readonly Op ScatterElements = Op.Define("""
        scatter_elements(into[..,v], int at[..,n], x[..,n]) -> into'
          into'[..,at[..,n]] = x[..,n]
        """);

    /// <summary>Elements added, each row with its own positions: x [.., n] into [.., v].</summary>
    public static readonly Op ScatterAddElements = Op.Define("""
        scatter_add_elements(into[..,v], int at[..,n], x[..,n]) -> into'
          into'[..,at[..,n]] += x[..,n]
        """);

    /// <summary>The sum of the rows of each segment: x [n, ..] and segment [n] to y [s, ..].</summary>
    public static readonly Op SegmentSum = Op.Define("""
        segment_sum(x[n,..], int segment[n]; segments = 3) -> y[s,..]
          axis s < segments
          y[segment[n],..] += x[n,..]
        """);

    /// <summary>The mean of the rows of each segment, 0 for an empty one: x [n, ..] and segment [n] to y [s,
    /// ..].</summary>
    public static readonly Op SegmentMean = Op.Define("""
        segment_mean(x[n,..], int segment[n]; segments = 3) -> y
          axis s < segments
          count[s] += segment[n] == s
          y[s,..]  += x[n,..] / count[s]  if segment[n] == s
        """).Within("segment", 0, 2);

    /// <summary>How often each value occurs: tok [n] to y [v].</summary>
    public static readonly Op Counts = Op.Define("""
        counts(int tok[n]; classes = 4) -> y
          axis v < classes
          y[v] += tok[n] == v
        """).Within("tok", 0, 3);

    internal static Op[] All =>
    [
        Embedding, EmbeddingPadded, EmbeddingBag, OneHot, GatherRows, GatherColumns, GatherElements, Pick, GatherPairs,
        ScatterRows, ScatterAddRows, ScatterElements, ScatterAddElements, SegmentSum, SegmentMean, Counts,
    ];
}

public sealed partial class Tensor
{
    /// <summary>A row of this table for every token: w [v, d], tok [..] to [.., d].</summary>
    public Tensor Embedding(Tensor tok) => IndexOps.Embedding.Call([this, tok]);

    /// <summary>embedding in which the padding is 0 and gets no gradient: w [v, d], tok [..].</summary>
    public Tensor EmbeddingPadded(Tensor tok, int padding = 0) => IndexOps.EmbeddingPadded.Call([this, tok], padding);

    /// <summary>The sum of the rows of a bag of tokens: w [v, d], tok [b, n] to [b, d].</summary>
    public Tensor EmbeddingBag(Tensor tok) => IndexOps.EmbeddingBag.Call([this, tok]);

    /// <summary>1 at the class, 0 elsewhere: integers [..] to [.., v].</summary>
    public Tensor OneHot(int classes) => IndexOps.OneHot.Call([this], classes);

    /// <summary>Chosen rows: x [v, ..], at [n] to [n, ..].</summary>
    public Tensor GatherRows(Tensor at) => IndexOps.GatherRows.Call([this, at]);

    /// <summary>Chosen positions along an axis: at [n].</summary>
    public Tensor IndexSelect(int axis, Tensor at) => IndexOps.GatherColumns.CallAlong([axis], false, [this, at]);

    /// <summary>Each row chooses its own elements: at as x, but for the size of the axis.</summary>
    public Tensor Gather(Tensor at, int axis = -1) => IndexOps.GatherElements.CallAlong([axis], false, [this, at]);

    /// <summary>Each row chooses one element: x [.., v], at [..] to [..].</summary>
    public Tensor Pick(Tensor at) => IndexOps.Pick.Call([this, at]);

    /// <summary>A copy with rows [n, ..] overwritten at distinct positions at [n].</summary>
    public Tensor ScatterRows(Tensor at, Tensor rows) => IndexOps.ScatterRows.Call([this, at, rows]);

    /// <summary>A copy with rows [n, ..] added at positions at [n].</summary>
    public Tensor ScatterAddRows(Tensor at, Tensor rows) => IndexOps.ScatterAddRows.Call([this, at, rows]);

    /// <summary>A copy with elements overwritten at distinct positions along an axis.</summary>
    public Tensor Scatter(Tensor at, Tensor x, int axis = -1) =>
        IndexOps.ScatterElements.CallAlong([axis], false, [this, at, x]);

    /// <summary>A copy with elements added at positions along an axis.</summary>
    public Tensor ScatterAdd(Tensor at, Tensor x, int axis = -1) =>
        IndexOps.ScatterAddElements.CallAlong([axis], false, [this, at, x]);

    /// <summary>The sum of the rows of each segment: x [n, ..], segment [n] to [s, ..].</summary>
    public Tensor SegmentSum(Tensor segment, int segments) => IndexOps.SegmentSum.Call([this, segment], segments);

    /// <summary>The mean of the rows of each segment: x [n, ..], segment [n] to [s, ..].</summary>
    public Tensor SegmentMean(Tensor segment, int segments) => IndexOps.SegmentMean.Call([this, segment], segments);

    /// <summary>How often each value occurs: integers [n] to [v].</summary>
    public Tensor Counts(int classes) => IndexOps.Counts.Call([this], classes);
}
