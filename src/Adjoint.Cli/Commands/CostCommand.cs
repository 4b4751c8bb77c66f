using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Adjoint.Cli;

/// <summary><c>adjoint cost</c>: what a program and its reverse cost, as formulas, orders and numbers.</summary>
static class CostCommand
{
    public static Command Create(Terminal terminal)
    {
        var subjects = new Argument<string[]>("subject")
        {
            HelpName = "op or file.loops",
            Description = "ops of the catalogue or files of programs; several are compared in a table",
            Arity = ArgumentArity.OneOrMore,
        };
        var program = CommandGrammar.Program();
        var table = new Option<bool>("--table")
        {
            Description = "one row a program: training beside generating. A program x_step in the same file is one step "
                + "of generating with x: its state is what it updates, and its axis t the number of steps so far",
        };
        var set = CommandGrammar.Set();
        set.Description = "the value of an attribute, or a letter for it: heads=h";
        var size = new Option<string[]>("--size")
        {
            HelpName = "axis=size",
            Description =
                "a number (t=512), another letter or a formula (i=d, f=4*n), or a letter for a product (h*c=n)",
            DefaultValueFactory = _ => [],
        };
        var json = CommandGrammar.Json();
        var command = new Command("cost",
            "Counts operations, memory and depth of a program and of its reverse, as formulas in its extents.")
        {
            subjects, program, table, size, set, json,
        };
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(subjects)!;
            var found = names.SelectMany(n => Subject.FindAll(n, parsed.GetValue(program))).ToList();
            var letters = new Letters(parsed.GetValue(size)!, parsed.GetValue(set)!);
            CheckNames(found, letters);
            string text;
            if (parsed.GetValue(table) || names.Length > 1)
            {
                var rows = CostTable.Of(found, letters);
                text = parsed.GetValue(json) ? CostTable.Json(rows, letters) : CostTable.Print(rows, letters);
            }
            else text = parsed.GetValue(json) ? Json(found, letters)
                : string.Concat(found.Select(f => Text(f, letters)));
            terminal.Output.Write(text);
            if (parsed.GetValue(json)) terminal.Output.WriteLine();
        });
        return command;
    }

    static string Text(Subject subject, Letters letters)
    {
        var text = new StringBuilder();
        var reverse = Reverse.Of(subject.Program);
        var (forward, back) = letters.Of(subject.Program, reverse);
        Section(subject.Program.Name, CostText.Lines(forward, letters));
        if (back is not null) Section(reverse!.Program.Name, CostText.Lines(back, letters));
        return text.ToString();

        void Section(string name, IEnumerable<string> lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}\n");
            foreach (var line in lines) text.Append("  ").Append(line);
            text.Append('\n');
        }
    }

    static string Json(List<Subject> subjects, Letters letters) => JsonText.Object(json =>
    {
        json.Objects("programs", subjects, subject =>
        {
            json.WriteString("name", subject.Program.Name);
            var (forward, back) = letters.Of(subject.Program, Reverse.Of(subject.Program));
            CostText.Write(json, "forward", forward, letters);
            if (back is null) json.WriteNull("reverse");
            else CostText.Write(json, "reverse", back, letters);
        });
    });

    // In a table a letter need not be one of every program, but of some.
    static void CheckNames(List<Subject> subjects, Letters letters)
    {
        if (subjects is [var only])
        {
            only.CheckNames(letters.Attributes, letters.Names.Except(letters.Introduced));
            return;
        }
        var known = subjects.SelectMany(s => s.Axes()).Concat(letters.Introduced).ToHashSet();
        foreach (var name in letters.Names.Where(n => !known.Contains(n)))
            throw new UsageException($"--size: none of the programs has an axis '{name}'.");
        var knownAttributes = subjects.SelectMany(s => s.Program.Attributes).Select(a => a.Name).ToHashSet();
        foreach (var name in letters.Attributes.Where(n => !knownAttributes.Contains(n)))
            throw new UsageException($"--set: none of the programs has an attribute '{name}'.");
    }
}
