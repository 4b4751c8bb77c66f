namespace Adjoint;

// How groups are cut into tiles, panels and blocks of sums, and what runs along lanes.

sealed partial class PiecePlan
{
    /// <summary>A panel of a stays in the first cache together with what streams past it.</summary>
    const int PanelBytes = 24 << 10;

    /// <summary>Where cells of out are brought to their places one by one, they are so less often: the panel passes
    /// through the first cache once for each tile.</summary>
    const int LongPanelBytes = 96 << 10;

    /// <summary>Bringing a cell of out to its place takes as long as so many sums of it.</summary>
    const int SumsOfScattering = 24;

    /// <summary>Rows up to which b is not worth packing: always, and for a sum long enough that adding lanes is little.</summary>
    const int DotRows = 4, MostDotRows = 16, LongSum = 128;

    // Few rows do not pay for packing b. What is asked for here lets both other methods read and write in place.
    ContractionMethod ChooseMethod()
    {
        if (Table is not null || SumRows is not null) return ContractionMethod.Tiles;
        var isPlain = SumsA.Count > 0 && SumsA.IsOneRun && RowsA.IsOneRun && ColumnsB.IsOneRun
            && RowsA.Windows == 0 && ColumnsB.Windows == 0;
        var isDense = SumsA.RunStep == 1 || RowsA.Count == 1;
        // What is packed once for many runs costs nothing.
        var areFew = RowsA.Count <= (isStillB ? StreamKernel.MostRows : SumsA.Count >= LongSum ? MostDotRows : DotRows);
        if (isPlain && isDense && areFew && SumsB.RunStep == 1 && ColumnsB.RunStep != 1)
            return ContractionMethod.Dots;
        var lanes = Target.Lanes(Element);
        return isPlain && (isDense || RowsA.RunStep == 1) && RowsA.Count <= StreamKernel.MostRows && lanes > 1
            && ColumnsB.RunStep == 1 && ColumnsOut.RunStep == 1
            && (Target.HasMaskedMemory || ColumnsB.Count % lanes == 0)
            ? ContractionMethod.Streams : ContractionMethod.Tiles;
    }

    // Two vectors beside each other reach the peak from six rows on; three columns of vectors in all are one tile.
    int MostRows(int vectors)
    {
        if (Method == ContractionMethod.Dots) return DotKernel.MostRows(Target);
        if (SumRows is not null) return SumRows.Side;
        if (IsImage) return ImageKernel.MostRows(Math.Min(ImageKernel.MostVectors, vectors), Target);
        var most = TileKernel.MostAccumulators(Target);
        return most / (vectors == 3 && most >= 24 ? 3 : vectors == 1 && TableB is not null ? 1 : 2);
    }

    int MostVectors(int rows) => Method switch
    {
        ContractionMethod.Dots => DotKernel.MostColumns(rows),
        ContractionMethod.Streams => StreamKernel.MostVectors(rows, Target),
        _ => IsImage ? ImageKernel.MostVectors : TileKernel.MostVectors(rows, Target),
    };

    Partition CutSums()
    {
        if (SumsA.Count == 0) return Partition.One;
        if (Method != ContractionMethod.Tiles || SumRows is not null) return Partition.Full(SumsA.Count, SumsA.Count, SumsA.Count);
        if (IsImage) return Partition.Even(SumsA.Count, SumsA.Count, ImagePlan.MostSums(Width, Bytes));
        var isInPlace = ColumnsOut.RunStep == 1 && (TableB is not null || ColumnRun() == ColumnsOut.RunLength);
        var most = Math.Max(1, (isInPlace ? PanelBytes : LongPanelBytes) / Bytes / Math.Max(1, RowParts.Largest));
        return Partition.Even(SumsA.Count, SumsA.RunLength >= 128 ? SumsA.RunLength : SumsA.Count, most);
    }

    // One array may run on where the other does not: rows of an image follow each other.
    static PieceAxis[] Join(PieceAxis[] axes, Func<PieceAxis, long> step)
    {
        var joined = new List<PieceAxis>();
        foreach (var axis in axes)
            if (joined.Count > 0 && step(joined[^1]) == step(axis) * axis.Extent)
                joined[^1] = axis with { Extent = joined[^1].Extent * axis.Extent };
            else joined.Add(axis);
        return [.. joined];
    }

    // Parts that stay inside runs are read and written in place, but the last of each may be narrow. Cells that do not lie side
    // by side are brought to their places one by one anyway.
    int ColumnRun()
    {
        if (TableB is not null) return ColumnsB.RunLength;
        var run = ColumnsOut.RunLength;
        if (ColumnsOut.RunStep != 1) return ColumnsB.Count;
        var idle = (run + Lanes - 1) / Lanes * Lanes - run;
        var isLong = ColumnsB.Windows > 0 && (long)idle * SumsA.Count > (long)run * SumsOfScattering;
        return idle <= run / 4 && !isLong ? run : ColumnsB.Count;
    }
}
