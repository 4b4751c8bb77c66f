namespace Adjoint;

/// <summary>Medical images of 28 x 28 greys in three parts (Yang et al. 2023, Scientific Data 10:41). Not for clinical
/// use.</summary>
static class MedMnist
{
    const string Url = "https://zenodo.org/records/10519652/files/";

    public static DataSource Source(string name, string title, DataFile file) =>
        new(name, title, "CC BY 4.0", "https://medmnist.com", file) { Folder = "medmnist" };

    public static DataFile File(string name, params string[] checksums) => new(name, $"{Url}{name}?download=1", null, checksums);

    /// <param name="part">train, val or test</param>
    public static ImageDataset Read(DataSource source, string part, IReadOnlyList<string> classes, DataCache? cache)
    {
        var path = (cache ?? DataCache.Default).Find(source, source.Files[0]);
        var arrays = Npz.Read(path);
        return new($"{source.Name}/{part}", Array($"{part}_images"), Array($"{part}_labels"), classes);

        HostArray Array(string name) => arrays.TryGetValue(name, out var array) ? array
            : throw new FileSource("MedMnist", path).Wrong($"has no array '{name}'", "images and labels of train, val and test",
                string.Join(", ", arrays.Keys.Take(10)));
    }
}
