namespace Adjoint.Cli;

/// <summary>What may have been meant by a name that does not exist.</summary>
static class NearNames
{
    /// <summary>At most five names, nearest first: a few letters apart, or one containing the other.</summary>
    public static List<string> Of(string name, IEnumerable<string> names)
    {
        const int Most = 5;
        return [.. names.Select(n => (Name: n, Distance: Distance(name, n)))
            .Where(n => n.Distance <= Math.Max(1, name.Length / 3) || Contains(n.Name, name) || Contains(name, n.Name))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).Take(Most).Select(n => n.Name)];
    }

    /// <summary>Null where nothing is near.</summary>
    public static string? Hint(List<string> near) => near.Count > 0 ? $"near names: {string.Join(", ", near)}." : null;

    // Shorter parts are in too many names to mean anything.
    static bool Contains(string whole, string part) =>
        part.Length >= 3 && whole.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Letters inserted, left out or replaced; two neighbours exchanged count once.</summary>
    static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[from.Length, to.Length];
    }
}
