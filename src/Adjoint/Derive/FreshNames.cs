namespace Adjoint;

/// <summary>Names that nothing in a program has: operands, tensors, attributes and axes share one space.</summary>
sealed class FreshNames
{
    readonly HashSet<string> taken = [];

    public FreshNames(LoopProgram program)
    {
        foreach (var operand in program.Operands)
        {
            taken.Add(operand.Name);
            AddAxes(operand.Dims);
        }
        foreach (var attribute in program.Attributes) taken.Add(attribute.Name);
        foreach (var output in program.Outputs)
        {
            taken.Add(output.Name);
            AddAxes(output.Dims);
        }
        foreach (var axis in program.Axes) taken.Add(axis.Axis);
        foreach (var line in program.Lines) taken.UnionWith([line.Target.Tensor, .. line.Axes()]);
    }

    public bool IsTaken(string name) => taken.Contains(name);

    /// <summary>The name itself if it is free, otherwise with the first free number behind it.</summary>
    public string Take(string name)
    {
        if (name == "..") name = "n"; // there is only one `..`
        var fresh = name;
        for (var n = 2; !taken.Add(fresh); n++) fresh = $"{name}{n}";
        return fresh;
    }

    void AddAxes(EquatableArray<Dim> dims)
    {
        foreach (var dim in dims) taken.UnionWith(dim.Axes);
    }
}
