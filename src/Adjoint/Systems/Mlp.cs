namespace Adjoint;

/// <summary>Fully connected layers with a function between them: x [b, ..] to [b, last size]; the last layer is
/// linear.</summary>
public sealed class Mlp : Layer
{
    readonly List<Linear> layers = [];
    readonly Func<Tensor, Tensor> activation;
    readonly Flatten flatten;

    /// <param name="sizes">Inputs, hidden layers, outputs.</param>
    /// <param name="activation">Relu if none is given.</param>
    /// <exception cref="ArgumentException">There are fewer than two sizes.</exception>
    public Mlp(int[] sizes, Func<Tensor, Tensor>? activation = null)
    {
        if (sizes.Length < 2)
            throw new ArgumentException($"Mlp: at least inputs and outputs are needed, sizes are [{string.Join(", ", sizes)}].");
        this.activation = activation ?? (x => x.Relu());
        flatten = Child("flatten", new Flatten());
        for (var l = 1; l < sizes.Length; l++)
            layers.Add(Child(FormattableString.Invariant($"fc{l}"), new Linear(sizes[l - 1], sizes[l])));
    }

    protected override Tensor Run(Tensor x)
    {
        if (x.Rank > 2) x = flatten.Forward(x);
        for (var l = 0; l < layers.Count; l++)
        {
            if (l > 0) x = activation(x);
            x = layers[l].Forward(x);
        }
        return x;
    }
}
