namespace Adjoint;

/// <summary>Layers one after the other, named 0, 1, … or as given.</summary>
public sealed class Sequential : Layer
{
    readonly List<Layer> layers = [];

    /// <summary>None yet: see <see cref="Add"/>.</summary>
    public Sequential() { }

    public Sequential(params ReadOnlySpan<Layer> layers)
    {
        foreach (var layer in layers) Add(layer);
    }

    public Sequential(params ReadOnlySpan<(string Name, Layer Layer)> layers)
    {
        foreach (var (name, layer) in layers) this.layers.Add(Child(name, layer));
    }

    public int Count => layers.Count;

    public Layer this[int at] => layers[at];

    /// <summary>Appends a layer, named by its number.</summary>
    public void Add(Layer layer) =>
        layers.Add(Child(layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer));

    protected override Tensor Run(Tensor x)
    {
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }
}
