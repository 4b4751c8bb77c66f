using System.Security.Cryptography;
using Xunit;

namespace Adjoint.Tests;

public sealed class DataCacheTests
{
    static readonly byte[] Bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];

    [Fact]
    public async Task A_file_arrives_whole_under_its_name()
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes);
        var (source, cache) = (SourceOf(server.Url), new DataCache(folder.Root));
        Assert.False(cache.Has(source));
        var progress = new List<DownloadProgress>();
        await Get(cache, source, new Reported(progress.Add));
        Assert.True(cache.Has(source));
        Assert.Equal(Bytes, File.ReadAllBytes(cache.Find(source, source.Files[0])));
        Assert.Equal(new DownloadProgress("a.bin", Bytes.Length, Bytes.Length), progress[^1]);
        Assert.Single(Directory.GetFiles(folder.PathOf("set")));
        await Get(cache, source);
        Assert.Equal([0], server.Asked); // what is here is not asked for again
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_broken_line_goes_on_where_it_broke(bool tellsLength, bool isLengthKnown)
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes) { Patience = 70_000, TellsLength = tellsLength };
        var (source, cache) = (SourceOf(server.Url, isLengthKnown ? Bytes.Length : null), new DataCache(folder.Root));
        await Get(cache, source);
        Assert.Equal(Bytes, File.ReadAllBytes(cache.Find(source, source.Files[0])));
        Assert.Equal([0, 70_000, 140_000, 210_000, 280_000], server.Asked);
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_used()
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes);
        Directory.CreateDirectory(folder.PathOf("set"));
        File.WriteAllBytes(folder.PathOf("set/a.bin.part"), Bytes[..1234]);
        await Get(new(folder.Root), SourceOf(server.Url));
        Assert.Equal([1234], server.Asked);
        Assert.Equal(Bytes, File.ReadAllBytes(folder.PathOf("set/a.bin")));
    }

    [Fact]
    public async Task A_whole_file_without_its_name_only_needs_that()
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes);
        foreach (long? length in new long?[] { null, Bytes.Length })
        {
            Directory.CreateDirectory(folder.PathOf("set"));
            File.WriteAllBytes(folder.PathOf("set/a.bin.part"), Bytes);
            File.Delete(folder.PathOf("set/a.bin"));
            await Get(new(folder.Root), SourceOf(server.Url, length));
            Assert.Equal(Bytes, File.ReadAllBytes(folder.PathOf("set/a.bin")));
        }
    }

    [Fact]
    public async Task A_server_without_ranges_begins_again()
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes) { KnowsRanges = false };
        Directory.CreateDirectory(folder.PathOf("set"));
        File.WriteAllBytes(folder.PathOf("set/a.bin.part"), new byte[5000]);
        await Get(new(folder.Root), SourceOf(server.Url));
        Assert.Equal(Bytes, File.ReadAllBytes(folder.PathOf("set/a.bin")));
    }

    [Fact]
    public async Task Other_bytes_are_refused_and_not_kept()
    {
        using var folder = new ScratchFolder();
        byte[] other = [.. Bytes];
        other[7] ^= 1;
        using var server = new BrokenServer(other);
        var error = await Assert.ThrowsAsync<DataException>(() => Get(new(folder.Root), SourceOf(server.Url)));
        Assert.Contains("is another file than expected.\n  expected  " + Sum(Bytes), error.Message, StringComparison.Ordinal);
        Assert.Contains($"\n  found     {Sum(other)}, 300,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.PathOf("set")));
        using var longer = new BrokenServer([.. Bytes, 1, 2, 3]);
        error = await Assert.ThrowsAsync<DataException>(() => Get(new(folder.Root), SourceOf(longer.Url)));
        Assert.Contains("300,001 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gives_nothing_is_given_up()
    {
        using var folder = new ScratchFolder();
        using var mute = new BrokenServer(Bytes) { Patience = 0 };
        var error = await Assert.ThrowsAsync<DataException>(() => Get(new(folder.Root), SourceOf(mute.Url)));
        Assert.Contains("Data set 'set': 'a.bin' could not be downloaded: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"\n  from  {mute.Url}\n  here  0 bytes of 300,000 bytes\nHint: repeat the command to go on", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(5, mute.Asked.Count);
        using var absent = new BrokenServer(Bytes) { Status = "404 Not Found" };
        await Assert.ThrowsAsync<DataException>(() => Get(new(folder.Root), SourceOf(absent.Url)));
        Assert.Single(absent.Asked); // asking again would not help
    }

    [Fact]
    public async Task Files_are_copied_from_a_folder_and_checked()
    {
        using var folder = new ScratchFolder();
        using var mirror = new ScratchFolder();
        var (source, cache) = (SourceOf("http://127.0.0.1:9/none"), new DataCache(folder.Root));
        File.WriteAllBytes(mirror.PathOf("a.bin"), Bytes[1..]);
        Assert.Contains("is another file than expected", (await Assert.ThrowsAsync<DataException>(() => cache.GetAsync(source, mirror.Root))).Message,
            StringComparison.Ordinal);
        File.Delete(mirror.PathOf("a.bin"));
        Assert.Contains("'a.bin' is not in '" + mirror.Root, (await Assert.ThrowsAsync<DataException>(() => cache.GetAsync(source, mirror.Root))).Message,
            StringComparison.Ordinal);
        Directory.CreateDirectory(mirror.PathOf("set"));
        File.WriteAllBytes(mirror.PathOf("set/b.bin"), Bytes); // its other name
        await cache.GetAsync(source, mirror.Root);
        Assert.Equal(Bytes, File.ReadAllBytes(folder.PathOf("set/a.bin")));
    }

    [Fact]
    public async Task Waiting_for_a_server_can_be_cancelled()
    {
        using var folder = new ScratchFolder();
        using var server = new BrokenServer(Bytes) { Patience = 0 };
        using var cancelled = new CancellationTokenSource(50);
        using var download = new Download(FileSystem.Disk, null) { Pause = TimeSpan.FromMinutes(1) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new DataCache(folder.Root).GetAsync(SourceOf(server.Url), null, download, cancelled.Token));
    }

    [Fact]
    public void A_check_tells_good_wrong_and_missing_files_apart()
    {
        using var folder = new ScratchFolder();
        var (source, cache) = (SourceOf(""), new DataCache(folder.Root));
        Assert.Equal((null, false), State());
        Directory.CreateDirectory(folder.PathOf("set"));
        File.WriteAllBytes(folder.PathOf("set/a.bin"), Bytes);
        Assert.Equal((Sum(Bytes), true), State());
        File.WriteAllBytes(folder.PathOf("set/a.bin"), Bytes[1..]);
        Assert.Equal((Sum(Bytes[1..]), false), State());
        source = new("set", "", "", "", new DataFile("a.bin", "", null, Convert.ToHexStringLower(MD5.HashData(Bytes[1..]))));
        Assert.True(State().IsGood);

        (string? Found, bool IsGood) State() => cache.Verify(source).Single() is var check ? (check.Found, check.IsGood) : default;
    }

    [Fact]
    public void What_is_not_here_says_how_to_get_it()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Root, "fashion-mnist", "train-images-idx3-ubyte.gz");
        Assert.Equal("Data set 'fashion-mnist': 'train-images-idx3-ubyte.gz' is not on this machine.\n"
            + $"  looked for  {path}\nHint: adjoint data get fashion-mnist",
            Assert.Throws<DataException>(() => FashionMnist.Train(new(folder.Root))).Message);
    }

    static async Task Get(DataCache cache, DataSource source, IProgress<DownloadProgress>? progress = null)
    {
        using var download = new Download(FileSystem.Disk, progress) { Pause = TimeSpan.FromMilliseconds(1) };
        await cache.GetAsync(source, null, download, CancellationToken.None);
    }

    static DataSource SourceOf(string url, long? length = 300_000) =>
        new("set", "a set", "none", "", new DataFile("a.bin", url, length, Sum(Bytes)) { OtherNames = ["b.bin"] });

    static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Progress, told at once.</summary>
    sealed class Reported(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
