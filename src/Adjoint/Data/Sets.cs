namespace Adjoint;

/// <summary>All data sets by name.</summary>
public static class Sets
{
    public static IReadOnlyList<DataSource> All { get; } =
        [Digits.Source, FashionMnist.Source, Mnist.Source, OctMnist.Source, PneumoniaMnist.Source, TinyShakespeare.Source];

    /// <exception cref="DataException">There is no such set.</exception>
    public static DataSource Find(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new DataException($"There is no data set '{name}'.\n  sets  {string.Join(", ", All.Select(s => s.Name))}", name);
}
