using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Adjoint.Cli;

// What is printed is itself a file of programs: everything that is not a line of one is a comment.

/// <summary><c>adjoint explain</c>: a definition and what is derived from it.</summary>
static class ExplainCommand
{
    static readonly Letters NoLetters = new([], []);

    public static Command Create(Terminal terminal)
    {
        var subject = new Argument<string>("subject")
        {
            HelpName = "op, file.loops, run or system",
            Description = "an op of the catalogue, a file of programs, the folder of a run, or a system as it begins",
        };
        var program = CommandGrammar.Program();
        var grad = new Option<bool>("--grad") { Description = "print forward and reverse as one program that runs; of a run its whole training step" };
        var kernel = new Option<bool>("--kernel")
        {
            Description = "print what runs on this processor, as C#; with --grad of forward and reverse",
        };
        var set = CommandGrammar.Set();
        var size = CommandGrammar.Size();
        var arrays = new Option<string?>("--arrays") { HelpName = "step.npz", Description = "of a run: writes all that the printed program reads" };
        var json = CommandGrammar.Json();
        var command = new Command("explain",
            "Prints a definition, the derived reverse in order of execution, what mixes with what, and the cost.")
        {
            subject, program, grad, kernel, set, size, arrays, json,
        };
        command.SetAction(parsed =>
        {
            if (TrainingSubject.Find(parsed.GetValue(subject)!, Assignments.Split("--set", parsed.GetValue(set)!)) is { } training)
            {
                if (parsed.GetValue(kernel) || parsed.GetValue(size)!.Length > 0 || parsed.GetValue(program) is not null)
                    throw new UsageException("explain: of a run or a system only the loss, or with --grad the whole step, is printed.");
                Explain(training, parsed.GetValue(grad), parsed.GetValue(arrays), parsed.GetValue(json));
                return;
            }
            if (parsed.GetValue(arrays) is not null) throw new UsageException("--arrays: an op or a file has no arrays of its own.", "--arrays goes with a run or a system");
            var chosen = Subject.Find(parsed.GetValue(subject)!, parsed.GetValue(program));
            var found = chosen.Program;
            var reverse = Reverse.Of(found);
            var attributes = Assignments.Numbers("--set", parsed.GetValue(set)!);
            var sizes = Assignments.Sizes("--size", parsed.GetValue(size)!);
            if (!parsed.GetValue(kernel) && attributes.Count + sizes.Count > 0)
                throw new UsageException("explain: --set and --size go with --kernel.");
            chosen.CheckNames(attributes.Keys, sizes.Keys);
            if (parsed.GetValue(kernel))
            {
                var shown = parsed.GetValue(grad) && reverse is not null ? reverse.Combined : found;
                terminal.Output.Write(KernelText.Of(shown, chosen.Inputs(attributes, sizes)));
            }
            else if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(found, reverse));
            else if (!parsed.GetValue(grad)) terminal.Output.Write(Text(found, reverse));
            else if (reverse is not null) terminal.Output.Write(Printer.Print(reverse.Combined));
            else throw new UsageException(
                $"--grad: {found.Name} has no floating operand that its outputs depend on smoothly.");
        });
        return command;

        void Explain(TrainingSubject training, bool isWhole, string? file, bool isJson)
        {
            using var loader = training.Job.Loader;
            if (file is not null) InputFile.CheckWritable("--arrays", file);
            var text = isWhole ? TrainingText.OfStep(training.Job, training.At) : TrainingText.OfLoss(training.Job, training.At);
            if (file is not null) Npz.Write(file, text.Operands);
            if (isJson) terminal.Output.WriteLine(training.Json(text));
            else terminal.Output.Write(training.Print(text, isWhole ? "The whole training step" : "The loss"));
        }
    }

    static string Text(LoopProgram program, Reverse? reverse)
    {
        var text = new StringBuilder();
        text.Append("# Definition\n").Append(Printer.Print(program));
        foreach (var warning in Checker.Warnings(program)) text.Append(Comment("Note: " + warning));
        if (reverse is null) text.Append("\n# No reverse: no output depends smoothly on a floating operand.\n");
        else
        {
            if (reverse.Forward != program)
                text.Append("\n# The same, with a name for every value that the reverse compares\n")
                    .Append(Printer.Print(reverse.Forward));
            text.Append("\n# Reverse, derived\n").Append(Printer.Print(reverse.Program));
            text.Append(Comment(reverse.Kept.Count > 0 ? $"Kept for it beside the operands: {KeptText(reverse)}"
                : "It needs no values beside the operands."));
        }
        text.Append("\n# Mixing: what each position sees\n").Append(Comment(Mixing.Of(program).Print().TrimEnd('\n')));
        var (forward, backward) = Costs(program, reverse);
        text.Append("\n# Cost of ").Append(program.Name).Append('\n');
        foreach (var line in CostText.Lines(forward, NoLetters)) text.Append("#   ").Append(line);
        if (backward is null) return text.ToString();
        text.Append("# Cost of its reverse\n");
        foreach (var line in CostText.Lines(backward, NoLetters)) text.Append("#   ").Append(line);
        return text.ToString();
    }

    static (Cost Forward, Cost? Reverse) Costs(LoopProgram program, Reverse? reverse) =>
        reverse is null ? (Cost.Of(program), null) : Cost.Of(reverse);

    static string Json(LoopProgram program, Reverse? reverse) => JsonText.Object(json =>
    {
        json.WriteString("name", program.Name);
        json.WriteString("definition", Printer.Print(program));
        json.Strings("warnings", Checker.Warnings(program));
        Mixes(json, program);
        var (cost, reverseCost) = Costs(program, reverse);
        CostText.Write(json, "cost", cost, NoLetters);
        if (reverse is null)
        {
            json.WriteNull("reverse");
            return;
        }
        json.WriteString("forward", Printer.Print(reverse.Forward));
        json.WriteString("reverse", Printer.Print(reverse.Program));
        json.WriteString("combined", Printer.Print(reverse.Combined));
        Names("given", reverse.Given);
        Names("gradients", reverse.Gradients);
        json.Strings("kept", reverse.Kept.Select(k => k.Name));
        CostText.Write(json, "reverseCost", reverseCost!, NoLetters);

        void Names(string property, IReadOnlyDictionary<string, string> names)
        {
            json.WriteStartObject(property);
            foreach (var (name, gradient) in names) json.WriteString(name, gradient);
            json.WriteEndObject();
        }
    });

    static void Mixes(Utf8JsonWriter json, LoopProgram program)
    {
        json.WriteStartArray("mixing");
        foreach (var mix in Mixing.Of(program).Mixes)
        {
            json.WriteStartObject();
            json.WriteString("output", mix.Output);
            json.WriteString("axis", mix.Axis);
            json.WriteString("operand", mix.Operand);
            json.WriteString("operandAxis", mix.OperandAxis);
            json.WriteString("sees", mix.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // As the outputs of a program are printed: h[t from -1,b,j].
    static string KeptText(Reverse reverse)
    {
        var outputs = reverse.Kept.Select(k => new Output(k.Name, k.Dims)).ToEquatable();
        return Printer.Signature(new("", [], [], outputs, [], []))["() -> ".Length..];
    }

    static string Comment(string text) => string.Concat(text.Split('\n').Select(line => $"# {line}\n"));
}
