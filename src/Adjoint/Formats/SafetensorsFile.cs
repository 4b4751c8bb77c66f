using System.Buffers.Binary;

namespace Adjoint;

// One file, or several that an index ("model.safetensors.index.json") binds together. Opening reads headers only; the
// numbers are mapped and come from the disk when they are looked at.

/// <summary>Named arrays of safetensors files, mapped into memory.</summary>
public sealed class SafetensorsFile : IDisposable
{
    const string IndexExtension = ".index.json";

    readonly List<MappedFile> files = [];
    readonly OrderedDictionary<string, (MappedFile File, long Data, SafetensorsEntry Entry)> entries = [];
    readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    SafetensorsFile() { }

    /// <param name="path">A .safetensors file, or an index of several (.index.json) beside it.</param>
    /// <exception cref="FileFormatException">The file is not of this form, or is damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        var opened = new SafetensorsFile();
        try
        {
            if (path.EndsWith(IndexExtension, StringComparison.OrdinalIgnoreCase)) opened.AddAll(path);
            else opened.Add(path);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The names of the arrays, in the order of the file.</summary>
    public IReadOnlyList<string> Names => entries.Keys;

    /// <summary>Texts about the whole, as whoever wrote the file left them.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    public bool Contains(string name) => entries.ContainsKey(name);

    public DType TypeOf(string name) => Find(name).Entry.Type;

    public ReadOnlySpan<int> ShapeOf(string name) => Find(name).Entry.Shape;

    /// <summary>The numbers as they lie in the file, without a copy; valid until this is disposed.</summary>
    public ReadOnlySpan<byte> BytesOf(string name)
    {
        var (file, data, entry) = Find(name);
        return file.Bytes(data + entry.Begin, entry.End - entry.Begin);
    }

    /// <summary>A copy of one array.</summary>
    public HostArray this[string name] => Safetensors.Copy(Find(name).Entry, BytesOf(name));

    public void Dispose() => files.ForEach(file => file.Dispose());

    void AddAll(string index)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        var places = SafetensorsIndex.Read(index);
        foreach (var shard in places.Values.Distinct().Order(StringComparer.Ordinal)) Add(Path.Combine(folder, shard));
        foreach (var (name, shard) in places)
            if (!entries.ContainsKey(name))
                throw new FileSource("Safetensors.Read", index).Wrong("names an array that is not there",
                    $"{FileSource.Quoted(name)} in {FileSource.Quoted(shard)}", "no such name");
    }

    void Add(string path)
    {
        var file = new MappedFile(path);
        files.Add(file);
        var header = Safetensors.HeaderOf(file.Bytes(0, Math.Min(file.Length, sizeof(long) + SafetensorsHeader.MaxBytes)),
            file.Length, path);
        var data = sizeof(long) + BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(0, sizeof(long)));
        foreach (var (key, value) in header.Metadata) metadata.TryAdd(key, value);
        foreach (var (name, entry) in header.Entries)
            if (!entries.TryAdd(name, (file, data, entry)))
                throw new FileSource("Safetensors.Read", path).Wrong("repeats a name of another part", "every name once",
                    FileSource.Quoted(name));
    }

    (MappedFile File, long Data, SafetensorsEntry Entry) Find(string name) =>
        entries.TryGetValue(name, out var found) ? found
            : throw new KeyNotFoundException($"SafetensorsFile: there is no array '{name}' among {entries.Count}.");
}
