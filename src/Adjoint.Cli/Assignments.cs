using System.Globalization;

namespace Adjoint.Cli;

/// <summary>Values of options, most of the form <c>name=value</c>.</summary>
static class Assignments
{
    /// <summary>Attributes: <c>--set eps=1e-3</c>.</summary>
    public static Dictionary<string, double> Numbers(string option, IEnumerable<string> given) =>
        Split(option, given).ToDictionary(a => a.Key, a => Number(option, a.Key, a.Value));

    /// <summary>Extents: <c>--size t=512</c>.</summary>
    public static Dictionary<string, int> Sizes(string option, IEnumerable<string> given) =>
        Split(option, given).ToDictionary(a => a.Key, a =>
            int.TryParse(a.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw new UsageException($"{option}: {a.Key} must be an integer of at least 0, not '{a.Value}'."));

    public static Dictionary<string, string> Split(string option, IEnumerable<string> given)
    {
        var values = new Dictionary<string, string>();
        foreach (var text in given)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == text.Length - 1)
                throw new UsageException($"{option}: '{text}' is not of the form name=value.");
            if (!values.TryAdd(text[..at], text[(at + 1)..]))
                throw new UsageException($"{option}: {text[..at]} is given twice.");
        }
        return values;
    }

    /// <summary>A key of random numbers; 0 where none is given.</summary>
    public static ulong Seed(string option, string? given) =>
        given is null ? 0 : ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw new UsageException($"{option}: '{given}' is not an integer from 0 to {ulong.MaxValue}.");

    static double Number(string option, string name, string value)
    {
        if (value is "inf" or "-inf") return value == "inf" ? double.PositiveInfinity : double.NegativeInfinity;
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? number
            : throw new UsageException($"{option}: {name} must be a number, not '{value}'.");
    }
}
