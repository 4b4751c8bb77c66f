using System.Globalization;

namespace Adjoint;

/// <summary>Named numbers that say how good a model is, in the order in which people read them.</summary>
public sealed class Metrics
{
    readonly OrderedDictionary<string, double> values = [];

    public IEnumerable<KeyValuePair<string, double>> All => values;

    /// <exception cref="KeyNotFoundException">Nothing of this name was measured.</exception>
    public double this[string name]
    {
        get => values.TryGetValue(name, out var value) ? value
            : throw new KeyNotFoundException($"Metrics: there is no '{name}' among {string.Join(", ", values.Keys)}.");
        set => values[name] = value;
    }

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>As a table shows it: <c>0.9873</c>.</summary>
    public static string Shown(double value) => Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3)
        ? value.ToString("0.###e0", CultureInfo.InvariantCulture) : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
