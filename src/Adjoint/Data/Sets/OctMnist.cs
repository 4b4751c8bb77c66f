namespace Adjoint;

/// <summary>Sections through the retina, healthy and with three diseases (MedMNIST v2; images of Kermany et al. 2018).</summary>
public static class OctMnist
{
    public static IReadOnlyList<string> Classes { get; } =
        ["choroidal neovascularization", "diabetic macular edema", "drusen", "normal"];

    public static DataSource Source { get; } = MedMnist.Source("octmnist", "109,309 grey sections of the retina, 28 x 28, 4 classes",
        MedMnist.File("octmnist.npz", "c68d92d5b585d8d81f7112f81e2d0842"));

    /// <summary>97,477 images; the classes differ in size.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Train(DataCache? cache = null) => MedMnist.Read(Source, "train", Classes, cache);

    /// <summary>10,832 images to choose settings by.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Validation(DataCache? cache = null) => MedMnist.Read(Source, "val", Classes, cache);

    /// <summary>1,000 images, 250 of each class.</summary>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static ImageDataset Test(DataCache? cache = null) => MedMnist.Read(Source, "test", Classes, cache);
}
