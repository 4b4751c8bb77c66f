using System.CommandLine;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary><c>adjoint bench</c>: how long deriving takes, warm, on this machine.</summary>
static class BenchCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var filter = new Argument<string?>("filter")
        {
            HelpName = "filter",
            Description = "only benchmarks whose name contains it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = CommonOptions.Json();
        var command = new Command("bench",
            "Measures parse, reverse and cost of programs: median and spread of repeated runs.")
        {
            filter, json,
        };
        command.SetAction(parsed =>
        {
            var chosen = DerivationBench.All.Where(b =>
                b.Name.Contains(parsed.GetValue(filter) ?? "", StringComparison.Ordinal)).ToList();
            if (chosen.Count == 0)
                throw new UsageException($"bench: there is no benchmark '{parsed.GetValue(filter)}'.",
                    $"benchmarks: {string.Join(", ", DerivationBench.All.Select(b => b.Name))}.");
            var results = new List<BenchResult>();
            foreach (var bench in chosen)
            {
                terminal.Progress(bench.Name);
                results.Add(bench.Measure(cancellation));
            }
            terminal.Progress("");
            if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(results));
            else Print(results, terminal.Output);
        });
        return command;
    }

    static void Print(List<BenchResult> results, TextWriter output)
    {
        var width = Math.Max(9, results.Max(r => r.Name.Length));
        output.WriteLine($"{"benchmark".PadRight(width)}  lines  median ms  fastest  slowest  processor ms");
        foreach (var result in results)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name.PadRight(width)}  {result.Lines,5}  "
                + $"{result.Median,9:F2}  {result.Fastest,7:F2}  {result.Slowest,7:F2}  {result.Processor,12:F2}"));
    }

    static string Json(List<BenchResult> results) => JsonText.Object(json =>
    {
        json.WriteStartArray("benchmarks");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteNumber("lines", result.Lines);
            json.WriteNumber("medianMilliseconds", result.Median);
            json.WriteNumber("fastestMilliseconds", result.Fastest);
            json.WriteNumber("slowestMilliseconds", result.Slowest);
            json.WriteNumber("processorMilliseconds", result.Processor);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
