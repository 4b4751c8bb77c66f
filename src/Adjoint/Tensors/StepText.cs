namespace Adjoint;

/// <summary>A step as a loop program with the arrays that one run of it reads.</summary>
/// <param name="Operands">By name, those that are drawn included.</param>
sealed record StepText(LoopProgram Program, OrderedDictionary<string, HostArray> Operands);

/// <summary>What the text of a step calls its tensors. Leaves go by their paths (<c>blocks.0.weight</c>), which become names
/// that a program may have (<c>blocks_0_weight</c>).</summary>
/// <param name="Inputs">Of what the step is given, in order.</param>
/// <param name="Results">Of what it returns, in order.</param>
/// <param name="Leaves">Of what it reads and changes beside them.</param>
sealed record StepNames(IReadOnlyList<string> Inputs, IReadOnlyList<string> Results, IEnumerable<(string Name, Tensor Tensor)> Leaves)
{
    /// <param name="assignments">A new value is called after its leaf.</param>
    public Dictionary<Tensor, string> Of(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> results,
        IReadOnlyList<(Tensor Target, Tensor Value)> assignments)
    {
        var names = Leaves.Concat(Inputs.Zip(inputs)).ToDictionary(n => n.Item2, n => Fit(n.Item1));
        foreach (var (target, value) in assignments)
            if (names.TryGetValue(target, out var name)) names.TryAdd(value, name + "_new");
        foreach (var (name, result) in Results.Zip(results)) names.TryAdd(result, Fit(name));
        return names;
    }

    static string Fit(string path)
    {
        var name = string.Concat(path.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(name[0]) || ExprParser.IsReserved(name) ? "p_" + name : name;
    }
}
