namespace Adjoint;

/// <summary>A kernel: for each cell of a tile of out a vector of sums, of row after row of both operands, whose numbers lie side by side. What the lanes
/// of a cell hold is added up in the end, by others.</summary>
/// <param name="Rows">Of a tile; its columns are as many as there can be.</param>
/// <param name="Length">Numbers of a row.</param>
sealed record SumRowKernel(Element Element, int Rows, int Length) : ContractionKernel(Element)
{
    /// <summary>Vectors of a row that are written out one by one.</summary>
    const int MostWritten = 4;

    /// <summary>Rows of a tile, and columns: the vectors of its cells, a row of b, one of a and a mask are in registers.</summary>
    public static int Side(CodeTarget target) => target.Registers >= 32 ? 4 : 3;

    protected override string Name => $"sum_rows_{Rows}x{Length}";

    protected override void Write(TileCode code)
    {
        var (builder, vector, columns) = (code.Builder, code.Vector, Side(code.Builder.Target));
        var whole = Length / vector.Lanes * vector.Lanes;
        var mask = whole < Length ? code.LastMask() : null;
        builder.For("tile", builder.Begin, builder.End, tile =>
        {
            var cells = builder.Let("cells", code.Cells + tile * (Rows * columns * vector.Lanes));
            CodeExpr[] starts = [.. Enumerable.Range(0, columns).Select(c => builder.Let("start", code.B + Code.Load(code.Starts, tile * columns + c, CodeType.Int64)))];
            var sums = new CodeLocal[Rows, columns];
            for (var row = 0; row < Rows; row++)
                for (var column = 0; column < columns; column++) sums[row, column] = builder.Variable("c", Code.Constant(vector, 0));
            builder.If(Code.NotEqual(code.Adds, 0), () => Each((sum, at) => builder.Assign(sum, Code.Load(cells, at, vector))));
            builder.For("sum", 0, code.Sums, sum =>
            {
                var first = builder.Let("first", code.A + Code.Load(code.Table, sum * 2, CodeType.Int64));
                CodeExpr[] a = [.. Enumerable.Range(0, Rows).Select(row => row == 0 ? first : builder.Let("at_a", first + row * code.StepA))];
                var from = builder.Let("from", Code.Load(code.Table, sum * 2 + 1, CodeType.Int64));
                CodeExpr[] b = [.. starts.Select(start => builder.Let("at_b", start + from))];
                if (whole <= MostWritten * vector.Lanes)
                    for (var at = 0; at < whole; at += vector.Lanes) AddProducts(a, b, Code.Constant(CodeType.Int64, (long)at), null);
                else builder.For("at", 0, whole, at => AddProducts(a, b, at, null), vector.Lanes);
                if (mask is not null) AddProducts(a, b, Code.Constant(CodeType.Int64, (long)whole), mask);
            });
            Each((sum, at) => builder.Store(cells, at, sum));

            void AddProducts(CodeExpr[] a, CodeExpr[] b, CodeExpr at, CodeExpr? mask)
            {
                CodeExpr[] numbers = [.. b.Select(column => builder.Let("b", Code.Load(column, at, vector, mask)))];
                for (var row = 0; row < Rows; row++)
                {
                    var number = builder.Let("a", Code.Load(a[row], at, vector, mask));
                    for (var column = 0; column < columns; column++) builder.Assign(sums[row, column], Code.Fma(number, numbers[column], sums[row, column]));
                }
            }

            void Each(Action<CodeLocal, int> act)
            {
                for (var row = 0; row < Rows; row++)
                    for (var column = 0; column < columns; column++) act(sums[row, column], (row * columns + column) * vector.Lanes);
            }
        });
    }
}
