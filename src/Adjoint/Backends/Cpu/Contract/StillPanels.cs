using System.Runtime.CompilerServices;

namespace Adjoint;

// An operand that is the same in many runs (weights in a loop over time) is packed once for all of them: every tile, in
// the order in which runs read them.

/// <summary>Which operand of a contraction stays the same from run to run.</summary>
enum StillOperand
{
    None,
    A,
    B,
}

/// <summary>All tiles of b of a piece.</summary>
sealed unsafe class StillPanels(PiecePlan plan)
{
    /// <summary>Rows up to which it matters: packing costs as much as four of them.</summary>
    public const int MostRows = 256;

    /// <summary>Panels stay in the third cache beside what else is at work.</summary>
    public const long MostBytes = 16 << 20;

    readonly long blockBytes = (long)plan.ColumnParts.Parts * plan.SumParts.Largest * plan.Width * plan.Bytes;

    public long Bytes => plan.BatchesB.Count * plan.SumParts.Parts * blockBytes;

    /// <summary>The tiles of one batch and one part of the sum, side by side.</summary>
    public byte* Block(byte* panels, int batch, int sum) =>
        panels + ((long)batch * plan.SumParts.Parts + sum) * blockBytes;

    /// <param name="b">Its first cell.</param>
    public void Pack(byte* b, byte* panels, Team? team)
    {
        var call = new Call { Panels = this, B = b + plan.OffsetB * plan.Bytes, Packed = panels };
        var tiles = plan.BatchesB.Count * plan.SumParts.Parts * plan.ColumnParts.Parts;
        if (team is null)
            for (var tile = 0; tile < tiles; tile++) PackTile(ref call, tile);
        else team.Run(tiles, &PackTile, Unsafe.AsPointer(ref call));
    }

    static void PackTile(void* context, int tile, int worker) => PackTile(ref Unsafe.AsRef<Call>(context), tile);

    static void PackTile(ref Call call, int tile) => call.Panels.PackTile(call.B, call.Packed, tile);

    void PackTile(byte* b, byte* panels, int tile)
    {
        var (rest, part) = Math.DivRem(tile, plan.ColumnParts.Parts);
        var (batch, block) = Math.DivRem(rest, plan.SumParts.Parts);
        var ((sum, sums), (column, width)) = (plan.SumParts[block], plan.ColumnParts[part]);
        Span<int> origin = stackalloc int[AxisList.MostWindows];
        if (plan.HasWindows)
        {
            plan.OriginB.CopyTo(origin);
            plan.BatchesB.AddWindows(batch, origin);
        }
        plan.ReaderB.Pack(b + plan.BatchesB.Cell(batch) * plan.Bytes, origin, column, width, sum, sums,
            (width + plan.Lanes - 1) / plan.Lanes * plan.Lanes,
            Block(panels, batch, block) + (long)part * sums * plan.Width * plan.Bytes);
    }

    struct Call
    {
        public StillPanels Panels;
        public byte* B;
        public byte* Packed;
    }
}
