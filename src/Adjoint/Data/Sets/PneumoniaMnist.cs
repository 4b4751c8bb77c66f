namespace Adjoint;

/// <summary>Chest X-rays of children, with and without pneumonia (MedMNIST v2; images of Kermany et al. 2018).</summary>
public static class PneumoniaMnist
{
    public static IReadOnlyList<string> Classes { get; } = ["normal", "pneumonia"];

    // The second checksum is that of a file with the same images, those to train in another order.
    public static DataSource Source { get; } = MedMnist.Source("pneumoniamnist", "5,856 grey chest X-rays, 28 x 28, 2 classes",
        MedMnist.File("pneumoniamnist.npz", "28209eda62fecd6e6a2d98b1501bb15f",
            "9d543f53ac879c8823d2d4fb1ca8237dbc5fddd90c9a2ab475be4a2c84562a69") with
        { OtherNames = ["pneumoniamnist-rebuilt.npz"] });

    /// <summary>4,708 images.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Train(DataCache? cache = null) => MedMnist.Read(Source, "train", Classes, cache);

    /// <summary>524 images to choose settings by.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Validation(DataCache? cache = null) => MedMnist.Read(Source, "val", Classes, cache);

    /// <summary>624 images.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Test(DataCache? cache = null) => MedMnist.Read(Source, "test", Classes, cache);
}
