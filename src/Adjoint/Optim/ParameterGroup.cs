namespace Adjoint;

/// <summary>Parameters that an optimizer treats alike. What is set here holds from the next step on, captured steps
/// included.</summary>
public sealed class ParameterGroup
{
    internal ParameterGroup(IEnumerable<Parameter> parameters, double rate, double weightDecay)
    {
        (Members, Rate, WeightDecay) = ([.. parameters], rate, weightDecay);
        (RateNow, DecayNow) = (new(rate), new(weightDecay));
    }

    public IReadOnlyList<Parameter> Parameters => Members;

    /// <summary>The learning rate before the schedule.</summary>
    public double Rate { get; set; }

    /// <summary>How strongly weights are pulled to 0; a group that begins without it stays without in steps that are
    /// captured already.</summary>
    public double WeightDecay { get; set; }

    internal List<Parameter> Members { get; }

    internal Dial RateNow { get; }

    internal Dial DecayNow { get; }

    internal void Turn(double factor) => (RateNow.Value, DecayNow.Value) = (Rate * factor, WeightDecay);
}
