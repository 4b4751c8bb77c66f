using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>Images of bytes with labels; an example is an image of float32 from 0 (black) to 1 and a label.</summary>
public sealed class ImageDataset : Dataset
{
    readonly Field[] fields;
    readonly int[] labels;

    /// <param name="images">uint8[n, h, w] of greys, or uint8[n, h, w, c]</param>
    /// <param name="labels">[n] or [n, 1], whole numbers</param>
    /// <param name="classes">What the labels mean, from 0.</param>
    /// <exception cref="DataException">The arrays do not belong together, or a label has no class.</exception>
    public ImageDataset(string name, HostArray images, HostArray labels, IReadOnlyList<string> classes)
    {
        if (images.Type != DType.UInt8 || images.Shape.Length is not (3 or 4) || labels.Count != images.Shape[0] || labels.Type.IsFloating)
            throw new DataException($"Data set '{name}': images and labels do not belong together.\n"
                + $"  expected  uint8[n, h, w] or uint8[n, h, w, c] and whole numbers [n]\n  found     {images} and {labels}", name);
        (Name, Images, Classes) = (name, images, classes);
        this.labels = Array.ConvertAll(labels.ToDoubles(), label => (int)label);
        foreach (var label in this.labels)
            if ((uint)label >= (uint)classes.Count)
                throw new DataException($"Data set '{name}': there is a label {label}, and classes 0 to {classes.Count - 1}.", name);
        Channels = images.Shape.Length == 4 ? images.Shape[3] : 1;
        fields = [new("image", DType.Float32, Channels, images.Shape[1], images.Shape[2]), new(LabelField, DType.Int32)];
    }

    public override string Name { get; }
    public override int Count => labels.Length;

    public int Channels { get; }

    /// <summary>image float32[c, h, w] and label int32[].</summary>
    public override IReadOnlyList<Field> Fields => fields;

    /// <summary>What the labels mean.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>uint8[n, h, w] or uint8[n, h, w, c]</summary>
    public HostArray Images { get; }

    public ReadOnlySpan<int> Labels => labels;

    public override void Fill(int example, int field, Span<byte> to)
    {
        if (field == 1)
        {
            MemoryMarshal.Write(to, in labels[example]);
            return;
        }
        var pixels = Images.Bytes.Slice(example * fields[0].Count, fields[0].Count);
        var values = MemoryMarshal.Cast<byte, float>(to);
        var size = pixels.Length / Channels;
        for (var c = 0; c < Channels; c++)
            for (var i = 0; i < size; i++) values[c * size + i] = pixels[i * Channels + c] / 255f;
    }
}
