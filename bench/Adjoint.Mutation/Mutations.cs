using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Adjoint.Mutation;

/// <summary>One small mistake: a node of the source and what stands in its place.</summary>
sealed record Mutation(string Kind, SyntaxTree Tree, SyntaxNode Old, SyntaxNode New)
{
    public string Place => $"{Path.GetFileName(Tree.FilePath)}:{Tree.GetLineSpan(Old.Span).StartLinePosition.Line + 1}";

    public string Change => $"`{Shown(Old)}` becomes `{Shown(New)}`";

    static string Shown(SyntaxNode node) => string.Join(' ', node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Every place where a sign, an operator, a number, a condition or a side can be flipped.</summary>
static class Mutations
{
    static readonly Dictionary<SyntaxKind, (string Kind, SyntaxKind To, SyntaxKind Token)> Operators = new()
    {
        [SyntaxKind.AddExpression] = ("operator", SyntaxKind.SubtractExpression, SyntaxKind.MinusToken),
        [SyntaxKind.SubtractExpression] = ("operator", SyntaxKind.AddExpression, SyntaxKind.PlusToken),
        [SyntaxKind.MultiplyExpression] = ("operator", SyntaxKind.AddExpression, SyntaxKind.PlusToken),
        [SyntaxKind.LogicalAndExpression] = ("condition", SyntaxKind.LogicalOrExpression, SyntaxKind.BarBarToken),
        [SyntaxKind.LogicalOrExpression] = ("condition", SyntaxKind.LogicalAndExpression, SyntaxKind.AmpersandAmpersandToken),
        [SyntaxKind.EqualsExpression] = ("comparison", SyntaxKind.NotEqualsExpression, SyntaxKind.ExclamationEqualsToken),
        [SyntaxKind.NotEqualsExpression] = ("comparison", SyntaxKind.EqualsExpression, SyntaxKind.EqualsEqualsToken),
        [SyntaxKind.LessThanExpression] = ("comparison", SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanEqualsToken),
        [SyntaxKind.LessThanOrEqualExpression] = ("comparison", SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken),
        [SyntaxKind.GreaterThanExpression] = ("comparison", SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanEqualsToken),
        [SyntaxKind.GreaterThanOrEqualExpression] = ("comparison", SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken),
    };

    // Names of the calculus that mean each other's opposite.
    static readonly Dictionary<string, (string Kind, string To)> Names = new()
    {
        ["Left"] = ("index", "Right"), ["Right"] = ("index", "Left"), ["Then"] = ("index", "Else"), ["Else"] = ("index", "Then"),
        ["Above"] = ("index", "Below"), ["Below"] = ("index", "Above"), ["From"] = ("index", "To"), ["To"] = ("index", "From"),
        ["Add"] = ("sign", "Subtract"), ["Subtract"] = ("sign", "Add"), ["Multiply"] = ("operator", "Divide"), ["Divide"] = ("operator", "Multiply"),
        ["All"] = ("condition", "Any"), ["Any"] = ("condition", "All"), ["Equal"] = ("condition", "NotEqual"), ["NotEqual"] = ("condition", "Equal"),
        ["Less"] = ("comparison", "LessOrEqual"), ["LessOrEqual"] = ("comparison", "Less"), ["Max"] = ("operator", "Min"), ["Min"] = ("operator", "Max"),
        ["Operands"] = ("index", "Outputs"), ["First"] = ("index", "Last"), ["Except"] = ("condition", "Intersect"),
    };

    public static IEnumerable<Mutation> Of(SyntaxTree tree)
    {
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node.FirstAncestorOrSelf<AttributeSyntax>() is not null) continue;
            if (Of(node) is var (kind, changed)) yield return new(kind, tree, node, changed.WithTriviaFrom(node));
        }
    }

    static (string, SyntaxNode)? Of(SyntaxNode node) => node switch
    {
        BinaryExpressionSyntax binary when Operators.TryGetValue(binary.Kind(), out var other) => (other.Kind,
            SyntaxFactory.BinaryExpression(other.To, binary.Left, SyntaxFactory.Token(other.Token).WithTriviaFrom(binary.OperatorToken), binary.Right)),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => ("condition", not.Operand),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus => ("sign", minus.Operand),
        LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression } => ("condition", SyntaxFactory.LiteralExpression(SyntaxKind.FalseLiteralExpression)),
        LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression } => ("condition", SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression)),
        LiteralExpressionSyntax { Token.Value: int number } => ("number", SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression,
            SyntaxFactory.Literal(number == 0 ? 1 : number - 1))),
        IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax access } name when access.Name == name
            && Names.TryGetValue(name.Identifier.Text, out var other) => (other.Kind, SyntaxFactory.IdentifierName(other.To)),
        _ => null,
    };
}
