namespace Adjoint;

public sealed partial class Tensor
{
    static readonly Definition AddDefinition = new("add(x[..], z[..]) -> y\n  y[..] = x[..] + z[..]");

    /// <summary>Records the gradient of this scalar for every leaf that wants one and adds it to their <see
    /// cref="Grad"/>.</summary>
    /// <exception cref="InvalidOperationException">It is no scalar, or depends on nothing that wants a
    /// gradient.</exception>
    public void Backward()
    {
        if (Count != 1)
            throw new InvalidOperationException($"Backward: {this} is no scalar.\nHint: sum it first, or pass the gradient of each element.");
        Backward(Ones(Type, shape));
    }

    /// <param name="given">The gradient of each element of this tensor, in its shape.</param>
    public void Backward(Tensor given)
    {
        foreach (var (leaf, gradient) in GradientsOfLeaves(given))
        {
            (Tracing.Current as Captured)?.Remember(leaf);
            leaf.Grad = leaf.Grad is null ? gradient : Call(AddDefinition, [leaf.Grad, gradient]);
        }
    }

    /// <summary>The gradients of this scalar for some tensors it depends on, leaves or computed; <see cref="Grad"/> stays as
    /// it is. They are tensors like any other: a penalty on them has gradients, too.</summary>
    /// <exception cref="InvalidOperationException">It is no scalar, or does not depend on one of them.</exception>
    public Tensor[] Gradients(params ReadOnlySpan<Tensor> of)
    {
        var all = ByLeaf(AllGradients(Start()));
        var gradients = new Tensor[of.Length];
        for (var i = 0; i < gradients.Length; i++)
            gradients[i] = all.TryGetValue(of[i], out var gradient) ? gradient
                : throw new InvalidOperationException($"Gradients: {this} does not depend on {of[i]}, or that wants no gradient.\n"
                    + "Hint: call WithGrad() on a leaf, or start from DetachWithGrad() of a computed tensor.");
        return gradients;
    }

    /// <summary>The same values without their history, as a start that <see cref="Gradients"/> can be asked
    /// for.</summary>
    public Tensor DetachWithGrad()
    {
        var start = Detach().Copy(); // of a tensor that wants none: no gradient goes further back
        start.NeedsGrad = true;
        return start;
    }

    /// <summary>Records the gradient of this scalar for every leaf that wants one.</summary>
    internal Dictionary<Tensor, Tensor> GradientsOfLeaves() => GradientsOfLeaves(Start());

    Tensor Start() => Count == 1 ? Ones(Type, shape)
        : throw new InvalidOperationException($"Gradients: {this} is no scalar.\nHint: sum it first.");

    Dictionary<Tensor, Tensor> GradientsOfLeaves(Tensor given) =>
        ByLeaf(AllGradients(given).Where(g => g.Key.Source is null && g.Key.NeedsGrad));

    // A leaf that was assigned to between two calls was read in two versions.
    static Dictionary<Tensor, Tensor> ByLeaf(IEnumerable<KeyValuePair<Tensor, Tensor>> all)
    {
        var gradients = new Dictionary<Tensor, Tensor>();
        foreach (var (key, gradient) in all)
        {
            var leaf = key.Handle ?? key;
            gradients[leaf] = gradients.TryGetValue(leaf, out var other) ? Call(AddDefinition, [other, gradient])
                : gradient;
        }
        return gradients;
    }

    Dictionary<Tensor, Tensor> AllGradients(Tensor given)
    {
        if (!given.Shape.SequenceEqual(Shape) || given.Type != Type)
            throw new ShapeException($"Backward: the gradient of each element is wanted.\n  x     : {Described}\n"
                + $"  given : {given.Described}", "given", [.. given.Shape]);
        if (!NeedsGrad)
            throw new InvalidOperationException($"Backward: {this} depends on no tensor that wants a gradient.\n"
                + "Hint: call WithGrad() on the leaves, outside of a no-gradient region.");
        var gradients = new Dictionary<Tensor, Tensor> { [this] = given };
        foreach (var call in Calls().AsEnumerable().Reverse())
            if (call.Binding.Pattern.Reverse is { } reverse) Reverse(call, reverse, gradients);
        return gradients;
    }

    static void Reverse(Recorded call, Reverse reverse, Dictionary<Tensor, Tensor> gradients)
    {
        if (!call.Outputs.Any(gradients.ContainsKey)) return;
        var program = reverse.Program;
        var operands = new Tensor[program.Operands.Count];
        for (var i = 0; i < operands.Length; i++) operands[i] = Operand(program.Operands[i].Name);
        double[] attributes = [.. program.Attributes.Select(a => call.Attribute(a.Name))];
        var made = Recorded.Call(call.Binding.Pattern.ReverseDefinition, operands, attributes);
        for (var i = 0; i < call.Operands.Count; i++)
        {
            var operand = call.Operands[i];
            if (!operand.NeedsGrad || !reverse.Gradients.TryGetValue(call.Binding.Program.Operands[i].Name,
                out var name)) continue;
            var gradient = made.Outputs[program.Outputs.ToList().FindIndex(o => o.Name == name)];
            gradients[operand] = gradients.TryGetValue(operand, out var sum)
                ? Call(AddDefinition, [sum, gradient]) : gradient;
        }

        Tensor Operand(string name)
        {
            for (var i = 0; i < call.Operands.Count; i++)
                if (call.Binding.Program.Operands[i].Name == name) return call.Operands[i];
            foreach (var value in reverse.Kept)
                if (value.Name == name) return call.Kept(value);
            var output = call.Outputs[call.Binding.Program.Outputs.ToList().FindIndex(o => reverse.Given.GetValueOrDefault(o.Name) == name)];
            return gradients.TryGetValue(output, out var given) ? given : Zeros(output.Type, [.. output.Shape]);
        }
    }

    // Every call this tensor depends on, each after those it reads.
    List<Recorded> Calls()
    {
        var order = new List<Recorded>();
        var seen = new HashSet<Recorded>();
        var stack = new Stack<(Recorded Call, int Next)>();
        if (Source is not null && seen.Add(Source)) stack.Push((Source, 0));
        while (stack.TryPop(out var top))
        {
            if (top.Next == top.Call.Operands.Count)
            {
                order.Add(top.Call);
                continue;
            }
            stack.Push((top.Call, top.Next + 1));
            if (top.Call.Operands[top.Next] is { NeedsGrad: true, Source: { } source }
                && seen.Add(source)) stack.Push((source, 0));
        }
        return order;
    }
}
