using System.IO.Compression;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class NpzTests
{
    static readonly HostArray Weights = HostArray.FromDoubles(DType.Float32, [2, 3], [1, 2, 3, 4, 5, 6]);
    static readonly HostArray Labels = HostArray.FromDoubles(DType.Int64, [2], [7, -8]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Arrays_survive_a_round_trip_in_their_order(bool compress)
    {
        var stream = Written(compress, ("w", Weights), ("labels/train", Labels), ("empty", new(DType.Float64, 0, 3)));
        var arrays = Npz.Read(stream, "a.npz");
        Assert.Equal(["w", "labels/train", "empty"], arrays.Keys);
        Assert.Equal(Weights.ToDoubles(), arrays["w"].ToDoubles());
        Assert.Equal("int64[2]", arrays["labels/train"].ToString());
        Assert.Equal([7, -8], arrays["labels/train"].ToDoubles());
        Assert.Equal("float64[0, 3]", arrays["empty"].ToString());
    }

    [Fact]
    public void Equal_arrays_give_equal_files() =>
        Assert.Equal(Written(true, ("w", Weights)).ToArray(), Written(true, ("w", Weights)).ToArray());

    [Fact]
    public void Names_without_npy_are_read_too()
    {
        var arrays = Npz.Read(Archive(("folder/", []), ("folder/w", Npy(Weights))), "a.npz");
        Assert.Equal(["folder/w"], arrays.Keys);
    }

    [Fact]
    public void A_file_goes_to_disk_and_back()
    {
        var folder = Directory.CreateTempSubdirectory("adjoint");
        try
        {
            var path = Path.Combine(folder.FullName, "a.npz");
            Npz.Write(path, new Dictionary<string, HostArray> { ["w"] = Weights });
            Assert.Equal(Weights.ToDoubles(), Npz.Read(path)["w"].ToDoubles());
            Assert.Single(Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_name_that_is_there_twice_is_refused()
    {
        var error = Refused(Archive(("w.npy", Npy(Weights)), ("w", Npy(Labels))));
        Assert.Equal("""
            Npz.Read: array 'w' of 'a.npz' is there twice.
              expected  every name once
              found     float32[2, 3] and int64[2]
            """, error.Message);
    }

    [Fact]
    public void An_array_that_is_cut_short_is_named()
    {
        var error = Refused(Archive(("w.npy", Npy(Weights)), ("labels.npy", Npy(Labels)[..^3])));
        Assert.Equal("""
            Npz.Read: array 'labels' of 'a.npz' is cut short.
              expected  16 bytes of numbers for int64[2]
              found     13 bytes
            """, error.Message);
    }

    [Fact]
    public void Another_kind_of_file_is_refused_with_its_kind()
    {
        var error = Refused(new(Npy(Weights)));
        var lines = error.Message.Split('\n');
        Assert.Equal("Npz.Read: 'a.npz' is not an archive of NumPy arrays.", lines[0]);
        Assert.Equal("  expected  a ZIP archive (.npz)", lines[1]);
        Assert.StartsWith("  found     first bytes 93 4E 55 4D (a NumPy array, as .npy is), 152 bytes; ", lines[2],
            StringComparison.Ordinal);
        Assert.EndsWith("\nHint: one array is read by Npy.Read.", error.Message, StringComparison.Ordinal);
        Assert.Contains("array 'text.txt' of 'a.npz' is not a NumPy array",
            Refused(Archive(("text.txt", "hello"u8.ToArray()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_is_noticed_by_the_checksum()
    {
        var bytes = Written(false, ("w", Weights)).ToArray();
        var at = bytes.AsSpan().IndexOf(Weights.Bytes);
        bytes[at + 5] ^= 1;
        Assert.Contains("array 'w' of 'a.npz' is damaged.\n  expected  checksum ", Refused(new(bytes)).Message,
            StringComparison.Ordinal);
    }

    // 40 kB that unpack to 40 MB of zeros behind a header for 2 GB.
    [Fact]
    public void A_bomb_takes_no_more_memory_than_its_bytes()
    {
        const string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000,)}";
        var stream = Archive(("w.npy", NpyTests.Bytes(header, new byte[40_000_000])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("array 'w' of 'a.npz' is cut short", Refused(stream).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000);
    }

    [Fact]
    public void An_entry_that_promises_more_than_deflate_can_hold_is_refused()
    {
        var bytes = Written(true, ("w", Weights)).ToArray();
        var directory = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        bytes.AsSpan(directory + 24, 4).Fill(0x7F); // the unpacked size
        Assert.Contains("array 'w' of 'a.npz' promises more than it can hold", Refused(new(bytes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_damaged_archives_are_read_or_refused()
    {
        const int seed = 20_260_702;
        var random = new Random(seed);
        byte[][] originals =
            [Written(false, ("w", Weights), ("labels", Labels)).ToArray(), Written(true, ("w", Weights)).ToArray()];
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Damage.Mutate(originals[i % 2], random);
            try { Npz.Read(new MemoryStream(bytes), "a.npz"); }
            catch (FileFormatException e)
            {
                refused++;
                Assert.Contains("'a.npz'", e.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(refused > 5_000, $"{refused} of 10,000 refused, seed {seed}");
    }

    static FileFormatException Refused(MemoryStream stream) =>
        Assert.Throws<FileFormatException>(() => Npz.Read(stream, "a.npz"));

    static MemoryStream Written(bool compress, params (string Name, HostArray Array)[] arrays)
    {
        var stream = new MemoryStream();
        Npz.Write(stream, arrays.Select(a => KeyValuePair.Create(a.Name, a.Array)), compress);
        stream.Position = 0;
        return stream;
    }

    static MemoryStream Archive(params (string Name, byte[] Bytes)[] entries)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
                entry.Write(bytes);
            }
        }
        stream.Position = 0;
        return stream;
    }

    static byte[] Npy(HostArray array)
    {
        var stream = new MemoryStream();
        Adjoint.Npy.Write(stream, array);
        return stream.ToArray();
    }
}
