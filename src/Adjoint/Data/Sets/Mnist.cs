namespace Adjoint;

/// <summary>Handwritten digits in 28 x 28 greys (LeCun, Bottou, Bengio and Haffner 1998).</summary>
public static class Mnist
{
    const string Url = "https://ossci-datasets.s3.amazonaws.com/mnist/";

    public static IReadOnlyList<string> Classes { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    public static DataSource Source { get; } = new("mnist", "70,000 grey images of handwritten digits, 28 x 28, 10 classes",
        "CC BY-SA 3.0", "http://yann.lecun.com/exdb/mnist/",
        File("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        File("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "d53e105ee54ea40749a09fcbcd1e9432"),
        File("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "9fb629c4189551a2d022fa330f9573f3"),
        File("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ec29112dd5afa0611ce80d1b7f02629c"));

    /// <summary>60,000 images.</summary>
    /// <exception cref="DataException">The files are not on this machine.</exception>
    public static ImageDataset Train(DataCache? cache = null) => IdxSet.Read(Source, "train", Classes, cache);

    /// <summary>10,000 images.</summary>
    /// <exception cref="DataException">The files are not on this machine.</exception>
    public static ImageDataset Test(DataCache? cache = null) => IdxSet.Read(Source, "test", Classes, cache);

    static DataFile File(string name, long bytes, params string[] checksums) => new(name, Url + name, bytes, checksums);
}
