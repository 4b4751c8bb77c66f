using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary><c>adjoint data</c>: which data sets there are, and how they get here.</summary>
static class DataCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation) =>
        new("data", "Lists data sets, brings them here and checks them.")
        {
            List(terminal), Get(terminal, cancellation), Verify(terminal, cancellation),
        };

    static Command List(Terminal terminal)
    {
        var json = CommandGrammar.Json();
        var command = new Command("list", "Shows every data set: whether it is here, its size, its licence.") { json };
        command.SetAction(parsed =>
        {
            var cache = DataCache.Default;
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonText.Object(writer => WriteList(writer, cache)));
            else
            {
                terminal.Output.WriteLine($"in {cache.Root}\n");
                foreach (var source in Sets.All)
                    terminal.Output.WriteLine($"{source.Name,-18}{State(source, cache),-9}{Size(source),8}  "
                        + $"{source.License,-14}{source.Title}");
            }
        });
        return command;
    }

    static Command Get(Terminal terminal, CancellationToken cancellation)
    {
        var sets = Names();
        sets.Arity = ArgumentArity.OneOrMore;
        var from = new Option<string?>("--from")
        {
            HelpName = "folder",
            Description = "copies the files from a folder instead of downloading them",
        };
        var json = CommandGrammar.Json();
        var command = new Command("get", "Downloads data sets; a download that broke off goes on.") { sets, from, json };
        command.SetAction(parsed =>
        {
            var cache = DataCache.Default;
            var sources = parsed.GetValue(sets)!.Select(Find).ToList();
            if (parsed.GetValue(from) is { } folder && !Directory.Exists(folder))
                throw new UsageException($"--from: there is no folder '{folder}'.");
            foreach (var source in sources)
                cache.GetAsync(source, parsed.GetValue(from), new Drawn(source, terminal), cancellation).GetAwaiter().GetResult();
            terminal.Progress("");
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonText.Object(writer => WriteFiles(writer, sources, cache)));
            else foreach (var source in sources) terminal.Output.WriteLine(Here(source, cache));
        });
        return command;
    }

    static Command Verify(Terminal terminal, CancellationToken cancellation)
    {
        var sets = Names();
        sets.Arity = ArgumentArity.ZeroOrMore;
        var json = CommandGrammar.Json();
        var command = new Command("verify", "Compares the files of data sets with their checksums; all that are here if none is named.")
        {
            sets, json,
        };
        command.SetAction(parsed =>
        {
            var cache = DataCache.Default;
            var named = parsed.GetValue(sets)!.Select(Find).ToList();
            var sources = named.Count > 0 ? named : [.. Sets.All.Where(s => s.Files.Count > 0 && cache.Has(s))];
            var checks = sources.SelectMany(s => cache.Verify(s, cancellation).Select(c => (Set: s, Check: c))).ToList();
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteBoolean("good", checks.All(c => c.Check.IsGood));
                writer.Objects("files", checks, c =>
                {
                    writer.WriteString("set", c.Set.Name);
                    writer.WriteString("path", c.Check.Path);
                    writer.WriteString("state", Told(c.Check));
                    writer.WriteString("checksum", c.Check.Found);
                });
            }));
            else foreach (var (_, check) in checks) terminal.Output.WriteLine($"{Told(check),-8}{check.Path}");
            if (checks.Any(c => !c.Check.IsGood)) throw new FailedException();
        });
        return command;
    }

    static Argument<string[]> Names() =>
        new("set") { HelpName = "set", Description = $"one of {string.Join(", ", Sets.All.Select(s => s.Name))}" };

    static DataSource Find(string name) => Sets.All.FirstOrDefault(s => s.Name == name)
        ?? throw new UsageException($"There is no data set '{name}'.", NearNames.Hint(NearNames.Of(name, Sets.All.Select(s => s.Name)))
            ?? $"sets: {string.Join(", ", Sets.All.Select(s => s.Name))}.");

    static string State(DataSource source, DataCache cache) =>
        source.Files.Count == 0 ? "drawn" : cache.Has(source) ? "here" : "missing";

    static string Told(DataCheck check) => check.IsGood ? "good" : check.Found is null ? "missing" : "wrong";

    static string Size(DataSource source) => source.Files.Count == 0 || source.Files.Any(f => f.Bytes is null) ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{source.Files.Sum(f => f.Bytes!.Value) / 1e6:F1} MB");

    static string Here(DataSource source, DataCache cache) => source.Files.Count == 0
        ? $"{source.Name}: nothing to download; this program draws it."
        : $"{source.Name}: {source.Files.Count} {(source.Files.Count == 1 ? "file" : "files")} in "
            + $"{Path.GetDirectoryName(cache.PathOf(source, source.Files[0]))}, licence {source.License}.";

    static void WriteList(Utf8JsonWriter writer, DataCache cache)
    {
        writer.WriteString("folder", cache.Root);
        writer.Objects("sets", Sets.All, source =>
        {
            writer.WriteString("name", source.Name);
            writer.WriteString("title", source.Title);
            writer.WriteString("state", State(source, cache));
            writer.WriteString("licence", source.License);
            writer.WriteString("home", source.Home);
            writer.Objects("files", source.Files, file =>
            {
                writer.WriteString("name", file.Name);
                writer.WriteString("url", file.Url);
                if (file.Bytes is { } bytes) writer.WriteNumber("bytes", bytes);
                else writer.WriteNull("bytes");
                writer.Strings("checksums", file.Checksums);
            });
        });
    }

    static void WriteFiles(Utf8JsonWriter writer, List<DataSource> sources, DataCache cache) =>
        writer.Strings("files", sources.SelectMany(s => s.Files.Select(f => cache.PathOf(s, f))));

    /// <summary>The progress line.</summary>
    sealed class Drawn(DataSource source, Terminal terminal) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => terminal.Progress(string.Create(CultureInfo.InvariantCulture,
            $"{source.Name}: {value.File}  {value.Bytes / 1e6:F1}{(value.Total is { } all ? $" of {all / 1e6:F1}" : "")} MB"));
    }
}
