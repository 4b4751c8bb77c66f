using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary><c>adjoint verify</c>: what was derived against something that does not know how.</summary>
static class VerifyCommand
{
    const string Description = "Verifies gradients of first and second order against central differences, the "
        + "simplified reverse against the plain one, the cost against counted operations, and the printed text against "
        + "the parser. Without a subject: every op of the catalogue.";

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var subject = CommandGrammar.Subject();
        subject.Arity = ArgumentArity.ZeroOrOne;
        var program = CommandGrammar.Program();
        var seed = new Option<string?>("--seed")
        {
            HelpName = "integer",
            Description = "draws the inputs; 1 if left out",
        };
        var set = CommandGrammar.Set();
        var size = CommandGrammar.Size();
        var json = CommandGrammar.Json();
        var command = new Command("verify", Description) { subject, program, set, size, seed, json };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(subject);
            var subjects = name is null ? [.. Catalogue.Ops.Select(Subject.Of)]
                : Subject.FindAll(name, parsed.GetValue(program));
            var key = parsed.GetValue(seed) is { } given ? Assignments.Seed("--seed", given) : 1;
            var attributes = Assignments.Numbers("--set", parsed.GetValue(set)!);
            var sizes = Assignments.Sizes("--size", parsed.GetValue(size)!);
            if (name is null && attributes.Count + sizes.Count > 0)
                throw new UsageException("verify: --set and --size need an op or a file.");
            foreach (var one in subjects) one.CheckNames(attributes.Keys, sizes.Keys);
            var results = Verify(subjects, key, attributes, sizes, terminal, cancellation);
            if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(results, key));
            else Print(results, isOne: name is not null, key, terminal.Output);
            return results.All(r => r.Passed) ? Application.Success : Application.Failed;
        });
        return command;
    }

    static List<VerificationResult> Verify(IReadOnlyList<Subject> subjects, ulong seed,
        Dictionary<string, double> attributes, Dictionary<string, int> sizes, Terminal terminal,
        CancellationToken cancellation)
    {
        var results = new VerificationResult[subjects.Count];
        var done = 0;
        Parallel.For(0, subjects.Count, new() { CancellationToken = cancellation }, i =>
        {
            var subject = subjects[i];
            var options = new VerificationOptions { Seed = seed, Inputs = subject.Inputs(attributes, sizes) };
            try
            {
                results[i] = Verification.Of(subject.Program, options);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A bug in one program must not hide what the others say.
                results[i] = new(subject.Program.Name, seed, "", [new("runs", double.NaN, 0, Application.Told(e))]);
            }
            lock (terminal) terminal.Progress(string.Create(CultureInfo.InvariantCulture,
                $"{++done} of {subjects.Count}  {subject.Program.Name}"));
        });
        terminal.Progress("");
        return [.. results];
    }

    static void Print(List<VerificationResult> results, bool isOne, ulong seed, TextWriter output)
    {
        foreach (var result in results.Where(r => isOne || !r.Passed)) output.WriteLine(result);
        var checks = results.Sum(r => r.Checks.Count);
        var failed = results.Count(r => !r.Passed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{results.Count - failed} verified, {failed} failed ({checks} checks, seed {seed})"));
    }

    static string Json(List<VerificationResult> results, ulong seed) => JsonText.Object(json =>
    {
        json.WriteNumber("seed", seed);
        json.WriteNumber("verified", results.Count(r => r.Passed));
        json.WriteNumber("failed", results.Count(r => !r.Passed));
        json.Objects("programs", results, result =>
        {
            json.WriteString("name", result.Program);
            json.WriteBoolean("passed", result.Passed);
            json.WriteString("inputs", result.Inputs);
            json.WriteStartArray("checks");
            foreach (var check in result.Checks) Write(json, check);
            json.WriteEndArray();
        });
    });

    static void Write(Utf8JsonWriter json, Check check)
    {
        json.WriteStartObject();
        json.WriteString("name", check.Name);
        json.WriteBoolean("passed", check.Passed);
        json.WritePropertyName("error");
        json.Value(check.Error);
        json.WritePropertyName("bound");
        json.Value(check.Bound);
        json.WriteString("detail", check.Detail);
        json.WriteEndObject();
    }
}
