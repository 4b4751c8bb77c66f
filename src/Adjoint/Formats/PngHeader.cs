using System.Buffers.Binary;

namespace Adjoint;

/// <summary>Size and kind of a PNG image.</summary>
/// <param name="Bits">Of one channel: 1, 2, 4 or 8.</param>
sealed record PngHeader(int Width, int Height, int Bits, byte Kind)
{
    public const int Bytes = 13;
    public const byte Grey = 0, Colours = 2, Palette = 3, GreyAndOpacity = 4, ColoursAndOpacity = 6;

    int Channels => Kind switch { Colours => 3, GreyAndOpacity => 2, ColoursAndOpacity => 4, _ => 1 };

    /// <summary>Bytes of a row without the one of its filter.</summary>
    public int RowBytes => checked((int)(((long)Width * Channels * Bits + 7) / 8));

    /// <summary>Bytes from a pixel to the one it is compared with; narrow ones are compared by bytes.</summary>
    public int PixelBytes => Math.Max(1, Channels * Bits / 8);

    public static PngHeader Parse(ReadOnlySpan<byte> data, FileSource source)
    {
        if (data.Length != Bytes) throw source.Wrong("is damaged", $"{Bytes} bytes of header", FileSource.Bytes(data.Length));
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
        var (bits, kind) = (data[8], data[9]);
        if (width <= 0 || height <= 0 || width > int.MaxValue / 4)
            throw source.Wrong("is damaged", "a width and a height", $"{width} x {height}");
        if (kind is not (Grey or Colours or Palette or GreyAndOpacity or ColoursAndOpacity)
            || bits is not (1 or 2 or 4 or 8 or 16) || (bits < 8 && kind is not (Grey or Palette)))
            throw source.Wrong("is damaged", "a kind of pixels that PNG has", $"kind {kind} of {bits} bits");
        if (bits == 16)
            throw source.Wrong("has pixels that Adjoint cannot read", "8 bits a channel at most", "16 bits");
        if (data[10] != 0 || data[11] != 0 || data[12] != 0)
            throw source.Wrong("is packed in a way that Adjoint cannot read", "deflate, filters of kind 0, not interlaced",
                $"{data[10]}, {data[11]}, {data[12]}");
        return new(width, height, bits, kind);
    }

    /// <summary>Rows of the file to pixels of 8 bits a channel.</summary>
    /// <param name="rows">Unfiltered, each behind a filter byte.</param>
    /// <param name="opacity">Of the first colours of the palette; the others are opaque.</param>
    public HostArray ToImage(ReadOnlySpan<byte> rows, byte[] palette, byte[] opacity, FileSource source)
    {
        var channels = Kind switch
        {
            Palette => opacity.Length > 0 ? 4 : 3,
            GreyAndOpacity => 4,
            _ => Channels,
        };
        if ((long)Width * Height * channels > Array.MaxLength)
            throw source.Wrong("does not fit in memory", FileSource.Bytes(Array.MaxLength), $"{Width} x {Height} pixels");
        var image = channels == 1 ? new HostArray(DType.UInt8, Height, Width)
            : new HostArray(DType.UInt8, Height, Width, channels);
        for (var y = 0; y < Height; y++)
        {
            var row = rows.Slice(y * (RowBytes + 1) + 1, RowBytes);
            var to = image.Bytes.Slice(y * Width * channels, Width * channels);
            if (Kind == Palette) Look(row, to, channels, palette, opacity, source);
            else if (Kind == GreyAndOpacity) Spread(row, to);
            else if (Bits == 8) row.CopyTo(to);
            else for (var x = 0; x < Width; x++) to[x] = (byte)(Sample(row, x) * 255 / ((1 << Bits) - 1));
        }
        return image;
    }

    void Look(ReadOnlySpan<byte> row, Span<byte> to, int channels, byte[] palette, byte[] opacity, FileSource source)
    {
        for (var x = 0; x < Width; x++)
        {
            var colour = Sample(row, x);
            if (3 * colour + 3 > palette.Length)
                throw source.Wrong("is damaged", $"a colour of {palette.Length / 3}", $"colour {colour}");
            var pixel = to.Slice(x * channels, channels);
            palette.AsSpan(3 * colour, 3).CopyTo(pixel);
            if (channels == 4) pixel[3] = colour < opacity.Length ? opacity[colour] : byte.MaxValue;
        }
    }

    void Spread(ReadOnlySpan<byte> row, Span<byte> to)
    {
        for (var x = 0; x < Width; x++)
        {
            to.Slice(4 * x, 3).Fill(row[2 * x]);
            to[4 * x + 3] = row[2 * x + 1];
        }
    }

    // Narrow samples stand in a byte from its high bits down.
    int Sample(ReadOnlySpan<byte> row, int x) =>
        Bits == 8 ? row[x] : row[x * Bits / 8] >> (8 - Bits - x * Bits % 8) & ((1 << Bits) - 1);
}
