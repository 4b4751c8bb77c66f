namespace Adjoint;

/// <summary>Called with cells of out that are finished and still near.</summary>
/// <param name="context">As given to the run.</param>
/// <param name="cells">The first one.</param>
/// <param name="cell">Where that one lies, from the first cell of out.</param>
/// <param name="rowStep">From one row to the next, in cells; columns lie side by side.</param>
unsafe delegate void TileEpilogue(void* context, void* cells, long cell, int rows, long rowStep, int columns);

/// <summary>A contraction ready to run: made once, run without allocating.</summary>
sealed unsafe class ContractionPlan
{
    readonly PiecePlan[] pieces;
    readonly PlainContraction plain;
    readonly bool isDouble;
    readonly long marginsAt, panelsAt;

    ContractionPlan(ContractionShape shape, PiecePlan[] pieces, int threads, bool isDouble)
    {
        (plain, this.isDouble) = (new(shape), isDouble);
        (Shape, this.pieces, Threads) = (shape, pieces, threads);
        marginsAt = threads * pieces.Select(p => p.WorkspaceBytes).DefaultIfEmpty().Max();
        panelsAt = marginsAt + pieces.Select(p => PiecePlan.Aligned(p.Margins?.Bytes ?? 0)).DefaultIfEmpty().Max();
        WorkspaceBytes = panelsAt + pieces.Select(p => p.Image?.Panels.Bytes ?? 0).DefaultIfEmpty().Max();
        PanelBytes = pieces.Sum(p => p.Still?.Bytes ?? 0);
    }

    public ContractionShape Shape { get; }

    /// <summary>What it is made of, in the order in which it runs.</summary>
    public IReadOnlyList<PiecePlan> Pieces => pieces;

    /// <summary>The most threads that may take part.</summary>
    public int Threads { get; }

    /// <summary>Whether every cell of out is written by one piece, side by side with others.</summary>
    public bool CanFinish => pieces.All(p => !p.Piece.Adds && p.ColumnsOut.RunStep == 1 && p.SumRows is null);

    /// <summary>Between rows of tiles, in cells.</summary>
    public long RowStep => pieces.Length == 0 ? 0 : pieces[0].RowsOut.RunStep;

    /// <summary>What a run needs beside its arrays, aligned as a <see cref="Storage"/>; its contents do not matter.</summary>
    public long WorkspaceBytes { get; }

    /// <summary>What the operand that stays the same takes when packed for all runs; 0 where that does not pay.</summary>
    public long PanelBytes { get; }

    /// <param name="type">float32 or float64.</param>
    /// <param name="still">An operand that is the same in many runs: it may be packed once for all of them.</param>
    public static ContractionPlan Of(ContractionShape shape, DType type, CodeTarget target, int threads,
        StillOperand still = StillOperand.None)
    {
        var element = type switch
        {
            DType.Float32 => Element.Float,
            DType.Float64 => Element.Double,
            _ => throw Throw.Internal($"a contraction of {type.Name}"),
        };
        return new(shape,
            [.. ContractionNormalForm.Of(shape).Select(p => new PiecePlan(p, element, target, threads, still))], threads,
            element == Element.Double);
    }

    /// <summary>Packs the operand that stays the same.</summary>
    /// <param name="operand">Its first cell.</param>
    /// <param name="panels"><see cref="PanelBytes"/> bytes, aligned as a <see cref="Storage"/>.</param>
    public void Pack(void* operand, void* panels, Team? team = null)
    {
        var at = (byte*)panels;
        foreach (var piece in pieces)
        {
            piece.Still?.Pack((byte*)operand, at, team);
            at += piece.Still?.Bytes ?? 0;
        }
    }

    /// <summary>Writes out, or adds to it.</summary>
    /// <param name="team">Threads to share the work with; the bits are the same for any.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/> bytes that nobody else uses meanwhile.</param>
    /// <param name="panels">What <see cref="Pack"/> made; null if every run packs for itself.</param>
    /// <param name="ends">How far it goes; where a group has several axes of more than one position, to the end of
    /// them all.</param>
    public void Run(
        void* a, void* b, void* cells, bool accumulate, void* workspace, Team? team = null, double scale = 1,
        TileEpilogue? epilogue = null, void* context = null, void* panels = null,
        ContractionEnds? ends = null)
    {
        var end = ends ?? ContractionEnds.All;
        if (plain.IsNeeded(a, b, isDouble))
        {
            if (isDouble) plain.Run((double*)a, (double*)b, (double*)cells, accumulate, scale, epilogue, context, end);
            else plain.Run((float*)a, (float*)b, (float*)cells, accumulate, (float)scale, epilogue, context,
                end);
            return;
        }
        (MarginCopy?, nint) copied = default;
        foreach (var piece in pieces)
        {
            var margins = (byte*)workspace + marginsAt;
            if (piece.Margins is { } copy)
            {
                var image = piece.Piece.IsSwapped == piece.IsImage ? b : a;
                if (copied != (copy, (nint)image)) copy.Run((byte*)image, margins, Threads == 1 ? null : team);
                copied = (copy, (nint)image);
            }
            var packed = (byte*)panels;
            if (piece.Image is not null)
            {
                packed = (byte*)workspace + panelsAt;
                piece.Image.Panels.Pack((byte*)(piece.Piece.IsSwapped ? a : b), packed, Threads == 1 ? null : team);
            }
            var call = new PieceCall(piece, a, b, cells, accumulate, workspace, packed, scale, epilogue, context,
                end, margins);
            call.Run(team, Threads);
            if (panels is not null) panels = (byte*)panels + (piece.Still?.Bytes ?? 0);
        }
    }
}
