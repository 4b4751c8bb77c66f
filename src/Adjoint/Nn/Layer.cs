namespace Adjoint;

/// <summary>A module that makes one tensor of one tensor.</summary>
public abstract class Layer : Module
{
    /// <summary>Records what the layer computes.</summary>
    /// <exception cref="ShapeException">The shapes do not fit; the message names the layer.</exception>
    public Tensor Forward(Tensor x)
    {
        try
        {
            return Tracing.Current is LayerTrace trace ? trace.Visit(this, x, Run) : Run(x);
        }
        catch (ShapeException e) when (!e.Message.Contains(Place, StringComparison.Ordinal))
        {
            // The innermost layer says where: facts come before the hint.
            var (facts, hint) = e.Message.IndexOf("\nHint:", StringComparison.Ordinal) is >= 0 and var at
                ? (e.Message[..at], e.Message[at..]) : (e.Message, "");
            var where = Path.Length == 0 ? "the model" : $"'{Path}'";
            throw new ShapeException($"{facts}{Place}{where} ({this}){hint}", e.Axis, [.. e.Sizes]);
        }
    }

    /// <summary>What <see cref="Forward"/> records; layers write it.</summary>
    protected abstract Tensor Run(Tensor x);

    /// <summary>Every layer with its output, parameters and operations, for an input of this shape.</summary>
    /// <param name="inputShape">The batch included: <c>[1, 3, 32, 32]</c>.</param>
    public Summary Summary(params ReadOnlySpan<int> inputShape) => Summary(InputType, inputShape);

    /// <summary>The same for an input of another type, as tokens are.</summary>
    public Summary Summary(DType type, params ReadOnlySpan<int> inputShape) =>
        Adjoint.Summary.Of(this, LayerTrace.Of(this, type, [.. inputShape]));

    /// <summary>The computation as a drawing (SVG): layers as boxes with shapes, edges from result to use.</summary>
    public string Graph(params ReadOnlySpan<int> inputShape) => Graph(InputType, inputShape);

    public string Graph(DType type, params ReadOnlySpan<int> inputShape) =>
        LayerDrawing.Svg(LayerGraph.Of(LayerTrace.Of(this, type, [.. inputShape])));

    const string Place = "\n  in  ";

    DType InputType => Parameters.FirstOrDefault()?.Value.Type ?? DType.Float32;
}
