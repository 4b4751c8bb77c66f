using System.Collections;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary>A variable of the environment that is meant for this program.</summary>
/// <param name="Problem">Why it does nothing, or not what it says; null where all is well.</param>
sealed record EnvironmentSetting(string Name, string Value, string? Problem);

/// <summary>The ADJOINT_ variables that are set.</summary>
static class EnvironmentSettings
{
    const string Prefix = "ADJOINT_";

    /// <summary>Every variable the library, the command line and the tests read.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "ADJOINT_THREADS", CodeTarget.WidthVariable, "ADJOINT_BACKEND", "ADJOINT_CHECK",
        "ADJOINT_DEBUG", "ADJOINT_TRACE", "ADJOINT_DATA", "ADJOINT_SLOW", "ADJOINT_RANDOM", "ADJOINT_SEED",
    ];

    public static List<EnvironmentSetting> Of(IDictionary environment) =>
        [.. environment.Cast<DictionaryEntry>().Select(e => (Name: (string)e.Key, Value: (string?)e.Value ?? ""))
            .Where(e => e.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => new EnvironmentSetting(e.Name, e.Value, Problem(e.Name, e.Value)))];

    static string? Problem(string name, string value) => name switch
    {
        "ADJOINT_THREADS" when !int.TryParse(value, CultureInfo.InvariantCulture, out var n) || n is <= 0 or > 1024 =>
            "no number from 1 to 1024: it is ignored",
        "ADJOINT_BACKEND" when value != "reference" => "only 'reference' has a meaning: it is ignored",
        "ADJOINT_CHECK" when value != "finite" => "only 'finite' has a meaning: it is ignored",
        "ADJOINT_DEBUG" when !int.TryParse(value, CultureInfo.InvariantCulture, out _) => "no number: it is ignored",
        _ when !Known.Contains(name) => NearNames.Of(name, Known) is [var near, ..]
            ? $"nothing reads it; a near name is {near}" : "nothing reads it",
        _ => null,
    };
}
