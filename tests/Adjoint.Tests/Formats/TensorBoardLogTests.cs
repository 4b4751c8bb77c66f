using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class TensorBoardLogTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void Scalars_come_back_in_their_order()
    {
        using var folder = new ScratchFolder();
        using (var log = new TensorBoardLog(folder.PathOf("run"), FileSystem.Disk, new Clock()))
        {
            log.Scalar("train/loss", 0, 2.5);
            log.Scalar("train/loss", 1L << 40, -1e-3);
            log.Scalar("ü", -1, double.NaN);
        }
        var file = Assert.Single(Directory.GetFiles(folder.PathOf("run")));
        Assert.Contains($"events.out.tfevents.{Now.ToUnixTimeSeconds()}.", file, StringComparison.Ordinal);
        var events = EventRecords.Read(File.ReadAllBytes(file));
        Assert.Equal([("", 0L, 0f), ("train/loss", 0L, 2.5f), ("train/loss", 1L << 40, -1e-3f), ("ü", -1L, float.NaN)],
            events.Select(e => (e.Tag, e.Step, e.Value)));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.All(events, e => Assert.Equal(Now.ToUnixTimeSeconds(), e.Time));
    }

    [Fact]
    public void A_picture_is_a_PNG_image_with_its_size()
    {
        using var folder = new ScratchFolder();
        using (var log = new TensorBoardLog(folder.Root)) log.Picture("samples", 3, PngTests.Smooth([4, 6, 3]));
        var picture = EventRecords.Read(File.ReadAllBytes(Directory.GetFiles(folder.Root).Single()))[1];
        Assert.Equal(("samples", 3L, 4, 6, 3), (picture.Tag, picture.Step, picture.Height, picture.Width, picture.Channels));
        Assert.Equal(PngTests.Smooth([4, 6, 3]).Bytes.ToArray(), Png.Read(picture.Image, "a").Bytes.ToArray());
    }

    // The checks of RFC 3720, section B.4.
    [Fact]
    public void The_checksum_is_that_of_Castagnoli()
    {
        Assert.Equal(0x8A9136AAu, Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Of([.. Enumerable.Repeat((byte)255, 32)]));
        Assert.Equal(0x46DD794Eu, Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, Of("123456789"u8.ToArray()));

        static uint Of(byte[] bytes)
        {
            var checksum = Crc32.Castagnoli();
            checksum.Append(bytes);
            return checksum.Value;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_operation_fails_all_records_before_are_whole(bool staysDown)
    {
        for (var k = 0; ; k++)
        {
            using var folder = new ScratchFolder();
            var files = new StoppingFileSystem(k, staysDown);
            var written = 0;
            var error = Record.Exception(() =>
            {
                using var log = new TensorBoardLog(folder.Root, files, new Clock());
                for (var n = 0; n < 4; n++, written++) log.Scalar("a", n, n);
            });
            if (Directory.GetFiles(folder.Root) is [var file])
                Assert.True(EventRecords.Read(File.ReadAllBytes(file), mayEndEarly: true).Count >= written);
            if (error is null)
            {
                Assert.True(k >= 5);
                break;
            }
            Assert.Contains("was not written: the disk is full", Assert.IsType<FileWriteException>(error).Message, StringComparison.Ordinal);
        }
    }

    sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>What a log of TensorBoard holds, decoded on its own: nothing here is shared with the writer.</summary>
sealed record EventRecords(double Time, long Step, string Version, string Tag, float Value)
{
    public int Height { get; private init; }
    public int Width { get; private init; }
    public int Channels { get; private init; }
    public byte[] Image { get; private init; } = [];

    public static List<EventRecords> Read(byte[] bytes, bool mayEndEarly = false)
    {
        var events = new List<EventRecords>();
        for (var at = 0; at < bytes.Length;)
        {
            if (mayEndEarly && (bytes.Length - at < 16 || bytes.Length - at - 16 < BitConverter.ToInt64(bytes, at))) break;
            var length = (int)BitConverter.ToInt64(bytes, at);
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BitConverter.ToUInt32(bytes, at + 8));
            var message = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(message), BitConverter.ToUInt32(bytes, at + 12 + length));
            events.Add(Event(Fields(message.ToArray())));
            at += 16 + length;
        }
        return events;
    }

    static EventRecords Event(Dictionary<int, byte[]> fields)
    {
        var (tag, value) = ("", 0f);
        Dictionary<int, byte[]> image = [];
        if (fields.TryGetValue(5, out var summary))
        {
            var entry = Fields(Fields(summary)[1]);
            tag = Encoding.UTF8.GetString(entry[1]);
            if (entry.TryGetValue(2, out var number)) value = BitConverter.ToSingle(number);
            if (entry.TryGetValue(4, out var picture)) image = Fields(picture);
        }
        return new(BitConverter.ToDouble(fields[1]), Integer(fields, 2), Encoding.UTF8.GetString(fields.GetValueOrDefault(3) ?? []), tag, value)
        {
            Height = (int)Integer(image, 1),
            Width = (int)Integer(image, 2),
            Channels = (int)Integer(image, 3),
            Image = image.GetValueOrDefault(4) ?? [],
        };
    }

    static long Integer(Dictionary<int, byte[]> fields, int field) =>
        fields.TryGetValue(field, out var bytes) ? BitConverter.ToInt64(bytes) : 0;

    static Dictionary<int, byte[]> Fields(byte[] message)
    {
        var fields = new Dictionary<int, byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var key = (int)Varint(message, ref at);
            fields.Add(key / 8, (key % 8) switch
            {
                0 => BitConverter.GetBytes(Varint(message, ref at)),
                1 => Take(8, ref at),
                2 => Take((int)Varint(message, ref at), ref at),
                5 => Take(4, ref at),
                _ => throw new FormatException($"kind {key % 8}"),
            });
        }
        return fields;

        byte[] Take(int count, ref int at) => message[at..(at += count)];
    }

    static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 127) << shift;
            if (message[at++] < 128) return value;
        }
    }

    // One bit at a time.
    static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            for (var bit = 0; bit < 8; bit++)
            {
                var carry = (crc ^ (uint)(b >> bit)) & 1;
                crc = (crc >> 1) ^ (carry * 0x82F63B78);
            }
        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
    }
}
