using System.Text.Json;

namespace Adjoint;

/// <summary>What a run was started with: enough to start it again.</summary>
public sealed record RunConfig(string System, ulong Seed, string? Data, IReadOnlyDictionary<string, string> Settings)
{
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("system", System);
        json.WriteNumber("seed", Seed);
        if (Data is not null) json.WriteString("data", Data);
        json.WriteStartObject("settings");
        foreach (var (name, value) in Settings) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <exception cref="FileFormatException">The file is damaged.</exception>
    public static RunConfig Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            return new(root.GetProperty("system").GetString()!, root.GetProperty("seed").GetUInt64(),
                root.TryGetProperty("data", out var data) ? data.GetString() : null,
                root.GetProperty("settings").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FileFormatException($"'{path}' is no configuration of a run: {e.Message}", path, e);
        }
    }
}
