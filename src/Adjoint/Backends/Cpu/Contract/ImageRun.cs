using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

/// <summary>One chunk of a piece with an <see cref="ImagePlan"/> on one thread.</summary>
unsafe ref struct ImageRun
{
    const int Group = 4; // rows and columns that are turned together

    readonly ref PieceCall call;
    readonly PiecePlan plan;
    readonly ImagePlan image;
    readonly byte* tiles;
    readonly int bytes;
    byte* cells;
    TileCall tile;

    public ImageRun(ref PieceCall call, byte* workspace)
    {
        this.call = ref call;
        (plan, image, bytes) = (call.Plan, call.Plan.Image!, call.Plan.Bytes);
        tiles = workspace;
        tile.StepA = plan.RowsA.RunStep;
    }

    /// <summary>Does some blocks of rows and parts of columns of some batches.</summary>
    [SkipLocalsInit]
    public void Run((int From, int To) batches, (int From, int To) blocks, (int From, int To) columnParts)
    {
        Span<long> columns = stackalloc long[plan.Width];
        for (var batch = batches.From; batch < batches.To; batch++)
            for (var block = blocks.From; block < blocks.To; block++)
                for (var part = columnParts.From; part < columnParts.To; part++)
                {
                    var (column, width) = plan.ColumnParts[part];
                    width = Math.Min(width, call.Ends.Columns - column);
                    if (width <= 0) break;
                    cells = call.Out + plan.BatchesOut.Cell(batch) * bytes;
                    tile.A = call.A + plan.BatchesA.Cell(batch) * bytes;
                    for (var i = 0; i < width; i++) columns[i] = plan.ColumnsOut.Cell(column + i);
                    var vectors = (plan.ColumnParts[part].Count + plan.Lanes - 1) / plan.Lanes;
                    Sum(batch, image.Blocks[block], part, vectors);
                    Place(image.Blocks[block], vectors * plan.Lanes, columns[..width]);
                }
    }

    void Sum(int batch, (int From, int To) block, int columnPart, int vectors)
    {
        for (var s = 0; s < plan.SumParts.Parts; s++)
        {
            var (sum, sums) = plan.SumParts[s];
            tile.B = image.Panels.Block(call.Panels, batch, s) + (long)columnPart * sums * plan.Width * bytes;
            tile.Table = plan.Table!.Sums.From(sum);
            tile.Sums = Math.Clamp(call.Ends.Sums - sum, 0, sums);
            tile.Adds = s > 0 ? 1 : 0;
            tile.Cells = tiles;
            for (int from = block.From, to; from < block.To; from = to)
            {
                var rows = image.Tiles[from].Count;
                for (to = from + 1; to < block.To && image.Tiles[to].Count == rows;) to++;
                tile.Starts = image.Starts.From(from);
                TileCall.Run(image.Kernel(rows, vectors), ref tile, to - from);
                tile.Cells += (long)(to - from) * rows * vectors * plan.Lanes * bytes;
            }
        }
    }

    // Rows of a tile are cells side by side in out, columns are far apart.
    void Place((int From, int To) block, int width, scoped Span<long> columns)
    {
        var at = tiles;
        for (var i = block.From; i < block.To; i++)
        {
            var (row, count) = image.Tiles[i];
            var rows = Math.Min(count, call.Ends.Rows - row);
            var first = cells + plan.RowsOut.Cell(row) * bytes;
            if (bytes == sizeof(double)) PlaceTile((double*)at, (double*)first, rows, width, columns);
            else PlaceTile((float*)at, (float*)first, rows, width, columns);
            at += (long)count * width * bytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PlaceTile(float* source, float* target, int rows, int width, scoped Span<long> columns)
    {
        var (step, scale, adds) = (plan.RowsOut.RunStep, (float)call.Scale, call.Accumulates);
        for (var row = 0; row < rows; row += Group)
        {
            var kept = Math.Min(Group, rows - row);
            // Rows that are not there are those that are, once more.
            float* s0 = source + row * width, s1 = kept > 1 ? s0 + width : s0, s2 = kept > 2 ? s1 + width : s0, s3 = kept > 3 ? s2 + width : s0;
            var first = target + row * step;
            var column = 0;
            for (; column <= columns.Length - Group; column += Group)
            {
                var (a, b) = (Vector128.Load(s0 + column), Vector128.Load(s1 + column));
                var (c, d) = (Vector128.Load(s2 + column), Vector128.Load(s3 + column));
                Vector128<float> ab = Low(a, b), cd = Low(c, d), ab2 = High(a, b), cd2 = High(c, d);
                Put(first + columns[column], LowHalves(ab, cd), kept, step, scale, adds);
                Put(first + columns[column + 1], HighHalves(ab, cd), kept, step, scale, adds);
                Put(first + columns[column + 2], LowHalves(ab2, cd2), kept, step, scale, adds);
                Put(first + columns[column + 3], HighHalves(ab2, cd2), kept, step, scale, adds);
            }
            for (; column < columns.Length; column++)
                Put(first + columns[column], Vector128.Create(s0[column], s1[column], s2[column], s3[column]), kept, step, scale, adds);
        }
    }

    static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : Vector128.Create(a.GetLower(), b.GetLower());

    static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveHighToLow(b, a) : Vector128.Create(a.GetUpper(), b.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(float* cell, Vector128<float> numbers, int kept, long step, float scale, bool adds)
    {
        numbers *= scale;
        if (step == 1 && kept == Group)
        {
            if (adds) numbers += Vector128.Load(cell);
            numbers.Store(cell);
            return;
        }
        cell[0] = adds ? cell[0] + numbers[0] : numbers[0];
        if (kept > 1) cell[step] = adds ? cell[step] + numbers[1] : numbers[1];
        if (kept > 2) cell[2 * step] = adds ? cell[2 * step] + numbers[2] : numbers[2];
        if (kept > 3) cell[3 * step] = adds ? cell[3 * step] + numbers[3] : numbers[3];
    }

    void PlaceTile(double* source, double* target, int rows, int width, scoped Span<long> columns)
    {
        var step = plan.RowsOut.RunStep;
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns.Length; column++)
            {
                var cell = target + row * step + columns[column];
                var number = source[row * width + column] * call.Scale;
                *cell = call.Accumulates ? *cell + number : number;
            }
    }
}
