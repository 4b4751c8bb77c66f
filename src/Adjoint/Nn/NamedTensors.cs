namespace Adjoint;

/// <summary>Tensors under names, as a checkpoint holds them.</summary>
static class NamedTensors
{
    /// <summary>The values that leaves have now, in their order; later assignments do not reach them.</summary>
    public static OrderedDictionary<string, Tensor> Snapshot(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var (name, tensor) in tensors) state.Add(name, tensor.Version);
        return state;
    }

    /// <summary>Assigns all or nothing.</summary>
    /// <param name="what">What takes the values, in messages.</param>
    public static void Load(string what, IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, Tensor> given)
    {
        var targets = tensors.ToList();
        var names = targets.Select(t => t.Name).ToHashSet();
        var missing = targets.Where(t => !given.ContainsKey(t.Name)).ToList();
        var unexpected = given.Where(g => !names.Contains(g.Key)).ToList();
        var unfit = targets.Where(t => given.TryGetValue(t.Name, out var g) && !Fits(t.Tensor, g)).ToList();
        if (missing.Count + unexpected.Count + unfit.Count > 0)
            throw new StateException($"Load: {targets.Count - missing.Count - unfit.Count} of {targets.Count} tensors of {what} "
                + "fit; nothing was loaded."
                + string.Concat(missing.Select(m => $"\n  missing     {m.Name} : {m.Tensor.Described}"))
                + string.Concat(unexpected.Select(u => $"\n  unexpected  {u.Key} : {u.Value.Described}"))
                + string.Concat(unfit.Select(u =>
                    $"\n  different   {u.Name} : {given[u.Name].Described} is given, {u.Tensor.Described} is wanted")),
                [.. missing.Select(m => m.Name)], [.. unexpected.Select(u => u.Key)], [.. unfit.Select(u => u.Name)]);
        Tensor.Assign([.. targets.Select(t => (t.Tensor, given[t.Name]))]);
    }

    static bool Fits(Tensor target, Tensor given) =>
        target.Type == given.Type && target.Shape.SequenceEqual(given.Shape);
}
