using System.Globalization;

namespace Adjoint;

// A letter of a shape has the size it has where it is met first, the table of tokens before all; every other shape is held against
// that. So the sizes of the model follow from the file, and all that does not fit is told at once.

/// <summary>A GPT-2 checkpoint that was looked through and fits.</summary>
sealed class Gpt2Checkpoint
{
    readonly SafetensorsFile file;
    readonly Dictionary<string, string> names = []; // in the file, by the name without the prefix
    readonly Dictionary<string, int> sizes = [];
    readonly List<(string Name, string Text)> missing = [], unexpected = [], different = [];

    /// <exception cref="StateException">Tensors are missing, unexpected or of another shape: all are named.</exception>
    public Gpt2Checkpoint(SafetensorsFile file, string path)
    {
        this.file = file;
        foreach (var name in file.Names) Name(name);
        Blocks = Gpt2Names.Blocks(names.Keys);
        Tensors = [.. Gpt2Names.All(Blocks)];
        foreach (var tensor in Tensors) Measure(tensor);
        foreach (var tensor in Tensors) Compare(tensor);
        CompareHead();
        var known = Tensors.Select(t => t.File).ToHashSet();
        unexpected.AddRange(names.Where(n => !known.Contains(n.Key)).Select(n => (n.Value, Described(n.Value))));
        if (missing.Count + unexpected.Count + different.Count > 0)
            throw NamedTensors.Refused($"GPT-2 in '{path}'", Tensors.Count, missing, unexpected, different);
    }

    public int Blocks { get; }

    public IReadOnlyList<Gpt2Tensor> Tensors { get; }

    /// <summary>The size of an axis: v, t, d or m.</summary>
    public int Size(string letter) => sizes[letter];

    /// <summary>A tensor as the model has it, in float32.</summary>
    public Tensor Value(Gpt2Tensor tensor)
    {
        var value = Tensor.Of(file[names[tensor.File]]).To(DType.Float32);
        return tensor.IsTransposed ? value.T : value;
    }

    void Name(string name)
    {
        var bare = name.StartsWith(Gpt2Names.Prefix, StringComparison.Ordinal) ? name[Gpt2Names.Prefix.Length..] : name;
        if (name == Gpt2Names.Head || Gpt2Names.IsMask(bare)) return;
        if (!names.TryAdd(bare, name)) unexpected.Add((name, $"{Described(name)}, beside '{names[bare]}'"));
    }

    void Measure(Gpt2Tensor tensor)
    {
        if (!names.TryGetValue(tensor.File, out var name)) return;
        var (axes, shape) = (tensor.Axes, file.ShapeOf(name).ToArray());
        if (shape.Length != axes.Count) return;
        for (var n = 0; n < shape.Length; n++)
            if (axes[n].Length == 1 && shape[n] > 0) sizes.TryAdd(axes[n], shape[n]);
    }

    void Compare(Gpt2Tensor tensor)
    {
        int?[] wanted = [.. tensor.Axes.Select(SizeOf)];
        var text = $"float32[{string.Join(", ", tensor.Axes.Zip(wanted, (axis, size) => size?.ToString(CultureInfo.InvariantCulture) ?? axis))}]";
        if (!names.TryGetValue(tensor.File, out var name)) missing.Add((tensor.File, text));
        else if (!file.TypeOf(name).IsFloating || !file.ShapeOf(name).ToArray().Select(size => (int?)size).SequenceEqual(wanted))
            different.Add((name, $"{Described(name)} is given, {text} is wanted"));
    }

    // "3d" is three times d; null where no tensor tells.
    int? SizeOf(string axis)
    {
        if (!sizes.TryGetValue(axis[^1..], out var size)) return null;
        return axis.Length == 1 ? size : (int)Math.Min(int.MaxValue, 3L * size);
    }

    // The table of tokens is the last layer, too: another one would silently be left out.
    void CompareHead()
    {
        if (!file.Contains(Gpt2Names.Head) || !names.TryGetValue(Gpt2Names.Tokens, out var table)) return;
        if (!file.BytesOf(Gpt2Names.Head).SequenceEqual(file.BytesOf(table)))
            different.Add((Gpt2Names.Head, $"{Described(Gpt2Names.Head)} is given, the numbers of {table} are wanted"));
    }

    string Described(string name) => DTypes.Describe(file.TypeOf(name), file.ShapeOf(name).ToArray());
}
