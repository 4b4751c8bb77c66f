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
            var results = new List<(DerivationBench Bench, double[] Milliseconds)>();
            foreach (var bench in chosen)
            {
                terminal.Progress(bench.Name);
                results.Add((bench, bench.Measure(cancellation)));
            }
            terminal.Progress("");
            if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(results));
            else Print(results, terminal.Output);
        });
        return command;
    }

    static void Print(List<(DerivationBench Bench, double[] Milliseconds)> results, TextWriter output)
    {
        var width = Math.Max(9, results.Max(r => r.Bench.Name.Length));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"benchmark".PadRight(width)}  lines  median ms  fastest  slowest"));
        foreach (var (bench, times) in results)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{bench.Name.PadRight(width)}  {bench.Lines,5}  "
                + $"{times[times.Length / 2],9:F2}  {times[0],7:F2}  {times[^1],7:F2}"));
    }

    static string Json(List<(DerivationBench Bench, double[] Milliseconds)> results) => JsonText.Object(json =>
    {
        json.WriteStartArray("benchmarks");
        foreach (var (bench, times) in results)
        {
            json.WriteStartObject();
            json.WriteString("name", bench.Name);
            json.WriteNumber("lines", bench.Lines);
            json.WriteNumber("medianMilliseconds", times[times.Length / 2]);
            json.WriteNumber("fastestMilliseconds", times[0]);
            json.WriteNumber("slowestMilliseconds", times[^1]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
