using System.Diagnostics;
using System.Text;

namespace Adjoint;

/// <summary>Messages about programs: what is wrong, the line with carets, the way out.</summary>
[StackTraceHidden]
static class LoopErrors
{
    const int LongestLine = 120;

    /// <summary>A mistake at a place of the source text.</summary>
    public static LoopException AtText(string what, string lineText, int line, int column, string? hint = null)
    {
        var text = lineText.TrimStart(' ');
        var shown = Math.Clamp(column - (lineText.Length - text.Length), 1, text.Length + 1);
        text = text.TrimEnd();
        if (text.Length > LongestLine) (text, shown) = Window(text, shown);
        return new(Message($"Loops: line {line}, column {column}: {what}.", Carets(text, [shown]), hint), line, column);
    }

    // Of an endless line the part around the caret.
    static (string Text, int Column) Window(string text, int column)
    {
        var start = Math.Clamp(column - LongestLine / 2, 0, text.Length - LongestLine);
        var end = start + LongestLine;
        return ((start > 0 ? "… " : "") + text[start..end] + (end < text.Length ? " …" : ""), column - start + (start > 0 ? 2 : 0));
    }

    /// <summary>A mistake in a program that parses, shown on the printed line.</summary>
    public static LoopException InLine(LoopProgram program, string what, Statement statement, Expr[] nodes, string? hint = null) =>
        new(Message($"{program.Name}: {what}.", Marked(statement, nodes), hint));

    /// <summary>A mistake in an axis line, shown alone.</summary>
    public static LoopException InAxis(LoopProgram program, string what, AxisLine axis, string? hint = null) =>
        new(Message($"{program.Name}: {what}.", $"  axis {axis.Axis} < {Printer.Print(axis.Bound)}", hint));

    /// <summary>A mistake in the signature.</summary>
    public static LoopException InSignature(LoopProgram program, string what, string? hint = null) =>
        new(Message($"{program.Name}: {what}.", "  " + Printer.Signature(program), hint));

    /// <summary>The printed statement with a caret under each node (found by identity).</summary>
    public static string Marked(Statement statement, params ReadOnlySpan<Expr> nodes)
    {
        var printer = new Printer();
        var text = statement is TimeLoop loop ? Printer.Head(loop) : printer.Write((Line)statement);
        var columns = new List<int>();
        foreach (var node in nodes)
            if (printer.ColumnOf(node) is { } column) columns.Add(column);
        return Carets(text, columns);
    }

    static string Carets(string text, List<int> columns)
    {
        var carets = new StringBuilder();
        foreach (var column in columns.Order().Distinct())
            carets.Append(' ', column - 1 - carets.Length).Append('^');
        return carets.Length == 0 ? "  " + text : $"  {text}\n  {carets}";
    }

    static string Message(string first, string line, string? hint) =>
        hint is null ? $"{first}\n{line}" : $"{first}\n{line}\nHint: {hint}";
}
