using Xunit;

namespace Adjoint.Tests;

public sealed class AtomicFileTests
{
    static readonly KeyValuePair<string, HostArray>[] Before =
        [new("w", HostArray.FromDoubles(DType.Float32, [2, 3], [1, 2, 3, 4, 5, 6]))];

    static readonly KeyValuePair<string, HostArray>[] After =
    [
        new("w", HostArray.FromDoubles(DType.Float32, [2, 3], [7, 8, 9, 10, 11, 12])),
        new("b", HostArray.FromDoubles(DType.Int64, [1], [13])),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_operation_fails_a_good_file_is_there(bool staysDown)
    {
        var operations = 0;
        for (var k = 0; ; k++)
        {
            using var folder = new ScratchFolder();
            var path = folder.PathOf("w.safetensors");
            Safetensors.Write(path, Before);
            var files = new StoppingFileSystem(k, staysDown);
            if (Record.Exception(() => Safetensors.Write(path, After, null, files)) is not { } e)
            {
                Assert.False(files.HasStopped, $"operation {k} failed and nobody said so");
                Assert.Equal(2, Safetensors.Read(path).Count);
                break;
            }
            operations++;
            var error = Assert.IsType<FileWriteException>(e);
            Assert.Equal($"'{path}' was not written: the disk is full.\n  on disk  the file of before, unchanged\n"
                + $"Hint: free some space on the disk of '{folder.Root}', or write elsewhere.", error.Message);
            Assert.Equal([1, 2, 3, 4, 5, 6], Safetensors.Read(path)["w"].ToDoubles());
            if (!staysDown) Assert.Single(Directory.GetFiles(folder.Root));
        }
        Assert.True(operations >= 5, $"create, writes, flush and rename are {operations} operations");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Root, "none", "a.npy");
        var error = Assert.Throws<FileWriteException>(() => Npy.Write(path, new(DType.Float32, 2)));
        Assert.Equal($"'{path}' was not written: there is no folder '{Path.GetDirectoryName(path)}'.\n"
            + "  on disk  no file of this name\nHint: create it first.", error.Message);
        Assert.Equal(path, error.File);
    }

    [Fact]
    public void A_folder_of_that_name_is_said()
    {
        using var folder = new ScratchFolder();
        var error = Assert.Throws<FileWriteException>(() => Npy.Write(folder.Root, new(DType.Float32, 2)));
        Assert.StartsWith($"'{folder.Root}' was not written: it is a folder.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData(30, "is read-only")]
    [InlineData(122, "the disk is full")]
    [InlineData(5, "Input/output error")]
    public void The_reason_of_the_system_is_told(int errno, string reason)
    {
        var error = Assert.Throws<FileWriteException>(() => AtomicFile.Write("a.npy",
            _ => { }, new RefusingFileSystem(new IOException("Input/output error", errno))));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<FileWriteException>(() => AtomicFile.Write("a.npy",
            _ => { }, new RefusingFileSystem(new UnauthorizedAccessException())));
        Assert.Contains("is not allowed.\n", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A disk that lets nobody write.</summary>
    sealed class RefusingFileSystem(Exception refusal) : FileSystem
    {
        public override Stream Create(string path) => throw refusal;
        public override Stream Append(string path) => throw refusal;
        public override void FlushToDisk(Stream stream) => throw refusal;
        public override void Move(string from, string to) => throw refusal;
        public override void Delete(string path) => throw refusal;
    }
}
