using System.CommandLine;
using System.Text;

namespace Adjoint.Cli;

/// <summary><c>adjoint generate</c>: a trained model of text, or a GPT-2, goes on with a prompt; one that reads a text and writes
/// another writes the target of the prompt.</summary>
static class GenerateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var run = new Argument<string>("run") { HelpName = "run", Description = "the folder of a run, or of a GPT-2 (model.safetensors, vocab.json, merges.txt)" };
        var prompt = new Option<string>("--prompt") { HelpName = "text", Description = "what the text begins with; for a run of seq2seq the source", DefaultValueFactory = _ => "" };
        var length = new Option<int>("--length") { HelpName = "n", Description = "tokens to write: characters, or pieces of words", DefaultValueFactory = _ => 500 };
        var temperature = new Option<double>("--temperature") { HelpName = "t", Description = "above 1 bolder, below 1 safer, 0 the likeliest always", DefaultValueFactory = _ => 1 };
        var topK = new Option<int>("--top-k") { HelpName = "k", Description = "choose among the k likeliest; 0: among all", DefaultValueFactory = _ => 0 };
        var topP = new Option<double>("--top-p") { HelpName = "p", Description = "choose among the likeliest that make up this probability", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { HelpName = "n", Description = "the same seed writes the same", DefaultValueFactory = _ => 0 };
        var beam = new Option<int?>("--beam") { HelpName = "n", Description = "runs of seq2seq: nothing is drawn, the likeliest n beginnings are gone on with; 1 unless temperature, top-k or top-p is given" };
        var map = new Option<string?>("--map") { HelpName = "file", Description = "runs of seq2seq: a picture of what was read, .svg or .png" };
        var json = CommandGrammar.Json();
        var command = new Command("generate", "Goes on with a text, token by token; of a run of seq2seq, writes the target of a source.")
        {
            run, prompt, length, temperature, topK, topP, seed, beam, map, json,
        };
        command.SetAction(parsed =>
        {
            var (path, begin, most, isJson) = (parsed.GetValue(run)!, parsed.GetValue(prompt)!, parsed.GetValue(length), parsed.GetValue(json));
            if (most < 0) throw new UsageException("--length is 0 or above.");
            var sampling = SamplingOf(parsed.GetValue(temperature), parsed.GetValue(topK), parsed.GetValue(topP));
            var (width, picture) = (parsed.GetValue(beam), parsed.GetValue(map));
            if (width is not null && IsGiven(temperature, topK, topP)) throw new UsageException("--beam draws nothing: --temperature, --top-k and --top-p don't go with it.");
            CheckTarget(width, picture);
            if (!Gpt2Folder.Is(path) && TargetWriterOf(path) is var (writer, folder))
                new WrittenTarget(most, sampling, parsed.GetValue(seed), width ?? (IsGiven(temperature, topK, topP) ? null : 1), picture).Write(writer, folder, begin, isJson, terminal);
            else if ((width, picture) is not (null, null))
                throw new UsageException($"{(width is null ? "--map" : "--beam")}: '{path}' goes on with a text; only runs of seq2seq read a source.");
            else Continue(GeneratorOf(path).Continue(begin, most, sampling, parsed.GetValue(seed)), path, begin, isJson, terminal, cancellation);

            bool IsGiven(params Option[] options) => options.Any(o => parsed.GetResult(o) is { Implicit: false });
        });
        return command;
    }

    static void Continue(IEnumerable<char> written, string path, string prompt, bool isJson, Terminal terminal, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        if (!isJson) terminal.Output.Write(prompt);
        foreach (var character in written)
        {
            cancellation.ThrowIfCancellationRequested();
            text.Append(character);
            if (isJson) continue;
            terminal.Output.Write(character);
            // Half a character would be written as none.
            if (!char.IsHighSurrogate(character)) terminal.Output.Flush();
        }
        terminal.Output.WriteLine(!isJson ? "" : JsonText.Object(writer =>
        {
            writer.WriteString("run", path);
            writer.WriteString("prompt", prompt);
            writer.WriteString("text", text.ToString());
        }));
    }

    static TextGenerator GeneratorOf(string path)
    {
        if (Gpt2Folder.Is(path)) return Gpt2Folder.Open(path);
        var (folder, config, system) = Opened(path);
        var generator = system.Generator(TrainRun.SettingsOf(system, config.Settings), config.Data)
            ?? throw new SettingException($"'{folder.Path}' is a run of {system.Name}, which writes no text.\nHint: adjoint train char-lm");
        TrainedModel.Read(folder, generator.Model);
        return generator;
    }

    static (TargetWriter Writer, RunFolder Folder)? TargetWriterOf(string path)
    {
        var (folder, config, system) = Opened(path);
        if (system.Writer(TrainRun.SettingsOf(system, config.Settings)) is not { } writer) return null;
        TrainedModel.Read(folder, writer.Model);
        return (writer, folder);
    }

    static (RunFolder Folder, RunConfig Config, TrainingSystem System) Opened(string path)
    {
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder.Config);
        return (folder, config, TrainingSystem.Find(config.System));
    }

    static Sampling SamplingOf(double temperature, int topK, double topP)
    {
        if (!(temperature >= 0 && double.IsFinite(temperature))) throw new UsageException("--temperature is 0 or above.");
        if (topK < 0) throw new UsageException("--top-k is 0 or above.");
        return topP is > 0 and <= 1 ? new(temperature, topK, topP) : throw new UsageException("--top-p is above 0 and at most 1.");
    }

    static void CheckTarget(int? beam, string? map)
    {
        if (beam < 1) throw new UsageException("--beam is 1 or above; 1 takes the likeliest character always.");
        if (map is not null && Path.GetExtension(map).ToLowerInvariant() is not (".svg" or ".png"))
            throw new UsageException($"--map: '{map}' ends neither in .svg nor in .png.");
    }
}
