using Xunit;

namespace Adjoint.Tests;

public sealed class SetsTests
{
    [Fact]
    public void Fashion_MNIST_is_read()
    {
        Need(FashionMnist.Source);
        var (train, test) = (FashionMnist.Train(), FashionMnist.Test());
        Assert.Equal("fashion-mnist/train: 60000 x (image float32[1, 28, 28], label int32[])", train.ToString());
        Assert.Equal(10_000, test.Count);
        foreach (var set in new[] { train, test })
            Assert.All(Counts(set), count => Assert.Equal(set.Count / 10, count));
        Assert.Equal([9, 0, 0, 3, 0], train.Labels[..5].ToArray());
        Assert.Equal([9, 2, 1, 1, 6], test.Labels[..5].ToArray());
        Assert.Equal(0.2860, Mean(train), 4); // the mean that everybody normalises by
    }

    [Fact]
    public void PneumoniaMNIST_is_read()
    {
        Need(PneumoniaMnist.Source);
        Assert.Equal([1_214, 3_494], Counts(PneumoniaMnist.Train()));
        Assert.Equal([135, 389], Counts(PneumoniaMnist.Validation()));
        Assert.Equal([234, 390], Counts(PneumoniaMnist.Test()));
        Assert.Equal("pneumoniamnist/val: 524 x (image float32[1, 28, 28], label int32[])", PneumoniaMnist.Validation().ToString());
    }

    [Fact]
    public void Tiny_Shakespeare_is_read()
    {
        Need(TinyShakespeare.Source);
        var (train, validation, alphabet) = TinyShakespeare.Load(64);
        Assert.Equal(65, alphabet.Count);
        Assert.Equal((1_003_854 - 1) / 64, train.Count);
        Assert.Equal((111_540 - 1) / 64, validation.Count);
        using var loader = new Loader(train, 2) { IsShuffled = false };
        Assert.StartsWith("First Citizen:\nBefore we proceed any further", alphabet.Decode(loader.Next()["input"].ToArray<int>()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void MNIST_is_read_from_files_of_its_form()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.PathOf("mnist"));
        foreach (var (part, count) in new[] { ("train", 3), ("t10k", 2) })
        {
            Write($"{part}-images-idx3-ubyte.gz", HostArray.FromDoubles(DType.UInt8, [count, 28, 28], new double[count * 784]));
            Write($"{part}-labels-idx1-ubyte.gz", HostArray.FromDoubles(DType.UInt8, [count], [.. Enumerable.Range(5, count).Select(i => (double)i)]));
        }
        var cache = new DataCache(folder.Root);
        Assert.Equal([5, 6, 7], Mnist.Train(cache).Labels.ToArray());
        Assert.Equal("mnist/test: 2 x (image float32[1, 28, 28], label int32[])", Mnist.Test(cache).ToString());

        void Write(string name, HostArray array)
        {
            var stream = new MemoryStream();
            Idx.Write(stream, array);
            File.WriteAllBytes(folder.PathOf("mnist/" + name), IdxTests.Packed(stream.ToArray()));
        }
    }

    [Fact]
    public void OctMNIST_is_read_from_a_file_of_its_form()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.PathOf("medmnist"));
        Npz.Write(folder.PathOf("medmnist/octmnist.npz"), new Dictionary<string, HostArray>
        {
            ["train_images"] = new(DType.UInt8, 4, 28, 28),
            ["train_labels"] = HostArray.FromDoubles(DType.UInt8, [4, 1], [3, 0, 1, 2]),
        });
        var cache = new DataCache(folder.Root);
        Assert.Equal([3, 0, 1, 2], OctMnist.Train(cache).Labels.ToArray());
        Assert.Contains("has no array 'test_images'", Assert.Throws<FileFormatException>(() => OctMnist.Test(cache)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_source_says_what_it_is_and_how_it_is_recognised()
    {
        Assert.Equal(Sets.All.Select(s => s.Name).Order(StringComparer.Ordinal), Sets.All.Select(s => s.Name));
        Assert.All(Sets.All, s => Assert.True(s.Title.Length > 0 && s.License.Length > 0));
        foreach (var file in Sets.All.SelectMany(s => s.Files))
        {
            Assert.True(Uri.IsWellFormedUriString(file.Url, UriKind.Absolute), file.Url);
            Assert.NotEmpty(file.Checksums);
            Assert.All(file.Checksums, c => Assert.Matches("^([0-9a-f]{32}|[0-9a-f]{64})$", c));
        }
        Assert.Contains("There is no data set 'cifar'.\n  sets  digits, ", Assert.Throws<DataException>(() => Sets.Find("cifar")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_here_have_an_accepted_checksum()
    {
        var sources = Sets.All.Where(s => s.Files.Count > 0 && DataCache.Default.Has(s)).ToList();
        if (sources.Count == 0) Assert.Skip("No data set is here; ADJOINT_DATA says where they are.");
        Assert.All(sources.SelectMany(s => DataCache.Default.Verify(s)), c => Assert.True(c.IsGood, $"{c.Path}: {c.Found}"));
    }

    static void Need(DataSource source)
    {
        if (!DataCache.Default.Has(source)) Assert.Skip($"The data set '{source.Name}' is not here; ADJOINT_DATA says where it is.");
    }

    static List<int> Counts(ImageDataset set) => [.. set.Labels.ToArray().GroupBy(l => l).OrderBy(g => g.Key).Select(g => g.Count())];

    static double Mean(ImageDataset set)
    {
        var sum = 0L;
        foreach (var pixel in set.Images.Bytes) sum += pixel;
        return sum / 255.0 / set.Images.Count;
    }
}
