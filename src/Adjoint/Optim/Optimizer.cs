namespace Adjoint;

// An update rule is an op: operands w (the weight), g (its gradient), step (how many steps were made) and whatever else
// is state, one tensor a parameter; results w', step' and the states after. In a captured step the updates are part of
// the plan; rates are turned before each run.

/// <summary>Changes parameters step by step so that a loss falls.</summary>
public abstract partial class Optimizer
{
    readonly Op rule;
    readonly IReadOnlyDictionary<string, double> attributes;
    readonly List<ParameterGroup> groups;
    readonly Action advance;

    /// <param name="rule">An op over w, g, step and states; its rate is the attribute <c>rate</c> or
    /// <c>rate0</c>.</param>
    /// <param name="attributes">Of the rule, by name; those left out keep their defaults.</param>
    /// <exception cref="ArgumentException">There are no parameters, or one stands there twice.</exception>
    protected Optimizer(Op rule, IEnumerable<Parameter> parameters, double rate, double weightDecay = 0,
        params ReadOnlySpan<(string Name, double Value)> attributes)
    {
        var all = parameters.ToList();
        if (all.Count == 0) throw new ArgumentException($"{GetType().Name}: there are no parameters to learn.");
        if (all.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{GetType().Name}: '{twice.Key.Path}' is given twice.");
        foreach (var parameter in all) parameter.IsOwned = true;
        (this.rule, advance, groups) = (rule, Advance, [new(all, rate, weightDecay)]);
        this.attributes = attributes.ToArray().ToDictionary(a => a.Name, a => a.Value);
    }

    /// <summary>Parameters that have rates of their own; the first holds all that no other has.</summary>
    public IReadOnlyList<ParameterGroup> Groups => groups;

    /// <summary>The learning rate of the first group before the schedule.</summary>
    public double Rate
    {
        get => groups[0].Rate;
        set => groups[0].Rate = value;
    }

    /// <summary>How the rates of all groups change from step to step.</summary>
    public Schedule Schedule { get; set; } = Schedule.Constant;

    /// <summary>How many steps were made.</summary>
    public long Count { get; private set; }

    /// <summary>Whether weight decay acts on the weights, beside the rule (arXiv:1711.05101), and not through the
    /// gradient.</summary>
    public bool DecaysWeights { get; init; }

    /// <summary>What pulls weights back to where they began; null is nothing.</summary>
    public Shrinkage? Shrinkage { get; init; }

    /// <summary>Moves parameters into a group of their own.</summary>
    /// <param name="isIn">Whether a parameter of this path belongs to it.</param>
    /// <param name="rate">The same as before if none is given, as is the decay.</param>
    /// <exception cref="ArgumentException">No parameter belongs to it.</exception>
    public ParameterGroup Group(Func<string, bool> isIn, double? rate = null, double? weightDecay = null)
    {
        var members = Parameters.Where(p => isIn(p.Path)).ToList();
        if (members.Count == 0)
            throw new ArgumentException($"Group: no parameter of {GetType().Name} has a name that belongs to it."
                + $"\n  it has  {string.Join(", ", Parameters.Select(p => p.Path))}");
        foreach (var group in groups) group.Members.RemoveAll(members.Contains);
        groups.Add(new(members, rate ?? groups[0].Rate, weightDecay ?? groups[0].WeightDecay));
        return groups[^1];
    }

    /// <summary>Derives the gradients of a loss and updates the parameters; captured, it does so at each run.</summary>
    /// <param name="loss">One number.</param>
    /// <exception cref="ParameterException">The loss depends on a parameter that no optimizer has, or not on one that this
    /// one has.</exception>
    public void Step(Tensor loss) => Update(GradientsOf(loss), loss);

    /// <summary>Updates the parameters by the gradients that <see cref="Tensor.Backward()"/> left, and clears
    /// them.</summary>
    /// <exception cref="ParameterException">A parameter has no gradient.</exception>
    public void Step()
    {
        var gradients = TakenGradients();
        Update(gradients, null);
    }

    /// <summary>The rule for a parameter.</summary>
    protected virtual Op RuleOf(Parameter parameter) => rule;

    IEnumerable<Parameter> Parameters => groups.SelectMany(g => g.Members);

    // Before each step.
    void Advance()
    {
        var factor = Schedule.FactorAt(Count);
        foreach (var group in groups) group.Turn(factor);
        Count++;
    }
}
