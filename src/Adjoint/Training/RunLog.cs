using System.Text.Json;

namespace Adjoint;

// One JSON object a line, each written in one piece behind the last. What a kill leaves of a line is no JSON; the next part of the
// run begins on a new line, and readers pass over what is not whole.

/// <summary>What happened in a run, in lines that are only ever added.</summary>
public sealed class RunLog : IDisposable
{
    readonly string path;
    readonly FileSystem files;
    readonly Stream stream;
    bool isBroken;

    /// <summary>Goes on behind what the file holds.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public RunLog(string path) : this(path, FileSystem.Disk) { }

    internal RunLog(string path, FileSystem files)
    {
        (this.path, this.files) = (path, files);
        isBroken = EndsInMidLine(path);
        stream = Guarded(() => files.Append(path));
    }

    /// <summary>Adds a line.</summary>
    /// <param name="kind">step, epoch, test or resumed.</param>
    /// <exception cref="FileWriteException">The disk refuses; the lines before stay.</exception>
    public void Add(string kind, params IEnumerable<KeyValuePair<string, double>> values)
    {
        byte[] line = isBroken ? [(byte)'\n', .. Line(kind, values)] : Line(kind, values);
        isBroken = true;
        Guarded(() =>
        {
            stream.Write(line);
            stream.Flush();
        });
        isBroken = false;
    }

    T Guarded<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(path, e);
        }
    }

    void Guarded(Action write) => Guarded(() =>
    {
        write();
        return true;
    });

    /// <summary>Returns when the disk holds all lines.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public void Flush() => Guarded(() => files.FlushToDisk(stream));

    public void Dispose() => stream.Dispose();

    /// <summary>The lines that count: without broken ones, and without those that a resumed run has made again.</summary>
    public static List<RunLogLine> Read(string path)
    {
        var lines = new List<RunLogLine>();
        if (!File.Exists(path)) return lines;
        foreach (var text in File.ReadLines(path))
        {
            if (Parse(text) is not { } line) continue;
            if (line.Kind == "resumed") lines.RemoveAll(l => l["step"] > line["step"]);
            lines.Add(line);
        }
        return lines;
    }

    static byte[] Line(string kind, IEnumerable<KeyValuePair<string, double>> values)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            foreach (var (name, value) in values)
                if (double.IsFinite(value)) json.WriteNumber(name, value);
                else json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
            json.WriteEndObject();
        }
        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }

    static RunLogLine? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind is not JsonValueKind.Object) return null;
            var values = new OrderedDictionary<string, double>();
            string? kind = null;
            foreach (var property in json.RootElement.EnumerateObject())
                if (property.Name == "kind" && property.Value.ValueKind is JsonValueKind.String) kind = property.Value.GetString();
                else if (property.Value.ValueKind is JsonValueKind.Number) values[property.Name] = property.Value.GetDouble();
                else if (property.Value.ValueKind is JsonValueKind.String && property.Value.GetString() is "NaN" or "Infinity" or "-Infinity")
                    values[property.Name] = property.Value.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity };
            return kind is null ? null : new(kind, values);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static bool EndsInMidLine(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0) return false;
        using var stream = file.OpenRead();
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }
}

/// <summary>One line of a log.</summary>
public sealed class RunLogLine(string kind, OrderedDictionary<string, double> values)
{
    public string Kind => kind;

    public IReadOnlyDictionary<string, double> Values => values;

    /// <summary>NaN where the line does not say it.</summary>
    public double this[string name] => values.TryGetValue(name, out var value) ? value : double.NaN;
}
