namespace Adjoint;

// Where both operands lie along the sum and rows are few, packing b would cost more than the products. Here lanes run along
// the sum instead, and the lanes of each cell are added up in the end.

/// <summary>A kernel for few rows of a and any columns of b, both dense along the sum.</summary>
/// <param name="Columns">Columns of a tile.</param>
sealed record DotKernel(Element Element, int Rows, int Columns) : ContractionKernel(Element)
{
    /// <summary>Rows of a tile: more would not leave registers for the vectors of a and b.</summary>
    public static int MostRows(CodeTarget target) => target.VectorBits == 512 ? 4 : 2;

    /// <summary>Columns of a full tile; one row reads b in one unbroken stream.</summary>
    public static int MostColumns(int rows) => Math.Min(rows, 4);

    /// <summary>Vectors of each column at a time: enough sums that none waits for another.</summary>
    int Unroll => Rows == 1 ? 4 : Rows == 2 ? 2 : 1;

    protected override string Name => $"dot_{Rows}x{Columns}";

    protected override void Write(TileCode code)
    {
        var (builder, vector) = (code.Builder, code.Vector);
        builder.For("tile", builder.Begin, builder.End, tile =>
        {
            var b = builder.Let("first_b", code.B + tile * code.TileB);
            CodeExpr[] atA = [.. Enumerable.Range(0, Rows).Select(i => builder.Let("at_a", code.A + i * code.StepA))];
            CodeExpr[] atB = [.. Enumerable.Range(0, Columns).Select(j => builder.Let("at_b", b + j * code.StepB))];
            var sums = new Accumulator[Rows, Columns];
            for (var i = 0; i < Rows; i++)
                for (var j = 0; j < Columns; j++)
                    sums[i, j] = Accumulator.Sum(builder, "c", Element, Unroll);
            builder.VectorLoop("sum", 0, code.Sums, Element, (sum, lanes) =>
            {
                CodeExpr[] a = [.. atA.Select(row => builder.Let("a", lanes.Load(row, sum)))];
                for (var j = 0; j < Columns; j++)
                {
                    var column = builder.Let("b", lanes.Load(atB[j], sum));
                    for (var i = 0; i < Rows; i++) sums[i, j].AddProduct(lanes, a[i], column);
                }
            }, Unroll);
            for (var i = 0; i < Rows; i++)
                for (var j = 0; j < Columns; j++)
                {
                    var at = builder.Let("at_out", code.Cells + i * code.RowStep + tile * Columns);
                    var value = builder.Let("value", sums[i, j].Result() * code.Scale);
                    builder.If(Code.NotEqual(code.Adds, 0), () => builder.Store(at, j, at[j] + value), () => builder.Store(at, j, value));
                }
        });
    }
}
