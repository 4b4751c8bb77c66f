using System.IO.Compression;
using Xunit;

namespace Adjoint.Tests;

public sealed class IdxTests
{
    public static readonly TheoryData<DType> Types =
        [DType.UInt8, DType.Int8, DType.Int16, DType.Int32, DType.Float32, DType.Float64];

    static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 9]; // the head of a label file of MNIST

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_survives_a_round_trip_plain_and_packed(DType type)
    {
        foreach (int[] shape in new int[][] { [], [0], [5], [2, 3], [2, 1, 3, 2] })
        {
            var values = Enumerable.Range(-3, shape.Aggregate(1, (a, b) => a * b)).Select(i => (double)Math.Abs(i)).ToArray();
            var stream = new MemoryStream();
            Idx.Write(stream, HostArray.FromDoubles(type, shape, values));
            foreach (var bytes in new[] { stream.ToArray(), Packed(stream.ToArray()) })
            {
                var back = Idx.Read(new MemoryStream(bytes), "a");
                Assert.Equal(DTypes.Describe(type, shape), back.ToString());
                Assert.Equal(values, back.ToDoubles());
            }
        }
    }

    [Fact]
    public void Bytes_are_those_of_the_format()
    {
        Assert.Equal([5, 0, 9], Idx.Read(new MemoryStream(Labels), "a").ToDoubles());
        var stream = new MemoryStream();
        Idx.Write(stream, HostArray.FromDoubles(DType.Int16, [1, 2], [258, -1]));
        Assert.Equal([0, 0, 0x0B, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 0xFF, 0xFF], stream.ToArray());
    }

    [Theory]
    [InlineData(0, 2, "is no IDX file", "first bytes 00 00, a type from 08 to 0E, and the number of dimensions", "first bytes 02 00 08 01")]
    [InlineData(2, 7, "is no IDX file", "a type from 08 to 0E", "first bytes 00 00 07 01")]
    [InlineData(3, 200, "is no IDX file", "the number of dimensions", "first bytes 00 00 08 C8")]
    [InlineData(3, 3, "is cut short", "3 sizes", "7 bytes")]
    [InlineData(7, 4, "is cut short", "4 bytes of numbers for uint8[4]", "3 bytes")]
    [InlineData(7, 2, "goes on after its uint8[2]", "10 bytes", "more")]
    [InlineData(4, 200, "has a shape that does not fit in memory", "sizes from 0 to 2147483647", "uint8[3355443203]")]
    [InlineData(4, 100, "is cut short", "1,677,721,603 bytes of numbers", "3 bytes")]
    public void What_is_wrong_is_said(int at, byte value, string fault, string expected, string found)
    {
        byte[] bytes = [.. Labels];
        bytes[at] = value;
        foreach (var form in new[] { bytes, Packed(bytes) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<FileFormatException>(() => Idx.Read(new MemoryStream(form), "labels"));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            var lines = error.Message.Split('\n');
            Assert.Equal($"Idx.Read: 'labels' {fault}.", lines[0]);
            Assert.Contains(expected, lines[1], StringComparison.Ordinal);
            Assert.EndsWith(found, lines[2], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Damaged_gzip_is_refused()
    {
        var bytes = Packed([0, 0, 8, 1, 0, 0, 3, 232, .. Enumerable.Range(0, 1000).Select(i => (byte)(i * i))]);
        for (var length = 0; length < bytes.Length - 8; length += 7)
            Assert.Throws<FileFormatException>(() => Idx.Read(new MemoryStream(bytes[..length]), "a"));
        bytes[bytes.Length / 2] ^= 16;
        Assert.Throws<FileFormatException>(() => Idx.Read(new MemoryStream(bytes), "a"));
    }

    [Fact]
    public void A_type_without_a_code_is_refused_when_writing() => Assert.Throws<ArgumentException>(() =>
        Idx.Write(new MemoryStream(), new HostArray(DType.Int64, 2)));

    internal static byte[] Packed(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return stream.ToArray();
    }
}
