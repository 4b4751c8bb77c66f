namespace Adjoint;

// Reads what a header promises. A promise costs nothing to write, so memory grows with the bytes that really arrive:
// at most twice as many, unless the length of the stream is known to cover the promise.

/// <summary>Reads counted bytes from a stream whose headers are not trusted.</summary>
/// <param name="length">How many bytes the stream certainly has from here on; null when that is unknown.</param>
/// <param name="checksum">Receives every byte that is read.</param>
sealed class BoundedReader(Stream stream, long? length, Crc32? checksum = null)
{
    const int FirstStep = 1 << 16;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>At most <paramref name="count"/> bytes: fewer only where the stream ends.</summary>
    public byte[] ReadUpTo(int count)
    {
        var isCovered = length is { } total && total - Position >= count;
        var bytes = new byte[isCovered ? count : Math.Min(count, FirstStep)];
        var filled = 0;
        while (true)
        {
            var read = stream.ReadAtLeast(bytes.AsSpan(filled), bytes.Length - filled, throwOnEndOfStream: false);
            checksum?.Append(bytes.AsSpan(filled, read));
            filled += read;
            Position += read;
            if (filled == count) return bytes;
            if (filled < bytes.Length) return bytes[..filled];
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * bytes.Length));
        }
    }
}
