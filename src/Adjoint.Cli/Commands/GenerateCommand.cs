using System.CommandLine;
using System.Text;

namespace Adjoint.Cli;

/// <summary><c>adjoint generate</c>: a trained model of text, or a GPT-2, goes on with a prompt.</summary>
static class GenerateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var run = new Argument<string>("run") { HelpName = "run", Description = "the folder of a run, or of a GPT-2 (model.safetensors, vocab.json, merges.txt)" };
        var prompt = new Option<string>("--prompt") { HelpName = "text", Description = "what the text begins with", DefaultValueFactory = _ => "" };
        var length = new Option<int>("--length") { HelpName = "n", Description = "tokens to write: characters, or pieces of words", DefaultValueFactory = _ => 500 };
        var temperature = new Option<double>("--temperature") { HelpName = "t", Description = "above 1 bolder, below 1 safer, 0 the likeliest always", DefaultValueFactory = _ => 1 };
        var topK = new Option<int>("--top-k") { HelpName = "k", Description = "choose among the k likeliest; 0: among all", DefaultValueFactory = _ => 0 };
        var topP = new Option<double>("--top-p") { HelpName = "p", Description = "choose among the likeliest that make up this probability", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { HelpName = "n", Description = "the same seed writes the same", DefaultValueFactory = _ => 0 };
        var json = CommandGrammar.Json();
        var command = new Command("generate", "Goes on with a text, token by token.") { run, prompt, length, temperature, topK, topP, seed, json };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(run)!;
            var (begin, isJson, text) = (parsed.GetValue(prompt)!, parsed.GetValue(json), new StringBuilder());
            if (parsed.GetValue(length) < 0) throw new UsageException("--length is 0 or above.");
            var sampling = SamplingOf(parsed.GetValue(temperature), parsed.GetValue(topK), parsed.GetValue(topP));
            var generator = GeneratorOf(folder);
            if (!isJson) terminal.Output.Write(begin);
            foreach (var character in generator.Continue(begin, parsed.GetValue(length), sampling, parsed.GetValue(seed)))
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
                writer.WriteString("run", folder);
                writer.WriteString("prompt", begin);
                writer.WriteString("text", text.ToString());
            }));
        });
        return command;
    }

    static TextGenerator GeneratorOf(string path)
    {
        if (Gpt2Folder.Is(path)) return Gpt2Folder.Open(path);
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder.Config);
        var system = TrainingSystem.Find(config.System);
        var generator = system.Generator(TrainRun.SettingsOf(system, config.Settings), config.Data)
            ?? throw new SettingException($"'{folder.Path}' is a run of {system.Name}, which writes no text.\nHint: adjoint train char-lm");
        var file = File.Exists(folder.Best) ? folder.Best : folder.Last;
        if (!File.Exists(file)) throw new SettingException($"'{folder.Path}' has no checkpoint yet.\nHint: adjoint train --resume {folder.Path}");
        Checkpoint.ReadModel(file, generator.Model);
        return generator;
    }

    static Sampling SamplingOf(double temperature, int topK, double topP)
    {
        if (!(temperature >= 0 && double.IsFinite(temperature))) throw new UsageException("--temperature is 0 or above.");
        if (topK < 0) throw new UsageException("--top-k is 0 or above.");
        return topP is > 0 and <= 1 ? new(temperature, topK, topP) : throw new UsageException("--top-p is above 0 and at most 1.");
    }
}
