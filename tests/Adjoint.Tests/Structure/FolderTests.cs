using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Adjoint.Tests;

// The library's folders stand in the order in which data flows; a folder uses only itself and the folders before it.

public sealed class FolderTests
{
    static readonly string[] Order =
    [
        "Errors", "Memory", "Loops", "Derive", "Passes", "Backends", "Formats", "Tensors", "Ops", "Information", "Nn",
        "Optim", "Data", "Training", "Systems", "Labs", "Onnx",
    ];

    [Fact]
    public void Every_folder_has_a_place_in_the_order() =>
        Assert.Empty(Repository.Files("src/Adjoint", "*.cs").Select(Folder).Distinct().Except(Order));

    [Fact]
    public void A_folder_uses_only_the_folders_above_it() => Assert.Empty(Violations(Sources()));

    [Fact]
    public void A_use_of_a_later_folder_is_noticed()
    {
        var violations = Violations(
        [
            ("src/Adjoint/Errors/Early.cs",
                "namespace Adjoint; static class Early { static int Use(int x) => x.Twice() + Late.Value; }"),
            ("src/Adjoint/Derive/Late.cs",
                "namespace Adjoint; static class Late { public const int Value = 1; "
                + "public static int Twice(this int x) => x; }"),
            ("src/Adjoint/Passes/Later.cs",
                "namespace Adjoint; static class Later { static int Use() => Late.Value; }"),
        ]);
        Assert.Equal(["src/Adjoint/Errors/Early.cs:1 uses Late of Derive"], violations);
    }

    static IEnumerable<(string Path, string Text)> Sources() =>
        Repository.Files("src/Adjoint", "*.cs").Select(f => (f, Repository.Read(f)));

    static List<string> Violations(IEnumerable<(string Path, string Text)> sources)
    {
        string[] imported =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks",
        ];
        var usings = string.Concat(imported.Select(name => $"global using {name}; "));
        var trees = sources.Select(s => CSharpSyntaxTree.ParseText(s.Text, path: s.Path)).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
            .Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create("Adjoint", [.. trees, CSharpSyntaxTree.ParseText(usings)],
            references);
        return [.. trees.SelectMany(tree => Violations(tree, compilation.GetSemanticModel(tree))).Distinct()];
    }

    static IEnumerable<string> Violations(SyntaxTree tree, SemanticModel model)
    {
        var place = Array.IndexOf(Order, Folder(tree.FilePath));
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            // A partial type may begin in a later folder; then the part that is used must not.
            var declared = symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol;
            var places = declared?.OriginalDefinition.Locations.Where(l => l.IsInSource)
                .Select(l => Array.IndexOf(Order, Folder(l.SourceTree!.FilePath))).ToList();
            if (type is null || places is null or [] || places.Min() <= place) continue;
            var line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            yield return $"{tree.FilePath}:{line} uses {type.Name} of {Order[places.Min()]}";
        }
    }

    static string Folder(string path) => path.Split('/')[2];
}
