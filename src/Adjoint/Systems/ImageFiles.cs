namespace Adjoint;

/// <summary>Image sets that a user has: the IDX files of MNIST and its kin, or one .npz file of MedMNIST.</summary>
static class ImageFiles
{
    /// <param name="path">A folder with IDX files or with one .npz file, or an .npz file.</param>
    /// <param name="part">train, val or test</param>
    /// <returns>Null where there is no such part, as IDX sets have no val.</returns>
    /// <exception cref="DataException">There are no images here.</exception>
    public static ImageDataset? Read(string path, string part)
    {
        if (File.Exists(path) && path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return FromNpz(path, part);
        if (!Directory.Exists(path)) throw new DataException($"'{path}' is no folder and no .npz file.", path);
        if (Idx(path, part, "images-idx3-ubyte") is { } images && Idx(path, part, "labels-idx1-ubyte") is { } labels)
            return Labelled($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}/{part}", Adjoint.Idx.Read(images), Adjoint.Idx.Read(labels));
        if (part == "val" && Idx(path, "test", "images-idx3-ubyte") is not null) return null;
        return Directory.GetFiles(path, "*.npz") is [var only] ? FromNpz(only, part)
            : throw new DataException($"'{path}' holds no images of '{part}'.\n"
                + "  looked for  train-images-idx3-ubyte and its kin (.gz or not), or one .npz file of MedMNIST", path);
    }

    static string? Idx(string folder, string part, string kind)
    {
        if (part == "val") return null;
        var prefix = part == "test" ? "t10k" : part;
        return new[] { $"{prefix}-{kind}.gz", $"{prefix}-{kind}", $"{prefix}-{kind.Replace("-idx", ".idx", StringComparison.Ordinal)}" }
            .Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    static ImageDataset? FromNpz(string path, string part)
    {
        var arrays = Npz.Read(path);
        if (!arrays.TryGetValue($"{part}_images", out var images) || !arrays.TryGetValue($"{part}_labels", out var labels))
        {
            if (part == "val") return null;
            throw new DataException($"'{path}' has no {part}_images and {part}_labels; it has {string.Join(", ", arrays.Keys.Take(10))}.", path);
        }
        return Labelled($"{Path.GetFileNameWithoutExtension(path)}/{part}", images, labels);
    }

    static ImageDataset Labelled(string name, HostArray images, HostArray labels)
    {
        var classes = labels.Count == 0 ? 1 : (int)labels.ToDoubles().Max() + 1;
        return new(name, images, labels, [.. Enumerable.Range(0, Math.Clamp(classes, 1, 1000)).Select(c => $"class {c}")]);
    }
}
