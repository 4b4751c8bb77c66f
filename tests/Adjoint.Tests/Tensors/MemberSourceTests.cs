using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Adjoint.Tests;

// Members of Tensor compute nothing themselves: each is one call of the catalogue, of a program written from ranks, or
// of another member.

public sealed class MemberSourceTests
{
    static readonly string[] Programs = ["Layouts", "ArithmeticOps"];

    [Fact]
    public void Every_member_calls_an_op_or_another_member()
    {
        var members = Members().ToList();
        Assert.True(members.Count > 200, $"{members.Count} members");
        var names = members.Select(NameOf).ToHashSet();
        names.UnionWith(["Reduced", "Parts", "Call"]);
        Assert.Empty(members.Where(m => !m.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n =>
            n.Identifier.Text.EndsWith("Ops", StringComparison.Ordinal) || Programs.Contains(n.Identifier.Text)
            || names.Contains(n.Identifier.Text))
                && !m.DescendantNodes().Any(n => n is BinaryExpressionSyntax)).Select(NameOf));
    }

    [Fact]
    public void A_member_that_computes_by_itself_is_rare()
    {
        // One line each; those with a block of statements are the exception.
        var blocks = Members().Where(m => m is MethodDeclarationSyntax { Body: not null }).Select(NameOf).Distinct();
        Assert.Equal(["Split"], blocks);
    }

    [Fact]
    public void Every_member_says_what_it_does() => Assert.Empty(Members()
        .Where(m => m is MethodDeclarationSyntax or PropertyDeclarationSyntax)
        .Where(m => m.ParameterTypes() is not ["double", ..])
        .Where(m => !m.GetLeadingTrivia().ToFullString().Contains("/// <summary>",
            StringComparison.Ordinal)).Select(NameOf));

    static IEnumerable<MemberDeclarationSyntax> Members() =>
        from file in Repository.Files("src/Adjoint/Ops", "*.cs")
        from type in CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
        where type.Identifier.Text == "Tensor"
        from member in type.Members
        where member.Modifiers.Any(m => m.ValueText == "public")
        select member;

    static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        OperatorDeclarationSyntax sign => sign.OperatorToken.Text,
        _ => member.GetType().Name,
    };
}

static class MemberSyntax
{
    public static IReadOnlyList<string> ParameterTypes(this MemberDeclarationSyntax member) =>
        member is MethodDeclarationSyntax method
            ? [.. method.ParameterList.Parameters.Select(p => p.Type!.ToString())] : [];
}
