namespace Adjoint;

public abstract partial class Optimizer
{
    void Update(Dictionary<Parameter, Tensor> gradients, Tensor? loss)
    {
        if (Tracing.Current is not Captured step) Advance();
        else if (!step.Prepare(advance))
            throw new InvalidOperationException($"Step: {GetType().Name} steps twice in one captured step.\n"
                + "Hint: capture each of its steps as a step of its own.");
        using var _ = Tensor.WithoutGradient();
        var updates = new List<(Tensor Target, Tensor Value)>();
        var clipped = Clipped(Averaged(gradients, updates));
        foreach (var group in groups)
            foreach (var parameter in group.Members) Add(parameter, clipped[parameter], group, updates);
        // One plan for all, the loss included; else what both need would be computed twice.
        if (Tracing.Current is null)
        {
            var values = updates.Select(u => u.Value);
            Tensor.Compute([.. loss is null ? values : values.Prepend(loss)]);
        }
        Tensor.Assign([.. updates]);
    }

    void Add(Parameter parameter, Tensor g, ParameterGroup group, List<(Tensor Target, Tensor Value)> updates)
    {
        Tensor w = parameter.Value, before = w;
        if (group.WeightDecay != 0 && !DecaysWeights)
        {
            g = OptimizerOps.DecayGradient.Call([g, w]);
            g.Source!.Connect("decay", group.DecayNow);
        }
        else if (group.WeightDecay != 0)
        {
            before = OptimizerOps.DecayWeights.Call([w]);
            before.Source!.Connect("rate", group.RateNow);
            before.Source!.Connect("decay", group.DecayNow);
        }
        var own = RuleOf(parameter);
        var (state, program) = (StateOf(parameter), own.Program);
        var operands = program.Operands.Select(o => o.Name switch
        {
            "w" => before,
            "g" => g,
            "step" => steps,
            _ => state[o.Name],
        }).ToArray();
        double[] numbers = [.. program.Attributes.Select(a => attributes.GetValueOrDefault(a.Name, a.Default))];
        var outputs = own.CallAll(operands, numbers);
        outputs[0].Source!.Connect(program.Attributes.First(a => a.Name is "rate" or "rate0").Name, group.RateNow);
        for (var i = 0; i < outputs.Count; i++)
        {
            var value = i == 0 ? Shrunk(outputs[0], parameter, group) : outputs[i];
            var target = program.Outputs[i].Name switch
            {
                "w'" => w,
                "step'" => steps,
                var name => state[name.TrimEnd('\'')],
            };
            if (!updates.Exists(u => u.Target == target)) updates.Add((target, value));
        }
    }

    Tensor Shrunk(Tensor w, Parameter parameter, ParameterGroup group)
    {
        if (Shrinkage is not { } by) return w;
        w = CourseOptimizerOps.Shrinkage.Call([w, StateOf(parameter)[Start]], group.Rate, by.Batch, by.Memory,
            by.Examples, by.Variance);
        w.Source!.Connect("rate0", group.RateNow);
        return w;
    }
}
