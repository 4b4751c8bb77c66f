using System.Runtime.CompilerServices;

namespace Adjoint;

// A convolution reads each number of an image once for every tap: packing writes as many. Where the cells that a row of columns
// reads for one tap lie side by side, kernels read them in place, and a table says where those of each sum begin. Windows make
// this a copy with zeros around it, in which every point exists, and in which the stride is gone: position p of the innermost
// window lies at p mod stride, then p / stride.

/// <summary>Where kernels find the rows of b, in b itself or in a copy with margins.</summary>
sealed unsafe class RowTable
{
    /// <summary>A larger copy would go through memory twice.</summary>
    const long MostBytes = 64 << 20;

    /// <summary>Packing a column takes about as long as so many rows of products with it, for each stretch of a vector.</summary>
    const int RowsOfPacking = 7;

    /// <summary>Cells behind the last one that a tile may read, and drop.</summary>
    const int Slack = 64;

    /// <summary>Rows for which cells far apart are not worth packing.</summary>
    const int MostRowsInPlace = 64;

    const int Chunks = 64;

    readonly Dim[] plain, windows; // the outermost first; the last window is that of the lanes
    readonly long[] table;
    readonly int bytes, stride, phase, rows;
    readonly long first; // the cell at which all positions are 0

    /// <param name="Extent">In the copy.</param>
    /// <param name="Step">From one position to the next, in cells of b.</param>
    /// <param name="Least">The first position.</param>
    /// <param name="Exists">Positions of b.</param>
    readonly record struct Dim(int Extent, long Step, int Least, int Exists)
    {
        public long Pitch { get; init; } // in the copy
    }

    RowTable(ContractionPiece piece, int[] own, int lanes, int bytes)
    {
        this.bytes = bytes;
        stride = piece.Group(ContractionGroup.Column)[^1].Coefficients[lanes];
        int[] order = [.. own.Where(w => w != lanes), lanes];
        windows = [.. order.Select(w => Reached(piece, w))];
        phase = (windows[^1].Extent + stride - 1) / stride;
        first = piece.OffsetB - own.Sum(w => piece.Windows[w].Constant * piece.Windows[w].Step);
        var pitch = (long)phase * stride;
        for (var i = windows.Length - 2; i >= 0; i--)
        {
            windows[i] = windows[i] with { Pitch = pitch };
            pitch *= windows[i].Extent;
        }
        var axes = piece.Axes.ToArray();
        var whole = new List<Dim>();
        foreach (var i in Enumerable.Range(0, axes.Length).OrderBy(i => Math.Abs(axes[i].B)))
        {
            if (axes[i].B == 0 || own.Any(w => axes[i].Coefficients[w] != 0)) continue;
            whole.Insert(0, new(axes[i].Extent, axes[i].B, 0, axes[i].Extent) { Pitch = pitch });
            axes[i] = axes[i] with { B = pitch };
            pitch *= axes[i].Extent;
        }
        plain = [.. whole];
        Bytes = (pitch + Slack) * bytes;
        rows = (int)Math.Min(int.MaxValue, pitch / ((long)phase * stride));
        for (var i = 0; i < axes.Length; i++)
            if (own.Any(w => axes[i].Coefficients[w] != 0))
                axes[i] = axes[i] with
                {
                    B = axes[i].Coefficients[lanes] / stride
                        + Enumerable.Range(0, windows.Length - 1).Sum(w => axes[i].Coefficients[order[w]] * windows[w].Pitch),
                };
        table = Bytes > MostBytes ? [] : Lookup(piece, axes, own, order);
        int[] others = [.. Enumerable.Range(0, piece.Windows.Count).Except(own)];
        Piece = piece with
        {
            Axes = [.. axes.Select(a => a with { Coefficients = [.. others.Select(w => a.Coefficients[w])] })],
            Windows = [.. others.Select(w => piece.Windows[w])],
            OffsetB = 0,
        };
    }

    RowTable(ContractionPiece piece)
    {
        (Piece, plain, windows) = (piece, [], []);
        table = Cells(new([.. piece.Axes.Where(a => !a.IsOut)], a => a.B), (_, cell) => cell);
    }

    /// <summary>The piece as it reads the copy; where its sums lie says <see cref="Row"/>.</summary>
    public ContractionPiece Piece { get; }

    /// <summary>What the copy takes; 0 where b itself is read.</summary>
    public long Bytes { get; }

    /// <summary>Where the cells of sums begin, from those of the first column, in cells.</summary>
    public long* Row(int sum) => (long*)Unsafe.AsPointer(ref table[sum]); // pinned

