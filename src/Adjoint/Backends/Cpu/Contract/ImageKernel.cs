namespace Adjoint;

/// <summary>A kernel: tiles[rows, columns] (+)= a[rows, sum] * b[sum, columns], one tile of rows after another past one packed tile of b. Where
/// the rows of a tile begin in a says a table, and where each sum lies from there another. A cell is one chain of fused products in the order of
/// the sum, however sums are cut.</summary>
/// <param name="Rows">Of a tile.</param>
/// <param name="Vectors">That make its columns.</param>
sealed record ImageKernel(Element Element, int Rows, int Vectors) : ContractionKernel(Element)
{
    /// <summary>Rows of an image are short, and so many vectors ask for the fewest numbers a product.</summary>
    public const int MostVectors = 3;

    /// <summary>Rows of a tile of so many vectors: its cells, a row of b and one number of a stay in registers.</summary>
    public static int MostRows(int vectors, CodeTarget target) => TileKernel.MostAccumulators(target) / vectors;

    protected override string Name => $"image_{Rows}x{Vectors}";

    protected override void Write(TileCode code)
    {
        var (builder, vector) = (code.Builder, code.Vector);
        builder.For("tile", builder.Begin, builder.End, tile =>
        {
            var cells = builder.Let("cells", code.Cells + tile * (Rows * Vectors * vector.Lanes));
            var sums = new CodeLocal[Rows, Vectors];
            for (var row = 0; row < Rows; row++)
                for (var v = 0; v < Vectors; v++) sums[row, v] = builder.Variable("c", Code.Constant(vector, 0));
            builder.If(Code.NotEqual(code.Adds, 0), () => Each((cell, at) => builder.Assign(cell, Code.Load(cells, at, vector))));
            var first = builder.Let("first", code.A + Code.Load(code.Starts, tile, CodeType.Int64));
            var step2 = Rows < 3 ? code.StepA : builder.Let("step_a2", code.StepA * 2);
            var atB = builder.Variable("at_b", code.B);
            CodeExpr[] starts = [.. Enumerable.Range(0, (Rows + 2) / 3).Select(i => builder.Let("at_a", first + 3 * i * code.StepA))];
            code.ForSums((sum, passed) =>
            {
                var at = builder.Let("at", Code.Load(code.Table, sum, CodeType.Int64));
                CodeExpr[] rows = [.. starts.Select(start => builder.Let("row", start + at))];
                CodeExpr[] b = [.. Enumerable.Range(0, Vectors).Select(v => builder.Let("b", Code.Load(atB, (passed * Vectors + v) * vector.Lanes, vector)))];
                code.AddProducts(sums, row => code.OfRow(rows, row, step2), b);
            }, count => builder.Assign(atB, atB + count * Vectors * vector.Lanes));
            Each((cell, at) => builder.Store(cells, at, cell));

            void Each(Action<CodeLocal, int> act)
            {
                for (var row = 0; row < Rows; row++)
                    for (var v = 0; v < Vectors; v++) act(sums[row, v], (row * Vectors + v) * vector.Lanes);
            }
        });
    }
}
