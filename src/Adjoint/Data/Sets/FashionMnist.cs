namespace Adjoint;

/// <summary>Ten kinds of clothing in 28 x 28 greys (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747).</summary>
public static class FashionMnist
{
    const string Url = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    public static IReadOnlyList<string> Classes { get; } =
        ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public static DataSource Source { get; } = new("fashion-mnist", "70,000 grey images of clothing, 28 x 28, 10 classes",
        "MIT", "https://github.com/zalandoresearch/fashion-mnist",
        File("train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        File("train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "25c81989df183df01b3e8a0aad5dffbe"),
        File("t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "bef4ecab320f06d8554ea6380940ec79"),
        File("t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            "bb300cfdad3c16e7a12a480ee83cd310"));

    /// <summary>60,000 images.</summary>
    /// <exception cref="DataException">The files are not on this machine.</exception>
    public static ImageDataset Train(DataCache? cache = null) => IdxSet.Read(Source, "train", Classes, cache);

    /// <summary>10,000 images.</summary>
    /// <exception cref="DataException">The files are not on this machine.</exception>
    public static ImageDataset Test(DataCache? cache = null) => IdxSet.Read(Source, "test", Classes, cache);

    static DataFile File(string name, long bytes, params string[] checksums) => new(name, Url + name, bytes, checksums);
}
