using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint run</c>: a program on arrays from files, results to a file.</summary>
static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var subject = CommandGrammar.Subject();
        var program = CommandGrammar.Program();
        var input = new Option<string[]>("--in")
        {
            HelpName = "a.npz or x=x.npy",
            Description = "arrays: all of an .npz file, or one .npy file for an operand",
            DefaultValueFactory = _ => [],
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "b.npz",
            Description = "where to write every output; without it results are printed. They have the widest floating "
                + "type among the arrays given (float64 where none is floating); updated integer operands stay integers",
        };
        var grad = new Option<string[]>("--grad")
        {
            HelpName = "y=dy.npy",
            Description = "the gradient of an output, as a file or a number; also writes dx for every floating input x",
            DefaultValueFactory = _ => [],
        };
        var seed = new Option<string?>("--seed")
        {
            HelpName = "integer",
            Description = "key of the uniform and normal operands that no array gives",
        };
        var backend = new Option<string?>("--backend")
        {
            HelpName = "reference",
            Description = "reference: results stay in double, as they are computed",
        };
        var set = CommandGrammar.Set();
        var json = CommandGrammar.Json();
        var command = new Command("run", "Runs a program on arrays named as its operands.")
        {
            subject, program, input, output, grad, set, seed, backend, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(backend) is { } name and not "reference")
                throw new UsageException($"--backend: there is no backend '{name}'.", "backends: reference.");
            var file = parsed.GetValue(output);
            if (file is not null) InputFile.CheckWritable("--out", file);
            var found = Subject.Find(parsed.GetValue(subject)!, parsed.GetValue(program));
            var attributes = Assignments.Numbers("--set", parsed.GetValue(set)!);
            found.CheckNames(attributes.Keys, []);
            var run = new ProgramRun(found.Program)
            {
                Attributes = attributes,
                Seed = Assignments.Seed("--seed", parsed.GetValue(seed)),
                InDouble = parsed.GetValue(backend) is not null,
            };
            foreach (var given in parsed.GetValue(input)!) run.AddArrays(given);
            foreach (var (tensor, gradient) in Assignments.Split("--grad", parsed.GetValue(grad)!))
                run.AddGradient(tensor, gradient);
            foreach (var warning in Checker.Warnings(found.Program)) terminal.Error.WriteLine($"note: {warning}");
            terminal.Error.Flush(); // a run may take long
            var results = run.Results();
            if (file is not null) Npz.Write(file, results);
            terminal.Output.WriteLine(parsed.GetValue(json) ? ArrayText.Json(found.Program.Name, results, file)
                : ArrayText.Print(results, file));
        });
        return command;
    }
}
