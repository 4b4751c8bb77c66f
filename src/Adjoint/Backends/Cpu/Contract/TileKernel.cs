using System.Collections.Concurrent;

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
/// <param name="IsPartial">Whether only the first columns of the last vector exist.</param>
sealed unsafe record TileKernel(Element Element, int Rows, int Vectors, bool IsAdjacent, bool Packs, bool IsPartial)
{
    static readonly ConcurrentDictionary<(TileKernel, CodeTarget), KernelEntry> Compiled = new();

    /// <summary>Vectors of out a tile may hold: the row of b and one number of a need registers too.</summary>
    public static int MostAccumulators(CodeTarget target) => target.VectorBits switch { 512 => 28, 0 => 8, _ => 12 };

    /// <summary>The kernel for a machine, compiled when it is first wanted.</summary>
    public KernelEntry Compile(CodeTarget target) =>
        Compiled.GetOrAdd((this, target), static key => IlWriter.Compile(key.Item1.Write(key.Item2)));

    public KernelCode Write(CodeTarget target) => new Writer(this, target).Write();

    // The order of parameters is that of TileCall.
    sealed class Writer
    {
        readonly TileKernel kernel;
        readonly CodeBuilder code;
        readonly CodeType vector;
        readonly CodeLocal a, b, cells, packed, sums, stepA, stepB, tileB, rowStep, adds, left, scale;

        public Writer(TileKernel kernel, CodeTarget target)
        {
            this.kernel = kernel;
            code = new CodeBuilder($"tile_{kernel.Rows}x{kernel.Vectors}", target);
            vector = target.Vector(kernel.Element);
            (a, b) = (code.Buffer("a", kernel.Element), code.Buffer("b", kernel.Element));
            (cells, packed) = (code.Buffer("cells", kernel.Element), code.Buffer("packed", kernel.Element));
            (sums, stepA, stepB) = (code.Integer("sums"), code.Integer("step_a"), code.Integer("step_b"));
            (tileB, rowStep) = (code.Integer("tile_b"), code.Integer("row_step"));
            (adds, left) = (code.Integer("adds"), code.Integer("left"));
            scale = code.Number("scale", kernel.Element);
        }

        int Width => kernel.Vectors * vector.Lanes;

        public KernelCode Write()
        {
            var mask = kernel.IsPartial ? new Lanes(code, kernel.Element, vector.Lanes, 0, left).Mask : null;
            code.For("tile", code.Begin, code.End, tile => WriteTile(tile, mask));
            return code.Build();
        }

        void WriteTile(CodeExpr tile, CodeExpr? mask)
        {
            var tiles = new CodeLocal[kernel.Rows, kernel.Vectors];
            for (var row = 0; row < kernel.Rows; row++)
                for (var v = 0; v < kernel.Vectors; v++)
                    tiles[row, v] = code.Variable("c", Code.Constant(vector, 0));
            var atB = code.Variable("at_b", b + tile * tileB);
            var atPacked = kernel.Packs ? code.Variable("at_packed", packed + tile * sums * Width) : null;
            // One pointer for three rows: more would not leave registers, fewer would need additions at each load.
            var step2 = kernel.IsAdjacent || kernel.Rows < 3 ? stepA : code.Let("step_a2", stepA * 2);
            var atA = new List<CodeLocal>();
            for (var row = 0; row < (kernel.IsAdjacent ? 1 : kernel.Rows); row += 3)
                atA.Add(code.Variable("at_a", a + row * stepA));
            code.For("sum", 0, sums, _ =>
            {
                var rowOfB = new CodeExpr[kernel.Vectors];
                for (var v = 0; v < kernel.Vectors; v++)
                {
                    var isCut = v == kernel.Vectors - 1;
                    rowOfB[v] = code.Let("b", Code.Load(atB, v * vector.Lanes, vector, isCut ? mask : null));
                    if (atPacked is not null) code.Store(atPacked, v * vector.Lanes, rowOfB[v]);
                }
                for (var row = 0; row < kernel.Rows; row++)
                {
                    var number = kernel.IsAdjacent ? atA[0][row]
                        : atA[row / 3][(row % 3) switch { 0 => 0, 1 => stepA, _ => step2 }];
                    var x = code.Let("a", Code.Broadcast(number, vector.Lanes));
                    for (var v = 0; v < kernel.Vectors; v++)
                        code.Assign(tiles[row, v], Code.Fma(x, rowOfB[v], tiles[row, v]));
                }
                code.Assign(atB, atB + stepB);
                if (atPacked is not null) code.Assign(atPacked, atPacked + Width);
                foreach (var pointer in atA) code.Assign(pointer, pointer + (kernel.IsAdjacent ? stepA : 1));
            });
            code.If(Code.NotEqual(scale, 1), () =>
            {
                foreach (var sum in tiles) code.Assign(sum, sum * scale);
            });
            var atOut = code.Variable("at_out", cells + tile * Width);
            code.If(Code.NotEqual(adds, 0), () => WriteOut(tiles, atOut, mask, isSum: true),
                () => WriteOut(tiles, atOut, mask, isSum: false));
        }

        void WriteOut(CodeLocal[,] tiles, CodeLocal atOut, CodeExpr? mask, bool isSum)
        {
            for (var row = 0; row < kernel.Rows; row++)
            {
                for (var v = 0; v < kernel.Vectors; v++)
                {
                    var cut = v == kernel.Vectors - 1 ? mask : null;
                    CodeExpr value = tiles[row, v];
                    if (isSum) value = Code.Load(atOut, v * vector.Lanes, vector, cut) + value;
                    code.Store(atOut, v * vector.Lanes, value, cut);
                }
                if (row < kernel.Rows - 1) code.Assign(atOut, atOut + rowStep);
            }
        }
    }
}
