namespace Adjoint;

// The innermost loops: a tile of out stays in registers while the sum runs, so each number loaded serves a row or a
// column of products. Every cell is one chain of fused products in the order of the sum: its bits do not depend on the
// tile it falls into.

/// <summary>A kernel: out[rows, columns] (+)= scale * a[rows, sum] * b[sum, columns], for one tile after another.</summary>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Vectors">Vectors that make its columns.</param>
/// <param name="IsAdjacent">
/// Whether the rows of a lie side by side and each sum a step further (a packed panel, or a transposed operand as it is), or
/// sums side by side and each row a step further.
/// </param>
/// <param name="Packs">Whether b is also written as packed panels on the way.</param>
/// <param name="CutsB">Whether only the first columns of the last vector of b exist.</param>
/// <param name="CutsOut">Whether only the first columns of the last vector of out exist.</param>
/// <param name="LooksUp">Whether tables say where b lies for each sum, and where each tile begins. The last vector of columns then ends where they end, over the one
/// before: storing under a mask takes as long as twenty sums on some processors.</param>
sealed record TileKernel(
    Element Element, int Rows, int Vectors, bool IsAdjacent, bool Packs, bool CutsB, bool CutsOut, bool LooksUp = false) : ContractionKernel(Element)
{
    /// <summary>Vectors of out a tile may hold: the row of b and one number of a need registers too.</summary>
    public static int MostAccumulators(CodeTarget target) => target.VectorBits switch { 512 => 28, 0 => 8, _ => 12 };

    /// <summary>Vectors of a tile of so many rows: its cells, a row of b and one number of a are in registers.</summary>
    public static int MostVectors(int rows, CodeTarget target) => Math.Clamp((target.Registers - 1) / (rows + 1), 1, Math.Max(1, Math.Min(8, MostAccumulators(target) / rows)));

    protected override string Name => $"tile_{Rows}x{Vectors}";

    protected override void Write(TileCode code) => new Writer(this, code).Write();

    sealed class Writer(TileKernel kernel, TileCode code)
    {
        readonly CodeBuilder builder = code.Builder;
        readonly CodeType vector = code.Vector;

        int Width => kernel.Vectors * vector.Lanes;

        bool Overlaps => kernel.LooksUp && kernel.CutsOut && kernel.Vectors > 1;

        // The first column of each vector.
        CodeExpr[] columns = [];

        public void Write()
        {
            var mask = (kernel.CutsB || kernel.CutsOut) && !Overlaps ? code.LastMask() : null;
            columns = [.. Enumerable.Range(0, kernel.Vectors).Select(v => Code.Constant(CodeType.Int64, (long)v * vector.Lanes))];
            if (Overlaps) columns[^1] = builder.Let("last", code.Left + (kernel.Vectors - 2) * vector.Lanes);
            builder.For("tile", builder.Begin, builder.End, tile => WriteTile(tile, mask));
        }

        void WriteTile(CodeExpr tile, CodeExpr? mask)
        {
            var sums = new CodeLocal[kernel.Rows, kernel.Vectors];
            for (var row = 0; row < kernel.Rows; row++)
                for (var v = 0; v < kernel.Vectors; v++)
                    sums[row, v] = builder.Variable("c", Code.Constant(vector, 0));
            var cells = kernel.LooksUp ? builder.Let("cells", code.Cells + Code.Load(code.StartsOut, tile, CodeType.Int64)) : code.Cells + tile * Width;
            builder.If(Code.NotEqual(code.IsFar, 0), () => PrefetchOut(cells));
            WriteSum(tile, sums, kernel.CutsB ? mask : null);
            builder.If(Code.NotEqual(code.Scale, 1), () =>
            {
                foreach (var sum in sums) builder.Assign(sum, sum * code.Scale);
            });
            var at = builder.Variable("at_out", cells);
            builder.If(Code.NotEqual(code.Adds, 0), () => WriteOut(sums, at, kernel.CutsOut ? mask : null, adds: true),
                () => WriteOut(sums, at, kernel.CutsOut ? mask : null, adds: false));
        }

        void WriteSum(CodeExpr tile, CodeLocal[,] sums, CodeExpr? mask)
        {
            var atB = builder.Variable("at_b", code.B + (kernel.LooksUp ? Code.Load(code.Starts, tile, CodeType.Int64) : tile * code.TileB));
            var atPacked = kernel.Packs ? builder.Variable("at_packed", code.Packed + tile * code.Sums * Width) : null;
            var step2 = kernel.IsAdjacent || kernel.Rows < 3 ? code.StepA : builder.Let("step_a2", code.StepA * 2);
            var atA = new List<CodeLocal>();
            for (var row = 0; row < (kernel.IsAdjacent ? 1 : kernel.Rows); row += 3)
                atA.Add(builder.Variable("at_a", code.A + row * code.StepA));
            code.ForSums((sum, _) =>
            {
                CodeExpr row = kernel.LooksUp ? builder.Let("row_b", atB + Code.Load(code.Table, sum, CodeType.Int64)) : atB;
                var b = new CodeExpr[kernel.Vectors];
                for (var v = 0; v < kernel.Vectors; v++)
                {
                    b[v] = builder.Let("b", Code.Load(row, columns[v], vector, v == kernel.Vectors - 1 ? mask : null));
                    if (atPacked is null) continue;
                    builder.Store(atPacked, v * vector.Lanes, b[v]);
                    // Rows of b are far apart, so nothing but this fetches those of the next tile.
                    builder.Prefetch(atB, v * vector.Lanes + Width, isNear: false);
                }
                code.AddProducts(sums, i => kernel.IsAdjacent ? atA[0][i] : code.OfRow(atA, i, step2), b);
                if (!kernel.LooksUp) builder.Assign(atB, atB + code.StepB);
                if (atPacked is not null) builder.Assign(atPacked, atPacked + Width);
                foreach (var pointer in atA) builder.Assign(pointer, pointer + (kernel.IsAdjacent ? code.StepA : 1));
            });
        }

        void PrefetchOut(CodeExpr first)
        {
            var at = builder.Variable("ahead", first);
            for (var row = 0; row < kernel.Rows; row++)
            {
                for (var v = 0; v < kernel.Vectors; v++) builder.Prefetch(at, v * vector.Lanes, isNear: true);
                if (row < kernel.Rows - 1) builder.Assign(at, at + code.RowStep);
            }
        }

        void WriteOut(CodeLocal[,] sums, CodeLocal at, CodeExpr? mask, bool adds)
        {
            for (var row = 0; row < kernel.Rows; row++)
            {
                var values = new CodeExpr[kernel.Vectors];
                for (var v = 0; v < kernel.Vectors; v++)
                {
                    values[v] = sums[row, v];
                    if (!adds) continue;
                    values[v] = Code.Load(at, columns[v], vector, v == kernel.Vectors - 1 ? mask : null) + values[v];
                    // What two vectors write both must have read before.
                    if (Overlaps) values[v] = builder.Let("sum", values[v]);
                }
                for (var v = 0; v < kernel.Vectors; v++) builder.Store(at, columns[v], values[v], v == kernel.Vectors - 1 ? mask : null);
                if (row < kernel.Rows - 1) builder.Assign(at, at + code.RowStep);
            }
        }
    }
}
