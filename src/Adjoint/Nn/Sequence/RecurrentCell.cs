namespace Adjoint;

/// <summary>A recurrent network of one's own: one step is written, and it runs over time as one compiled loop.</summary>
/// <example><code>
/// sealed class Leaky(int inputs, int units) : RecurrentCell
/// {
///     …
///     protected override Tensor[] Start(int batch, DType type) => [Tensor.Zeros(type, batch, units)];
///     protected override Tensor[] Step(Tensor x, Tensor[] state) =>
///         [Loop.Run($"h[b,j] = 0.9 * {state[0]}[b,j] + 0.1 * tanh({input.Forward(x)}[b,j])")];
/// }
/// </code></example>
public abstract class RecurrentCell : Layer
{
    /// <summary>The states before the first step.</summary>
    protected abstract Tensor[] Start(int batch, DType type);

    /// <summary>From x at one time [b, i] and the states before to the states after, of the same shapes.</summary>
    protected abstract Tensor[] Step(Tensor x, Tensor[] state);

    /// <summary>All states at all times, [t, ..] each.</summary>
    /// <param name="x">[t, b, i]</param>
    /// <param name="start">States before the first step; those of the cell if none are given.</param>
    public Tensor[] Unroll(Tensor x, Tensor[]? start = null) => Tensor.Scan(Step, x, start ?? Start(x.Shape[1], x.Type));

    /// <param name="x">[t, b, i]</param> <returns>The first state at all times: [t, b, ..]</returns>
    protected override Tensor Run(Tensor x) => Unroll(x)[0];
}
