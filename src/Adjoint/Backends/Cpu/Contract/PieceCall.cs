using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>One run of a piece: the arrays, and what is to be done with them.</summary>
unsafe struct PieceCall
{
    public readonly PiecePlan Plan;
    public readonly TileEpilogue? Epilogue;
    public readonly void* Context;
    public readonly byte* A;
    public readonly byte* B;
    public readonly byte* Out;
    public readonly byte* Workspace;

    /// <summary>The tiles of b, if they are packed already.</summary>
    public readonly byte* Panels;
    public readonly double Scale;
    public readonly bool Accumulates;
    public readonly ContractionEnds Ends;

    public PieceCall(
        PiecePlan plan, void* a, void* b, void* cells, bool accumulate, void* workspace, byte* panels, double scale,
        TileEpilogue? epilogue, void* context, ContractionEnds ends, byte* margins)
    {
        var piece = plan.Piece;
        (Plan, Epilogue, Scale) = (plan, epilogue, scale);
        A = (byte*)(piece.IsSwapped ? b : a) + piece.OffsetA * plan.Bytes;
        B = (byte*)(piece.IsSwapped ? a : b) + piece.OffsetB * plan.Bytes;
        if (plan.Image is not null) A = margins;
        else if (plan.Margins is not null) B = margins;
        Out = (byte*)cells + piece.OffsetOut * plan.Bytes;
        Workspace = (byte*)workspace;
        Panels = plan.Still is null && plan.Image is null ? null : panels;
        Context = context;
        Accumulates = accumulate || piece.Adds;
        Ends = piece.IsSwapped ? ends.Swapped : ends;
    }

    public void Run(Team? team, int threads)
    {
        var chunks = Plan.Grid.Chunks;
        if (team is null || threads == 1 || chunks == 1)
            for (var chunk = 0; chunk < chunks; chunk++) RunChunk(chunk, 0);
        else if (team.Threads > threads)
            throw Throw.Internal($"a contraction planned for {threads} threads meets a team of {team.Threads}");
        else
            team.Run(chunks, &RunChunk, Unsafe.AsPointer(ref this));
    }

    static void RunChunk(void* call, int chunk, int worker) => Unsafe.AsRef<PieceCall>(call).RunChunk(chunk, worker);

    void RunChunk(int chunk, int worker)
    {
        var grid = Plan.Grid;
        var (rest, column) = Math.DivRem(chunk, grid.Columns);
        var (batch, row) = Math.DivRem(rest, grid.Rows);
        var batches = ChunkGrid.Range(Plan.BatchesOut.Count, grid.Batches, batch);
        var columns = ChunkGrid.Range(Plan.ColumnParts.Parts, grid.Columns, column);
        var workspace = Workspace + worker * Plan.WorkspaceBytes;
        if (Plan.Image is { } image)
        {
            new ImageRun(ref this, workspace).Run(batches, ChunkGrid.Range(image.Blocks.Length, grid.Rows, row), columns);
            return;
        }
        if (Plan.SumRows is not null)
        {
            new SumRowRun(ref this, workspace).Run(ChunkGrid.Range(Plan.RowParts.Parts, grid.Rows, row), columns);
            return;
        }
        Span<int> origins = stackalloc int[2 * AxisList.MostWindows];
        new ChunkRun(ref this, workspace, origins).Run(batches, ChunkGrid.Range(Plan.RowParts.Parts, grid.Rows, row), columns);
    }
}
