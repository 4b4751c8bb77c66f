namespace Adjoint;

// Before it is packed, each row is replaced by its distance to a guess from the pixels left, above and left above; a byte
// before the row says which guess. All arithmetic is modulo 256.

/// <summary>The five guesses of PNG.</summary>
static class PngFilter
{
    const int Kinds = 5;

    /// <summary>Turns distances back into pixels, in place.</summary>
    /// <param name="rows">Each row behind its filter byte.</param>
    public static void Undo(Span<byte> rows, int rowBytes, int pixelBytes, FileSource source)
    {
        ReadOnlySpan<byte> above = new byte[rowBytes];
        for (var start = 0; start < rows.Length; start += rowBytes + 1)
        {
            var kind = rows[start];
            if (kind >= Kinds) throw source.Wrong("is damaged", "a filter from 0 to 4", $"filter {kind}");
            var row = rows.Slice(start + 1, rowBytes);
            for (var i = 0; i < row.Length && kind != 0; i++) row[i] += Guess(kind, row, above, i, pixelBytes);
            above = row;
        }
    }

    /// <summary>Writes each row with the guess whose distances are smallest, which usually packs best.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> pixels, int rowBytes, int pixelBytes)
    {
        ReadOnlySpan<byte> above = new byte[rowBytes];
        var distances = new byte[rowBytes];
        for (var start = 0; start < pixels.Length; start += rowBytes)
        {
            var row = pixels.Slice(start, rowBytes);
            var (best, least) = (0, long.MaxValue);
            for (var kind = 0; kind < Kinds; kind++)
                if (Filter(kind, row, above, pixelBytes, distances) is var sum && sum < least) (best, least) = (kind, sum);
            Filter(best, row, above, pixelBytes, distances);
            stream.WriteByte((byte)best);
            stream.Write(distances);
            above = row;
        }
    }

    static long Filter(int kind, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> distances)
    {
        var sum = 0L;
        for (var i = 0; i < row.Length; i++)
        {
            distances[i] = (byte)(row[i] - Guess(kind, row, above, i, pixelBytes));
            sum += Math.Abs((int)(sbyte)distances[i]);
        }
        return sum;
    }

    static byte Guess(int kind, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int i, int pixelBytes)
    {
        var left = i < pixelBytes ? (byte)0 : row[i - pixelBytes];
        return kind switch
        {
            0 => 0,
            1 => left,
            2 => above[i],
            3 => (byte)((left + above[i]) / 2),
            _ => Paeth(left, above[i], i < pixelBytes ? (byte)0 : above[i - pixelBytes]),
        };
    }

    // Whichever of the three is nearest to left + above - corner; the order decides ties.
    static byte Paeth(byte left, byte above, byte corner)
    {
        var toLeft = Math.Abs(above - corner);
        var toAbove = Math.Abs(left - corner);
        var toCorner = Math.Abs(left + above - 2 * corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
