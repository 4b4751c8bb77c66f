namespace Adjoint;

/// <summary>Splits that keep the classes apart.</summary>
static class Strata
{
    /// <param name="take">How many of a class with so many examples go to the first part.</param>
    public static (Dataset First, Dataset Second) Split(Dataset data, ulong seed, Func<int, int> take)
    {
        var classes = new SortedDictionary<int, List<int>>();
        for (var example = 0; example < data.Count; example++)
        {
            var label = data.LabelOf(example);
            if (!classes.TryGetValue(label, out var members)) classes[label] = members = [];
            members.Add(example);
        }
        var isFirst = new bool[data.Count];
        foreach (var (label, members) in classes)
        {
            var order = new int[members.Count];
            Permutation.Fill(order, seed, (uint)label);
            foreach (var at in order[..take(members.Count)]) isFirst[members[at]] = true;
        }
        return (data.Subset([.. Examples(true)], "first"), data.Subset([.. Examples(false)], "second"));

        IEnumerable<int> Examples(bool first) => Enumerable.Range(0, data.Count).Where(e => isFirst[e] == first);
    }
}
