namespace Adjoint;

// One or two rows are as fast as b can be read, and b is read fastest in long stretches: a kilobyte of one row, then of the
// next, eight rows in all, while the cells of out stay in registers; then the kilobyte beside. The lines a little ahead are
// asked for, since the machine stops looking ahead where a stretch ends. Tiles would jump from row to row instead.

/// <summary>A kernel for few rows that reads b, as it lies, once and nearly in order.</summary>
sealed record StreamKernel(Element Element, int Rows, int Vectors, bool IsAdjacent, bool Cuts) : ContractionKernel(Element)
{
    /// <summary>Rows of a; more make tiles faster.</summary>
    public const int MostRows = 2;

    /// <summary>Rows of b that are read before the next cells of out.</summary>
    const int Streams = 8;

    /// <summary>Lines between what is read and what is asked for.</summary>
    const int LinesAhead = 4;

    /// <summary>Vectors of a full tile.</summary>
    public static int MostVectors(int rows, CodeTarget target) => Math.Min(16, (target.VectorBits == 512 ? 24 : 8) / rows);

    protected override string Name => $"stream_{Rows}x{Vectors}";

    protected override void Write(TileCode code)
    {
        var builder = code.Builder;
        var mask = Cuts ? code.LastMask() : null;
        var adds = builder.Variable("adds_now", code.Adds);
        var whole = builder.Let("whole", code.Sums & -Streams);
        builder.For("sum", 0, whole, sum => WriteGroup(code, sum, Streams, adds, mask), Streams);
        builder.For("rest", whole, code.Sums, sum => WriteGroup(code, sum, 1, adds, mask));
    }

    void WriteGroup(TileCode code, CodeExpr sum, int streams, CodeLocal adds, CodeExpr? mask)
    {
        var (builder, vector) = (code.Builder, code.Vector);
        var b = new CodeExpr[streams];
        for (var i = 0; i < streams; i++) b[i] = builder.Let("b", code.B + (sum + i) * code.StepB);
        builder.For("tile", builder.Begin, builder.End, tile =>
        {
            var first = builder.Let("first", tile * (Vectors * vector.Lanes));
            var sums = new CodeLocal[Rows, Vectors];
            for (var row = 0; row < Rows; row++)
                for (var v = 0; v < Vectors; v++) sums[row, v] = builder.Variable("c", Code.Constant(vector, 0));
            builder.If(Code.NotEqual(adds, 0), () => ForEachCell((row, v, cells, index, cut) =>
                builder.Assign(sums[row, v], Code.Load(cells, index, vector, cut))));
            for (var i = 0; i < streams; i++) WriteProducts(code, sum + i, b[i], first, sums, mask);
            ForEachCell((row, v, cells, index, cut) => builder.Store(cells, index, sums[row, v], cut));

            void ForEachCell(Action<int, int, CodeExpr, CodeExpr, CodeExpr?> action)
            {
                for (var row = 0; row < Rows; row++)
                {
                    var cells = builder.Let("cells_of_row", code.Cells + row * code.RowStep);
                    for (var v = 0; v < Vectors; v++)
                        action(row, v, cells, first + v * vector.Lanes, v == Vectors - 1 ? mask : null);
                }
            }
        });
        builder.Assign(adds, 1);
    }

    void WriteProducts(TileCode code, CodeExpr sum, CodeExpr b, CodeExpr first, CodeLocal[,] sums, CodeExpr? mask)
    {
        var (builder, vector) = (code.Builder, code.Vector);
        var a = new CodeExpr[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var number = code.A[IsAdjacent ? sum * code.StepA + row : row * code.StepA + sum];
            a[row] = builder.Let("a", Code.Broadcast(number * code.Scale, vector.Lanes));
        }
        for (var v = 0; v < Vectors; v++)
        {
            builder.Prefetch(b, first + (v * vector.Lanes + LinesAhead * Storage.Alignment / vector.ElementBytes), isNear: true);
            var numbers = builder.Let("row_of_b", Code.Load(b, first + v * vector.Lanes, vector, v == Vectors - 1 ? mask : null));
            for (var row = 0; row < Rows; row++) builder.Assign(sums[row, v], Code.Fma(a[row], numbers, sums[row, v]));
        }
    }
}
