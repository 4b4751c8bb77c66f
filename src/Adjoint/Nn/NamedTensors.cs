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
            throw Refused(what, targets.Count, [.. missing.Select(m => (m.Name, m.Tensor.Described))],
                [.. unexpected.Select(u => (u.Key, u.Value.Described))],
                [.. unfit.Select(u => (u.Name, $"{given[u.Name].Described} is given, {u.Tensor.Described} is wanted"))]);
        Tensor.Assign([.. targets.Select(t => (t.Tensor, given[t.Name]))]);
    }

    /// <summary>The one complaint about all tensors that do not fit, each with what is to be said of it.</summary>
    /// <param name="count">How many tensors are wanted.</param>
    public static StateException Refused(string what, int count, List<(string Name, string Text)> missing,
        List<(string Name, string Text)> unexpected, List<(string Name, string Text)> different)
    {
        return new($"Load: {count - missing.Count - different.Count} of {count} tensors of {what} fit; nothing was loaded."
            + Lines("missing     ", missing) + Lines("unexpected  ", unexpected) + Lines("different   ", different),
            Names(missing), Names(unexpected), Names(different));

        static string Lines(string kind, List<(string Name, string Text)> all) => string.Concat(all.Select(t => $"\n  {kind}{t.Name} : {t.Text}"));

        static string[] Names(List<(string Name, string Text)> all) => [.. all.Select(t => t.Name)];
    }

    static bool Fits(Tensor target, Tensor given) =>
        target.Type == given.Type && target.Shape.SequenceEqual(given.Shape);
}
