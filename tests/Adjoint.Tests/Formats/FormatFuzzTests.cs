using System.Text;
using Xunit;

namespace Adjoint.Tests;

// Right files, damaged: every reader gives an array or the one exception that names the file, and takes no more memory
// than the bytes of the file can stand for.

public sealed class FormatFuzzTests
{
    // A packed file of a few hundred bytes may stand for that many thousand times; a message takes a few kilobytes.
    const long MostBytes = 4 << 20;

    [Fact]
    public void Safetensors_are_read_or_refused() => Check(
        (bytes, name) => Safetensors.Read(bytes, name), Written("w", new HostArray(DType.Float32, 2, 3)),
        Written("é", new(DType.Bool, 5), new(DType.Int64, 2), new(DType.BFloat16, 0, 4)));

    [Fact]
    public void Indexes_of_safetensors_are_read_or_refused() => Check(
        (bytes, name) => SafetensorsIndex.Parse(bytes, new("Safetensors.Read", name)),
        Encoding.UTF8.GetBytes("""{"metadata":{"total_size":29,"n":[1,{"x":null}]},"weight_map":{"a":"m-1.st","b":"m-2.st"}}"""));

    [Fact]
    public void Vocabularies_are_read_or_refused() => Check((bytes, name) => BytePairFiles.Tokens(bytes, name),
        "{\"a\":0,\n\"b\":1,\"Ġab\":2,\"\\u0120\":3}"u8.ToArray());

    [Fact]
    public void Merges_of_a_vocabulary_are_read_or_refused() => Check((bytes, name) => BytePairFiles.Merges(bytes, name),
        "#version: 0.2\na b\nĠ ab\nĠab Ġ\n"u8.ToArray());

    [Fact]
    public void Idx_files_are_read_or_refused() => Check((bytes, name) => Idx.Read(new MemoryStream(bytes), name),
        [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 9], [0, 0, 0x0D, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8],
        IdxTests.Packed([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 8, .. new byte[256]]));

    [Fact]
    public void Images_are_read_or_refused() => Check((bytes, name) => Png.Read(bytes, name),
        PngTests.Written(PngTests.Smooth([5, 6, 3])), PngTests.Written(PngTests.Smooth([9, 4])),
        PngTests.Form(5, 2, 2, 3, [0, 27, 128, 1, 2, 3], ("PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ("tRNS", [9])));

    // Flipped bits seldom pass the checksums of PNG: with right checksums the damage gets further.
    [Fact]
    public void Damaged_pixels_under_right_checksums_are_read_or_refused() => Check((bytes, name) =>
    {
        if (bytes.Length < 14) return;
        Png.Read(PngTests.Form(bytes[0] * 256 + bytes[1], bytes[2], bytes[3], bytes[4], bytes[5..], ("PLTE", bytes[5..14])), name);
    }, [0, 4, 3, 8, 2, .. new byte[39]], [0, 4, 3, 8, 3, .. new byte[15]], [0, 9, 3, 2, 0, .. new byte[12]]);

    [Fact]
    public void Npy_files_are_read_or_refused() => Check((bytes, name) => Npy.Read(bytes, name),
        Written(stream => Npy.Write(stream, new HostArray(DType.Float32, 2, 3))));

    [Fact]
    public void Npz_files_are_read_or_refused() => Check((bytes, name) => Npz.Read(new MemoryStream(bytes), name),
        Written(stream => Npz.Write(stream, [new("w", new(DType.Float32, 2, 3)), new("n", new(DType.Int8, 4))], compress: true)));

    static void Check(Action<byte[], string> read, params byte[][] originals)
    {
        var count = RandomRun.Count(20_000, 1_000_000);
        var random = new Random((int)RandomRun.Seed);
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var bytes = Damage.Mutate(originals[i % originals.Length], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try { read(bytes, "damaged.file"); }
            catch (FileFormatException e)
            {
                refused++;
                if (!e.Message.Contains("'damaged.file'", StringComparison.Ordinal)) Assert.Fail(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"case {i}, ADJOINT_SEED={RandomRun.Seed}, {Convert.ToHexString(bytes)}: {e}");
            }
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            if (taken > MostBytes) Assert.Fail($"{taken} bytes for case {i}, ADJOINT_SEED={RandomRun.Seed}, {Convert.ToHexString(bytes)}");
        }
        RandomRun.Print($"ADJOINT_SEED={RandomRun.Seed}: {refused} of {count} refused");
        Assert.InRange(refused, count / 4, count - 1);
    }

    static byte[] Written(string name, params HostArray[] arrays) => Written(stream => Safetensors.Write(stream,
        arrays.Select((a, i) => KeyValuePair.Create(name + i, a)), new Dictionary<string, string> { ["format"] = "pt" }));

    static byte[] Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
