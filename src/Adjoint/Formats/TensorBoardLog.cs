using System.Buffers.Binary;
using System.Globalization;

namespace Adjoint;

// TensorBoard's log: records of length, its checksum, bytes, their checksum (Castagnoli's, masked); the bytes are a message
// Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }, and a Summary holds values
// { string tag = 1; float simple_value = 2; Image image = 4 }. A record that a crash cut short is the last one, and readers
// drop it.

/// <summary>Numbers and pictures over the steps of a run, as TensorBoard reads them.</summary>
public sealed class TensorBoardLog : IDisposable
{
    const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5;
    const int Value = 1, Tag = 1, SimpleValue = 2, Image = 4;

    readonly Stream stream;
    readonly TimeProvider time;

    /// <summary>Begins a new file in the folder of a run, which is made if it is not there.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public TensorBoardLog(string folder) : this(folder, FileSystem.Disk, TimeProvider.System) { }

    internal TensorBoardLog(string folder, FileSystem files, TimeProvider time)
    {
        this.time = time;
        // TensorBoard orders the files of a run by name; the second part keeps two of one second apart.
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString("D10", CultureInfo.InvariantCulture);
        File = Path.Combine(folder, $"events.out.tfevents.{seconds}.{Guid.NewGuid().ToString("N")[..8]}.adjoint");
        try
        {
            Directory.CreateDirectory(folder);
            stream = files.Create(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(File, e);
        }
        Write(Event().Text(FileVersion, "brain.Event:2"));
    }

    /// <summary>The path of the file.</summary>
    public string File { get; }

    /// <summary>Adds one number to the curve of this name.</summary>
    /// <param name="tag">Parts before a slash group curves: <c>train/loss</c>.</param>
    public void Scalar(string tag, long step, double value) =>
        Add(step, new ProtoWriter().Text(Tag, tag).Float(SimpleValue, (float)value));

    /// <summary>Adds a picture.</summary>
    /// <param name="image">uint8[h, w], [h, w, 3] or [h, w, 4]</param>
    public void Picture(string tag, long step, HostArray image)
    {
        using var png = new MemoryStream();
        Png.Write(png, image);
        var channels = image.Shape.Length == 2 ? 1 : image.Shape[2];
        Add(step, new ProtoWriter().Text(Tag, tag).Message(Image, new ProtoWriter().Integer(1, image.Shape[0])
            .Integer(2, image.Shape[1]).Integer(3, channels).Raw(4, png.GetBuffer().AsSpan(0, (int)png.Length))));
    }

    /// <summary>Hands what was added to the system, so that a running TensorBoard shows it.</summary>
    public void Flush() => Guarded(stream.Flush);

    public void Dispose() => Guarded(stream.Dispose);

    void Add(long step, ProtoWriter value) =>
        Write(Event().Integer(Step, step).Message(Summary, new ProtoWriter().Message(Value, value)));

    ProtoWriter Event() =>
        new ProtoWriter().Double(WallTime, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);

    void Write(ProtoWriter message)
    {
        var record = new byte[sizeof(long) + sizeof(uint) + message.Bytes.Length + sizeof(uint)];
        BinaryPrimitives.WriteInt64LittleEndian(record, message.Bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(long)), Masked(record.AsSpan(0, sizeof(long))));
        message.Bytes.CopyTo(record.AsSpan(sizeof(long) + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Masked(message.Bytes));
        Guarded(() => stream.Write(record)); // in one piece: a crash leaves at most one record cut short
    }

    void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(File, e);
        }
    }

    // A checksum of bytes that hold their own checksum is weak; turned and shifted it is not.
    static uint Masked(ReadOnlySpan<byte> bytes)
    {
        const uint Shift = 0xA282EAD8;
        var checksum = Crc32.Castagnoli();
        checksum.Append(bytes);
        return (checksum.Value >> 15 | checksum.Value << 17) + Shift;
    }
}
