namespace Adjoint.Cli;

/// <summary>Metrics as the last lines of a command.</summary>
static class MetricText
{
    /// <summary>One a line: <c>test accuracy 0.9873</c>.</summary>
    public static string Lines(string of, Metrics metrics) =>
        string.Concat(metrics.All.Select(m => $"{of} {m.Key} {Metrics.Shown(m.Value)}\n"));

    public static string Json(string run, Metrics? test) => JsonText.Object(json =>
    {
        json.WriteString("run", run);
        json.WriteStartObject("test");
        foreach (var (name, value) in test?.All ?? [])
        {
            json.WritePropertyName(name);
            json.Value(value);
        }
        json.WriteEndObject();
    });
}
