using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Cli;

/// <summary>A cache that a core reaches.</summary>
sealed record Cache(int Level, long Bytes);

/// <summary>What decides how fast kernels run here, as far as the system tells.</summary>
sealed record Machine
{
    const string Caches = "/sys/devices/system/cpu/cpu0/cache";

    public required string Version { get; init; }
    public required string Runtime { get; init; }
    public required string System { get; init; }

    /// <summary>Null where the system does not say.</summary>
    public required string? Processor { get; init; }

    public required int Cores { get; init; }
    public required int Threads { get; init; }
    public required CodeTarget Target { get; init; }

    /// <summary>Bits of the vectors this processor has, widest first.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    public required IReadOnlyList<Cache> DataCaches { get; init; }
    public required long MemoryBytes { get; init; }

    /// <summary>Null where the system does not say.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>Whether kernels can be made while the program runs, and nobody asked for the reference.</summary>
    public required bool HasKernels { get; init; }

    public static Machine Here() => new()
    {
        Version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "unknown",
        Runtime = RuntimeInformation.FrameworkDescription,
        System = $"{RuntimeInformation.OSDescription}, "
            + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Processor = Field("/proc/cpuinfo", "model name"),
        Cores = Environment.ProcessorCount,
        Threads = Team.DefaultThreads,
        Target = CodeTarget.Host,
        Widths = [.. Supported()],
        DataCaches = FindCaches(),
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        FreeBytes = Field("/proc/meminfo", "MemAvailable") is { } free ? Bytes(free) : null,
        HasKernels = CpuPlan.IsOn,
    };

    static IEnumerable<int> Supported()
    {
        if (Vector512.IsHardwareAccelerated) yield return 512;
        if (Vector256.IsHardwareAccelerated) yield return 256;
        if (Vector128.IsHardwareAccelerated) yield return 128;
    }

    static List<Cache> FindCaches()
    {
        var found = new List<Cache>();
        if (!Directory.Exists(Caches)) return found;
        foreach (var folder in Directory.GetDirectories(Caches, "index*").Order(StringComparer.Ordinal))
            if (Read(folder, "type") is "Data" or "Unified" && Read(folder, "size") is { } size
                && int.TryParse(Read(folder, "level"), CultureInfo.InvariantCulture, out var level))
                found.Add(new(level, Bytes(size)));
        return found;

        static string? Read(string folder, string name)
        {
            var file = Path.Combine(folder, name);
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
    }

    // "MemAvailable:   12345678 kB", "model name	: AMD EPYC"
    static string? Field(string file, string name)
    {
        if (!File.Exists(file)) return null;
        foreach (var line in File.ReadLines(file))
            if (line.Split(':', 2) is [var key, var value] && key.Trim() == name) return value.Trim();
        return null;
    }

    /// <summary>"512K", "32 M" or "1024 kB" as a number of bytes.</summary>
    internal static long Bytes(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var number = long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        return text[digits..].Trim().ToUpperInvariant() switch
        {
            ['G', ..] => number << 30,
            ['M', ..] => number << 20,
            ['K', ..] => number << 10,
            _ => number,
        };
    }
}
