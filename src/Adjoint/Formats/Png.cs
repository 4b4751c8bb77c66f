using System.Buffers.Binary;
using System.IO.Compression;

namespace Adjoint;

// https://www.w3.org/TR/png: a signature, then chunks of length, name, data and checksum. Read are all images of at most 8
// bits a channel that are not interlaced; a palette becomes colours. Written are 8 bits a channel.

/// <summary>Images in .png files: uint8[h, w] grey, [h, w, 3] colours, [h, w, 4] colours with opacity.</summary>
public static class Png
{
    // Deflate cannot pack tighter: a header that promises more is a bomb or damaged.
    const long MaxRatio = 1032;

    static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <returns>uint8[h, w], [h, w, 3] or [h, w, 4]</returns>
    /// <exception cref="FileFormatException">The file is not an image of this form, or is damaged.</exception>
    public static HostArray Read(string path) => Read(File.ReadAllBytes(path), path);

    /// <param name="file">The name for messages.</param>
    public static HostArray Read(ReadOnlySpan<byte> bytes, string file)
    {
        var source = new FileSource("Png.Read", file);
        if (!bytes.StartsWith(Signature))
            throw source.Wrong("is no PNG image", "first bytes 89 50 4E 47", FileSource.FirstBytes(bytes));
        var chunks = new PngChunks(bytes[Signature.Length..], source);
        if (!chunks.Next() || !chunks.Is("IHDR"u8)) throw source.Wrong("is damaged", "the chunk IHDR first", "another");
        var header = PngHeader.Parse(chunks.Data, source);
        byte[] palette = [], opacity = [];
        using var packed = new MemoryStream();
        while (chunks.Next() && !chunks.Is("IEND"u8))
            if (chunks.Is("IDAT"u8)) packed.Write(chunks.Data);
            else if (chunks.Is("PLTE"u8)) palette = chunks.Data.ToArray();
            else if (chunks.Is("tRNS"u8)) opacity = chunks.Data.ToArray();
            else if (chunks.IsCritical) throw source.Wrong("needs what Adjoint cannot read", "IHDR, PLTE, IDAT, IEND", chunks.Name);
        if (!chunks.Is("IEND"u8)) throw source.Wrong("is cut short", "the chunk IEND at the end", "the end of the file");
        return header.ToImage(Unpack(packed, header, source), palette, opacity, source);
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="image">uint8[h, w], [h, w, 3] or [h, w, 4]</param>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public static void Write(string path, HostArray image) => AtomicFile.Write(path, stream => Write(stream, image));

    /// <param name="image">uint8[h, w], [h, w, 3] or [h, w, 4]</param>
    public static void Write(Stream stream, HostArray image)
    {
        var channels = image.Shape.Length == 2 ? 1 : image.Shape.Length == 3 ? image.Shape[2] : 0;
        if (image.Type != DType.UInt8 || channels is not (1 or 3 or 4) || image.Count == 0)
            throw new ArgumentException($"Png.Write: {image} is no image: uint8[h, w], [h, w, 3] or [h, w, 4].");
        var (height, width) = (image.Shape[0], image.Shape[1]);
        Span<byte> header = stackalloc byte[PngHeader.Bytes];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, channels == 1 ? PngHeader.Grey : channels == 3 ? PngHeader.Colours : PngHeader.ColoursAndOpacity);
        header[10..].Clear(); // deflate, the five filters, not interlaced
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            PngFilter.Write(deflate, image.Bytes, width * channels, channels);
        stream.Write(Signature);
        PngChunks.Write(stream, "IHDR"u8, header);
        PngChunks.Write(stream, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        PngChunks.Write(stream, "IEND"u8, []);
    }

    static byte[] Unpack(MemoryStream packed, PngHeader header, FileSource source)
    {
        var size = (header.RowBytes + 1L) * header.Height;
        if (size > (packed.Length + 1) * MaxRatio || size > Array.MaxLength)
            throw source.Wrong("promises more than it can hold",
                $"{FileSource.Bytes((packed.Length + 1) * MaxRatio)} at most from {FileSource.Bytes(packed.Length)}",
                $"{header.Width} x {header.Height} pixels");
        packed.Position = 0;
        try
        {
            using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
            var rows = new BoundedReader(inflate, length: null).ReadUpTo((int)size);
            if (rows.Length < size)
                throw source.Wrong("is cut short", $"{FileSource.Bytes(size)} of pixels", FileSource.Bytes(rows.Length));
            PngFilter.Undo(rows, header.RowBytes, header.PixelBytes, source);
            return rows;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw source.Wrong("cannot be unpacked", "deflated pixels", e.Message.TrimEnd('.'), inner: e);
        }
    }
}