    /// <summary>Null where columns do not lie side by side, or packing takes less time.</summary>
    /// <param name="lanes">Of a vector.</param>
    public static RowTable? Of(ContractionPiece piece, int lanes, int bytes)
    {
        int[] own = [.. Enumerable.Range(0, piece.Windows.Count).Where(w => piece.Windows[w].IsOfB)];
        var columns = piece.Group(ContractionGroup.Column);
        if (columns.Length == 0 || lanes == 1 || piece.Count(ContractionGroup.Sum) == 0
            || piece.Windows.Any(w => w.IsOfOut) || own.Any(w => piece.Windows[w].Step <= 0)) return null;
        var row = columns[^1];
        var vectors = (row.Extent + lanes - 1) / lanes;
        // The last vector of each row of columns computes some for nothing, and one alone waits for numbers of a.
        var idle = (vectors == 1 ? lanes * 3 / 2 : vectors * lanes) - row.Extent;
        if (idle * piece.Count(ContractionGroup.Row) > RowsOfPacking * (row.Extent + lanes)) return null;
        // One vector alone may read beyond the row.
        if (own.Length == 0)
            return vectors > 1 && row.B == 1 && piece.Group(ContractionGroup.Sum).Length > 1
                && piece.Count(ContractionGroup.Row) <= MostRowsInPlace ? new(piece) : null;
        int[] moved = [.. own.Where(w => row.Coefficients[w] != 0)];
        if (moved.Length != 1 || row.Coefficients[moved[0]] < 1
            || piece.Axes.Any(a => a.IsOut && a != row && a.Coefficients[moved[0]] != 0)
            || piece.Axes.Any(a => own.Any(w => a.Coefficients[w] != 0)
                && a.B != own.Sum(w => a.Coefficients[w] * piece.Windows[w].Step))) return null;
        var copy = new RowTable(piece, own, moved[0], bytes);
        return copy.table.Length > 0 ? copy : null;
    }

    // The positions that points have, in b or beyond its ends.
    static Dim Reached(ContractionPiece piece, int window)
    {
        int least = piece.Windows[window].Constant, most = least;
        foreach (var axis in piece.Axes)
        {
            var reach = axis.Coefficients[window] * (axis.Extent - 1);
            (least, most) = (least + Math.Min(0, reach), most + Math.Max(0, reach));
        }
        return new(most - least + 1, piece.Windows[window].Step, least, piece.Windows[window].Extent);
    }

    long[] Lookup(ContractionPiece piece, PieceAxis[] axes, int[] own, int[] order) => Cells(
        new([.. axes.Where(a => !a.IsOut)], a => own.Any(w => a.Coefficients[w] != 0) ? 0 : a.B, order), (positions, cell) =>
        {
            for (var w = 0; w < windows.Length; w++)
            {
                var position = piece.Windows[order[w]].Constant - windows[w].Least + positions[w];
                cell += w < windows.Length - 1 ? position * windows[w].Pitch
                    : (long)Math.DivRem(position, stride, out var rest) + (long)rest * phase;
            }
            return cell;
        });

    static long[] Cells(AxisList sums, Func<int[], long, long> cell)
    {
        var found = GC.AllocateArray<long>(sums.Count, pinned: true);
        var positions = new int[AxisList.MostWindows];
        for (var i = 0; i < found.Length; i++)
        {
            Array.Clear(positions);
            sums.AddWindows(i, positions);
            found[i] = cell(positions, sums.Cell(i));
        }
        return found;
    }

    /// <param name="b">The first cell of its operand.</param>
    /// <param name="target"><see cref="Bytes"/> bytes.</param>
    public void Copy(byte* b, byte* target, Team? team)
    {
        var call = new Call { Table = this, Source = b + first * bytes, Target = target };
        if (team is null) CopyRows(ref call, 0, rows);
        else team.Run(Math.Min(rows, Chunks), &CopyChunk, Unsafe.AsPointer(ref call));
    }

    static void CopyChunk(void* context, int chunk, int worker)
    {
        ref var call = ref Unsafe.AsRef<Call>(context);
        var (from, to) = ChunkGrid.Range(call.Table.rows, Math.Min(call.Table.rows, Chunks), chunk);
        CopyRows(ref call, from, to);
    }

    static void CopyRows(ref Call call, int from, int to)
    {
        var table = call.Table;
        for (var row = from; row < to; row++)
        {
            var source = table.Source(row, out var exists);
            var target = (long)row * table.phase * table.stride;
            if (table.bytes == sizeof(float)) table.CopyRow((float*)call.Source + source, exists, (float*)call.Target + target);
            else table.CopyRow((double*)call.Source + source, exists, (double*)call.Target + target);
        }
    }

    // Where a row of the copy comes from, and whether b has it.
    long Source(int row, out bool exists)
    {
        var cell = 0L;
        exists = true;
        for (var i = windows.Length - 2; i >= 0; i--)
        {
            (row, var position) = Math.DivRem(row, windows[i].Extent);
            position += windows[i].Least;
            exists &= (uint)position < (uint)windows[i].Exists;
            cell += position * windows[i].Step;
        }
        for (var i = plain.Length - 1; i >= 0; i--)
        {
            (row, var position) = Math.DivRem(row, plain[i].Extent);
            cell += position * plain[i].Step;
        }
        return cell;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyRow<T>(T* source, bool exists, T* target) where T : unmanaged
    {
        var lane = windows[^1];
        for (var rest = 0; rest < stride; rest++, target += phase)
        {
            // Position least + rest + stride * j is in b from j = from on, up to to.
            var start = lane.Least + rest;
            var from = exists ? Math.Clamp((-start + stride - 1) / stride, 0, phase) : phase;
            var to = Math.Clamp((lane.Exists - start + stride - 1) / stride, from, phase);
            new Span<T>(target, from).Clear();
            var step = lane.Step * stride;
            var at = source + start * lane.Step;
            if (step == 1) new ReadOnlySpan<T>(at + from, to - from).CopyTo(new(target + from, to - from));
            else for (var j = from; j < to; j++) target[j] = at[j * step];
            new Span<T>(target + to, phase - to).Clear();
        }
    }

    struct Call
    {
        public RowTable Table;
        public byte* Source;
        public byte* Target;
    }
}
