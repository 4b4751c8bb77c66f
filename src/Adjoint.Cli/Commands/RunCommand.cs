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
            HelpName = "cpu or reference",
            Description = "cpu: compiled kernels that compute in the type of the results; reference: interpreted, and results stay in double. "
                + "Without it kernels run, and a program that writes cells through looked-up indices is interpreted",
        };
        var check = new Option<string?>("--check")
        {
            HelpName = "finite",
            Description = "finite: the first loop that makes a NaN or an infinity ends the run and is named; slow",
        };
        var set = CommandGrammar.Set();
        var json = CommandGrammar.Json();
        var command = new Command("run", "Runs a program on arrays named as its operands.")
        {
            subject, program, input, output, grad, set, seed, backend, check, json,
        };
        command.SetAction(parsed =>
        {
            var on = CommandGrammar.OneOf("--backend", "backend", parsed.GetValue(backend), "cpu", "reference");
            var checks = CommandGrammar.OneOf("--check", "check", parsed.GetValue(check), "finite");
            if (checks is not null && on is "reference")
                throw new UsageException("--check finite: compiled loops are looked at one by one, not interpreted ones.", "--backend cpu");
            var file = parsed.GetValue(output);
            if (file is not null) InputFile.CheckWritable("--out", file);
            var found = Subject.Find(parsed.GetValue(subject)!, parsed.GetValue(program));
            var attributes = Assignments.Numbers("--set", parsed.GetValue(set)!);
            found.CheckNames(attributes.Keys, []);
            var run = new ProgramRun(found.Program)
            {
                Attributes = attributes,
                Seed = Assignments.Seed("--seed", parsed.GetValue(seed)),
                Backend = checks is null ? on : "cpu",
                ChecksFinite = checks is not null,
            };
            foreach (var given in parsed.GetValue(input)!) run.AddArrays(given);
            foreach (var (tensor, gradient) in Assignments.Split("--grad", parsed.GetValue(grad)!))
                run.AddGradient(tensor, gradient);
            foreach (var warning in Checker.Warnings(found.Program)) terminal.Error.WriteLine($"note: {warning}");
            if (run.Backend is null && !ProgramRun.CanCompile(found.Program))
                terminal.Error.WriteLine("note: interpreted, because kernels would not notice a cell that is written twice; --backend cpu runs them.");
            terminal.Error.Flush(); // a run may take long
            var results = run.Results();
            if (file is not null) Npz.Write(file, results);
            terminal.Output.WriteLine(parsed.GetValue(json) ? ArrayText.Json(found.Program.Name, results, file)
                : ArrayText.Print(results, file));
        });
        return command;
    }
}
