using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class NpyTests
{
    public static readonly TheoryData<DType> AllTypes = [.. Enum.GetValues<DType>()];

    // Laid out as NumPy 1.26 writes np.arange(6, dtype='<f4').reshape(2, 3).
    const string NumPyFloats =
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgIC" +
        "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPwAAAEAAAEBAAACA" +
        "QAAAoEA=";

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Every_type_survives_a_round_trip(DType type)
    {
        foreach (int[] shape in new int[][] { [], [0], [1], [5], [2, 3], [3, 0, 2], [2, 1, 3, 2] })
        {
            var count = shape.Aggregate(1, (a, b) => a * b);
            var values = Enumerable.Range(0, count).Select(i => (double)(type == DType.Bool ? i % 2 : i)).ToArray();
            var array = HostArray.FromDoubles(type, shape, values);
            var bytes = Written(array);
            Assert.Equal(0, (bytes.Length - array.Bytes.Length) % 64);
            var back = Npy.Read(bytes, "a.npy");
            Assert.Equal(type, back.Type);
            Assert.Equal(shape, back.Shape.ToArray());
            Assert.Equal(array.Bytes.ToArray(), back.Bytes.ToArray());
        }
    }

    [Fact]
    public void The_bytes_are_those_of_NumPy()
    {
        var array = Npy.Read(Convert.FromBase64String(NumPyFloats), "a.npy");
        Assert.Equal("float32[2, 3]", array.ToString());
        Assert.Equal([0, 1, 2, 3, 4, 5], array.ToDoubles());
        Assert.Equal(NumPyFloats, Convert.ToBase64String(Written(array)));
    }

    [Theory]
    [InlineData("{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3)}", 1)]
    [InlineData("{'shape':(2,3L,),'fortran_order':True,'descr':\">i4\"}", 2)]
    [InlineData("{\"descr\": '>i4', 'shape': (2, 3), 'fortran_order': True,}\n", 3)]
    public void Big_endian_columns_come_out_as_native_rows_in_all_versions(string header, int version)
    {
        var data = new byte[24];
        for (var i = 0; i < 6; i++) BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4 * i), 10 + i);
        var array = Npy.Read(Bytes(header, data, version), "a.npy");
        Assert.Equal("int32[2, 3]", array.ToString());
        Assert.Equal([10, 12, 14, 11, 13, 15], array.ToDoubles());
    }

    [Fact]
    public void Columns_of_three_dimensions_are_reordered()
    {
        var data = Enumerable.Range(0, 24).Select(i => (byte)i).ToArray();
        var array = Npy.Read(Bytes("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", data), "a.npy");
        var values = array.ToDoubles();
        for (var i = 0; i < 2; i++)
            for (var j = 0; j < 3; j++)
                for (var k = 0; k < 4; k++) Assert.Equal(i + 2 * (j + 3 * k), values[(i * 3 + j) * 4 + k]);
    }

    [Fact]
    public void Any_byte_but_zero_is_true()
    {
        var array = Npy.Read(Bytes("{'descr': '?', 'fortran_order': False, 'shape': (3,)}", [0, 1, 255]), "a.npy");
        Assert.Equal(DType.Bool, array.Type);
        Assert.Equal(new byte[] { 0, 1, 1 }, array.Bytes.ToArray());
    }

    [Fact]
    public void A_stream_is_left_behind_the_array()
    {
        var stream = new MemoryStream();
        Npy.Write(stream, HostArray.FromDoubles(DType.Float64, [2], [1, 2]));
        Npy.Write(stream, HostArray.FromDoubles(DType.Int8, [1], [3]));
        stream.Position = 0;
        Assert.Equal([1, 2], Npy.Read(stream, "two").ToDoubles());
        Assert.Equal([3], Npy.Read(stream, "two").ToDoubles());
    }

    [Fact]
    public void A_file_is_written_whole_or_not_at_all()
    {
        var folder = Directory.CreateTempSubdirectory("adjoint");
        try
        {
            var path = Path.Combine(folder.FullName, "a.npy");
            var array = HostArray.FromDoubles(DType.Float32, [2, 2], [1, 2, 3, 4]);
            Npy.Write(path, array);
            Assert.Equal([1, 2, 3, 4], Npy.Read(path).ToDoubles());
            Assert.ThrowsAny<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
            {
                stream.WriteByte(1);
                throw new InvalidOperationException();
            }));
            Assert.Equal([1, 2, 3, 4], Npy.Read(path).ToDoubles());
            Assert.Equal([path], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_message_for_another_kind_of_file_is_whole()
    {
        var error = Assert.Throws<FileFormatException>(() => Npy.Read("PK\u0003\u0004..."u8, "w.npy"));
        Assert.Equal("""
            Npy.Read: 'w.npy' is not a NumPy array.
              expected  first bytes 93 4E 55 4D 50 59 ("\x93NUMPY")
              found     first bytes 50 4B 03 04 (a ZIP archive, as .npz is)
            Hint: an archive of arrays is read by Npz.Read.
            """, error.Message);
        Assert.Equal("w.npy", error.File);
        error = Assert.Throws<FileFormatException>(() => Npy.Read([], "w.npy"));
        Assert.EndsWith("found     nothing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
        "is cut short", "12 bytes of numbers for float32[3]", "8 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "goes on after its float32[1]", "69 bytes", "73 bytes")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999,)}",
        "has a shape that does not fit in memory", "sizes from 0", "float64[9999999999]")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536)}",
        "has a shape that does not fit in memory", "sizes from 0", "float64[65536, 65536, 65536, 65536]")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,)}",
        "has a shape that does not fit in memory", "sizes from 0", "float32[2000000000]")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (500000000,)}",
        "is cut short", "2,000,000,000 bytes", "8 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "has a shape that does not fit in memory", "sizes from 0", "float32[-2]")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "has a header that is not NumPy's", "sizes below 2^63", "99999999999999999999")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
        "holds no numbers that Adjoint has", "bool", "Python objects")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
        "holds no numbers that Adjoint has", "bool", "'<c8'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
        "has a header that is not NumPy's", "one dtype", "structured dtype")]
    [InlineData("{'descr': '<f4', 'shape': (2,)}",
        "has a header that is not NumPy's", "the keys", "{'descr': '<f4', 'shape': (2,)}")]
    [InlineData("{'descr': '<f4', 'shape': (2,), 'shape': (2,)}",
        "has a header that is not NumPy's", "once each", "key 'shape'")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "has a header that is not NumPy's", "True or False at character 34 of the header", "'0, 'shape': (2,)}'")]
    [InlineData("", "has a header that is not NumPy's", "'{' at character 0", "the end")]
    [InlineData("((((((((", "has a header that is not NumPy's", "'{' at character 0 of the header", "'(((((((('")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1",
        "has a header that is not NumPy's", "the end of the header", "'+ 1'")]
    public void What_is_wrong_is_said(string header, string fault, string expected, string found)
    {
        var error = Assert.Throws<FileFormatException>(() => Npy.Read(Bytes(header, new byte[8]), "w.npy"));
        var lines = error.Message.Split('\n');
        Assert.Equal($"Npy.Read: 'w.npy' {fault}.", lines[0]);
        Assert.StartsWith("  expected  ", lines[1], StringComparison.Ordinal);
        Assert.Contains(expected, lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  found     ", lines[2], StringComparison.Ordinal);
        Assert.Contains(found, lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_promise_of_gigabytes_takes_no_memory()
    {
        var bytes = Bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (500000000,)}", new byte[8]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FileFormatException>(() => Npy.Read(bytes, "w.npy"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_refused()
    {
        const int seed = 20_260_701;
        var random = new Random(seed);
        byte[][] originals =
        [
            Convert.FromBase64String(NumPyFloats),
            Bytes("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3, 1)}", new byte[12], version: 2),
            Bytes("{'descr': '?', 'fortran_order': False, 'shape': ()}", new byte[1], version: 3),
        ];
        var refused = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Damage.Mutate(originals[i % originals.Length], random);
            try { Npy.Read(bytes, "damaged.npy"); }
            catch (FileFormatException e)
            {
                refused++;
                Assert.Contains("'damaged.npy'", e.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(refused > 5_000, $"{refused} of 10,000 refused, seed {seed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000L * 200_000, $"seed {seed}");
    }

    static byte[] Written(HostArray array)
    {
        var stream = new MemoryStream();
        Npy.Write(stream, array);
        return stream.ToArray();
    }

    internal static byte[] Bytes(string header, byte[] data, int version = 1)
    {
        var text = Encoding.ASCII.GetBytes(header);
        byte[] length = version == 1
            ? [(byte)text.Length, (byte)(text.Length >> 8)]
            : [(byte)text.Length, (byte)(text.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data];
    }
}
