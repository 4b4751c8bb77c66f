using System.Diagnostics;
using Adjoint.Mutation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

// Makes small mistakes in src/Adjoint/Derive, one at a time, and sees whether the tests notice. A mutant is compiled in
// memory against the sources as they are, put into a copy of the test folder, and the tests run until the first failure.
// Usage: Adjoint.Mutation <project root> [mutants = 200] [seed = 1] [workers = 2]

var root = Path.GetFullPath(args[0]);
var count = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 200;
var random = new Random(args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 1);
var workers = args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : 2;

var tests = Path.Combine(root, "artifacts/bin/Adjoint.Tests/release");
var options = new CSharpParseOptions(LanguageVersion.CSharp14);
var sources = Directory.GetFiles(Path.Combine(root, "src/Adjoint"), "*.cs", SearchOption.AllDirectories)
    .Concat(Directory.GetFiles(Path.Combine(root, "artifacts/obj/Adjoint/release"), "*.cs"))
    .Select(f => CSharpSyntaxTree.ParseText(WithoutGenerators(File.ReadAllText(f)), options, f)).ToList();
var compilation = CSharpCompilation.Create("Adjoint", sources,
    ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(p => Path.GetFileName(p).StartsWith("System", StringComparison.Ordinal) || Path.GetFileName(p) is "mscorlib.dll" or "netstandard.dll")
        .Select(p => MetadataReference.CreateFromFile(p)),
    new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

if (compilation.GetDiagnostics().FirstOrDefault(d => d.Severity is DiagnosticSeverity.Error) is { } error)
    throw new InvalidOperationException($"The sources do not compile: {error}");
var candidates = sources.Where(t => t.FilePath.Contains("/Derive/", StringComparison.Ordinal)).SelectMany(Mutations.Of).ToArray();
random.Shuffle(candidates);
Console.WriteLine($"{candidates.Length} possible mutants in {sources.Count(t => t.FilePath.Contains("/Derive/", StringComparison.Ordinal))} files, {count} drawn, {workers} workers");
Run(-1, null, TimeSpan.FromMinutes(10)); // the tests must pass on the sources as they are

var results = new List<(Mutation Mutation, bool IsNoticed)>();
var next = 0;
var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => Work(worker))).ToList();
threads.ForEach(t => t.Start());
threads.ForEach(t => t.Join());

var report = new List<string> { "# Mutants of Derive", "", $"{results.Count} mutants, {results.Count(r => r.IsNoticed)} noticed "
    + $"({100.0 * results.Count(r => r.IsNoticed) / results.Count:F1} %).", "", "| kind | mutants | noticed |", "|---|---|---|" };
report.AddRange(results.GroupBy(r => r.Mutation.Kind).OrderBy(g => g.Key).Select(g => $"| {g.Key} | {g.Count()} | {g.Count(r => r.IsNoticed)} |"));
report.AddRange(["", "Survivors:", ""]);
report.AddRange(results.Where(r => !r.IsNoticed).OrderBy(r => r.Mutation.Place).Select(r => $"- {r.Mutation.Place} ({r.Mutation.Kind}): {r.Mutation.Change}"));
File.WriteAllLines(Path.Combine(root, "bench/results/mutation.md"), report);
Console.WriteLine(string.Join('\n', report));

void Work(int worker)
{
    while (true)
    {
        Mutation mutation;
        lock (results)
        {
            if (results.Count >= count || next == candidates.Length) return;
            mutation = candidates[next++];
        }
        var tree = mutation.Tree;
        var mutated = tree.WithRootAndOptions(tree.GetRoot().ReplaceNode(mutation.Old, mutation.New), options);
        using var image = new MemoryStream();
        if (!compilation.ReplaceSyntaxTree(tree, mutated).Emit(image).Success) continue; // no program, so no mistake
        var watch = Stopwatch.StartNew();
        var isNoticed = Run(worker, image.ToArray(), TimeSpan.FromMinutes(3));
        lock (results)
        {
            if (results.Count >= count) return;
            results.Add((mutation, isNoticed));
            Console.WriteLine($"{results.Count,4}  {(isNoticed ? "noticed " : "SURVIVED")}  {watch.Elapsed.TotalSeconds,5:F1} s  {mutation.Place}  {mutation.Kind}: {mutation.Change}");
        }
    }
}

// True when the tests fail or take too long. Quick tests run first: most mistakes never reach the slow ones.
bool Run(int worker, byte[]? image, TimeSpan limit)
{
    var folder = Path.Combine(root, $"artifacts/mutant-{worker + 1}");
    if (!Directory.Exists(folder)) Copy(tests, folder);
    // a test finds the project from the folder it runs in
    if (image is not null) File.WriteAllBytes(Path.Combine(folder, "Adjoint.dll"), image);
    string[][] stages =
    [
        [.. Classes("Reverse", "Algebra", "NormalForm", "Extents", "Polynomial", "Cost", "Mixing", "ReverseText")],
        [.. Classes("Textbook", "CostGolden", "NormGolden", "RecurrentGolden", "AttentionGolden", "LossGolden", "ProductGolden",
            "OptimizerGolden", "GradientPenaltyGolden")],
        [.. Classes("Example", "RandomProgram", "RandomReverse", "RandomGradient", "RandomSecondOrder")],
        [.. Classes("Catalogue", "ProgramPasses", "RandomCost", "CountedCost", "MaclaurinGolden", "ExplainCommand", "CostCommand", "Error")],
        [.. Classes("ReductionOps", "IndexOps", "ShapeOps", "AttentionOps", "RecurrentOps", "PoolingOps", "ConvolutionOps", "SequenceLossOps",
            "NormOps", "CpuProgram", "CpuCatalogue", "OnnxVector")],
    ];
    foreach (var stage in stages)
    {
        var info = new ProcessStartInfo(Path.Combine(folder, "Adjoint.Tests"), [.. stage, "-stopOnFail", "-noColor", "-noLogo"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = root,
        };
        info.Environment["ADJOINT_RANDOM"] = "60";
        using var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            return image is null ? throw new TimeoutException("The tests take longer than the limit.") : true;
        }
        if (process.ExitCode != 0) return image is null ? throw new InvalidOperationException($"The tests fail without a mutant: {string.Join(' ', stage)}") : true;
    }
    return false;
}

// No source generator runs here: an import is written as the runtime's own.
static string WithoutGenerators(string source) => !source.Contains("[LibraryImport(", StringComparison.Ordinal) ? source
    : source.Replace("[LibraryImport(", "[DllImport(", StringComparison.Ordinal).Replace("static partial ", "static extern ", StringComparison.Ordinal);

static IEnumerable<string> Classes(params string[] names) => names.SelectMany(n => new[] { "-class", $"Adjoint.Tests.{n}Tests" });

static void Copy(string from, string to)
{
    foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
    {
        var target = Path.Combine(to, Path.GetRelativePath(from, file));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target, overwrite: true);
    }
}
