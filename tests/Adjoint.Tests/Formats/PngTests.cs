using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class PngTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(28, 28)]
    [InlineData(3, 64)]
    public void Images_survive_a_round_trip(int height, int width)
    {
        foreach (int[] shape in new int[][] { [height, width], [height, width, 3], [height, width, 4] })
        {
            var image = Smooth(shape);
            var bytes = Written(image);
            var back = Png.Read(bytes, "a.png");
            Assert.Equal(image.ToString(), back.ToString());
            Assert.Equal(image.Bytes.ToArray(), back.Bytes.ToArray());
            Assert.Equal(bytes, Written(image));
        }
    }

    [Fact]
    public void A_file_that_another_program_wrote_is_read()
    {
        // 2 x 2 colours, each row with another filter, packed and checked by code that is not ours
        byte[] rows = [1, 255, 0, 0, 1, 255, 0, 2, 0, 255, 0, 10, 0, 5];
        var image = Png.Read(Form(2, 2, 8, 2, rows), "a.png");
        Assert.Equal("uint8[2, 2, 3]", image.ToString());
        Assert.Equal([255, 0, 0, 0, 255, 0, 255, 255, 0, 10, 255, 5], image.Bytes.ToArray());
    }

    [Fact]
    public void All_five_filters_are_undone()
    {
        var image = Smooth([5, 9, 3]);
        var rows = new List<byte>();
        for (var y = 0; y < 5; y++)
        {
            rows.Add((byte)y);
            for (var i = 0; i < 27; i++) rows.Add((byte)(At(y, i) - Guess(y, At(y, i - 3), At(y - 1, i), At(y - 1, i - 3))));
        }
        Assert.Equal(image.Bytes.ToArray(), Png.Read(Form(9, 5, 8, 2, [.. rows]), "a.png").Bytes.ToArray());

        int At(int y, int i) => y < 0 || i < 0 ? 0 : image.Bytes[y * 27 + i];

        // As the recommendation words it.
        static int Guess(int filter, int a, int b, int c)
        {
            var p = a + b - c;
            var (pa, pb, pc) = (Math.Abs(p - a), Math.Abs(p - b), Math.Abs(p - c));
            return filter switch
            {
                0 => 0,
                1 => a,
                2 => b,
                3 => (int)Math.Floor((a + b) / 2.0),
                _ => pa <= pb && pa <= pc ? a : pb <= pc ? b : c,
            };
        }
    }

    [Theory]
    [InlineData(1, new byte[] { 0, 0b1011_0000 }, new[] { 1, 0, 1, 1, 0 })]
    [InlineData(2, new byte[] { 0, 0b1101_0010, 0b0100_0000 }, new[] { 3, 1, 0, 2, 1 })]
    [InlineData(4, new byte[] { 0, 0x21, 0x03, 0x20 }, new[] { 2, 1, 0, 3, 2 })]
    [InlineData(8, new byte[] { 0, 3, 2, 1, 0, 3 }, new[] { 3, 2, 1, 0, 3 })]
    public void Narrow_greys_and_palettes_become_bytes(int bits, byte[] row, int[] samples)
    {
        var most = (1 << bits) - 1;
        Assert.Equal(samples.Select(s => (byte)(s * 255 / most)), Png.Read(Form(5, 1, bits, 0, row), "a.png").Bytes.ToArray());
        byte[] palette = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];
        var colours = Png.Read(Form(5, 1, bits, 3, row, ("PLTE", palette)), "a.png");
        Assert.Equal("uint8[1, 5, 3]", colours.ToString());
        Assert.Equal(samples.SelectMany(s => palette[(3 * s)..(3 * s + 3)]), colours.Bytes.ToArray());
        var opaque = Png.Read(Form(5, 1, bits, 3, row, ("PLTE", palette), ("tRNS", [7, 8])), "a.png");
        Assert.Equal("uint8[1, 5, 4]", opaque.ToString());
        Assert.Equal(samples.Select(s => s switch { 0 => (byte)7, 1 => (byte)8, _ => (byte)255 }),
            Enumerable.Range(0, 5).Select(i => opaque.Bytes[4 * i + 3]));
    }

    [Fact]
    public void Grey_with_opacity_becomes_colours_with_opacity() => Assert.Equal([5, 5, 5, 6, 7, 7, 7, 8],
        Png.Read(Form(2, 1, 8, 4, [0, 5, 6, 7, 8]), "a.png").Bytes.ToArray());

    [Fact]
    public void What_is_wrong_is_said()
    {
        var image = Form(2, 1, 8, 0, [0, 1, 2]);
        Says("'a' is no PNG image.\n  expected  first bytes 89 50 4E 47\n  found     first bytes 1F 8B 08 00 (gzip)", [0x1F, 0x8B, 8, 0]);
        Says("is damaged.\n  expected  checksum", Changed(image, 20, 9));
        Says("is cut short.\n  expected  the chunk IEND at the end", image[..^12]);
        Says("is cut short.\n  expected  a chunk of length, name, data and checksum", image[..^5]);
        Says("is damaged.\n  expected  a width and a height\n  found     0 x 1", Form(0, 1, 8, 0, [0]));
        Says("is damaged.\n  expected  a kind of pixels that PNG has\n  found     kind 5 of 8 bits", Form(1, 1, 8, 5, [0, 0]));
        Says("has pixels that Adjoint cannot read.\n  expected  8 bits a channel at most\n  found     16 bits", Form(1, 1, 16, 0, [0, 0, 0]));
        Says("not interlaced\n  found     0, 0, 1", Form(1, 1, 8, 0, [0, 0], (byte)1));
        Says("needs what Adjoint cannot read.\n  expected  IHDR, PLTE, IDAT, IEND\n  found     'NEWX'", Form(1, 1, 8, 0, [0, 0], ("NEWX", [])));
        Says("expected  a colour of 1\n  found     colour 2", Form(1, 1, 8, 3, [0, 2], ("PLTE", [1, 2, 3])));
        Says("a filter from 0 to 4\n  found     filter 5", Form(1, 1, 8, 0, [5, 0]));
        Says("is cut short.\n  expected  6 bytes of pixels\n  found     3 bytes", Form(2, 2, 8, 0, [0, 1, 2]));
        Says("promises more than it can hold", Form(500_000_000, 4, 8, 0, [0, 1, 2]));
        Says("is damaged.\n  expected  the chunk IHDR first", [.. image[..8], .. image[33..]]);

        static void Says(string text, byte[] bytes) => Assert.Contains(text,
            Assert.Throws<FileFormatException>(() => Png.Read(bytes, "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_arrays_are_no_images()
    {
        Assert.Throws<ArgumentException>(() => Written(new(DType.UInt8, 2, 2, 2)));
        Assert.Throws<ArgumentException>(() => Written(new(DType.Float32, 2, 2)));
        Assert.Throws<ArgumentException>(() => Written(new(DType.UInt8, 0, 2)));
    }

    static byte[] Changed(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    internal static HostArray Smooth(int[] shape)
    {
        var image = new HostArray(DType.UInt8, shape);
        for (var i = 0; i < image.Count; i++) image.Bytes[i] = (byte)(128 + 100 * Math.Sin(i * 0.07) + i % 5);
        return image;
    }

    internal static byte[] Written(HostArray image)
    {
        var stream = new MemoryStream();
        Png.Write(stream, image);
        return stream.ToArray();
    }

    /// <summary>A file from its parts.</summary>
    /// <param name="rows">Filtered rows with their filter bytes.</param>
    internal static byte[] Form(int width, int height, int bits, int kind, byte[] rows, params (string Name, byte[] Data)[] more) =>
        Form(width, height, bits, kind, rows, 0, more);

    static byte[] Form(int width, int height, int bits, int kind, byte[] rows, byte interlace, params (string Name, byte[] Data)[] more)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bits, (byte)kind, interlace);
        var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(rows);
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. more.SelectMany(c => Chunk(c.Name, c.Data)),
            .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    static byte[] Chunk(string name, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        return [.. Word((uint)data.Length), .. body, .. Word(Checksum(body))];

        static byte[] Word(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

        static uint Checksum(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
            return ~crc;
        }
    }
}
