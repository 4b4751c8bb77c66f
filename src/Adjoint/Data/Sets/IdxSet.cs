namespace Adjoint;

/// <summary>Four IDX files: images and labels, to train and to test.</summary>
static class IdxSet
{
    static readonly (string Part, string Images, string Labels)[] Parts =
    [
        ("train", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("test", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
    ];

    public static ImageDataset Read(DataSource source, string part, IReadOnlyList<string> classes, DataCache? cache)
    {
        cache ??= DataCache.Default;
        var (_, images, labels) = System.Array.Find(Parts, p => p.Part == part);
        return new($"{source.Name}/{part}", Array(images), Array(labels), classes);

        HostArray Array(string name) => Idx.Read(cache.Find(source, source.Files.First(f => f.Name == name)));
    }
}
