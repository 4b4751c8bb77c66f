namespace Adjoint.Tests;

/// <summary>One fenced block of a document.</summary>
/// <param name="Line">Line of the opening fence, from 0.</param>
sealed record MarkdownBlock(string Language, int Line, string[] Lines)
{
    const string Fence = "```";

    public static List<MarkdownBlock> Of(string document)
    {
        var blocks = new List<MarkdownBlock>();
        var lines = document.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal)) continue;
            var end = Array.IndexOf(lines, Fence, i + 1);
            if (end < 0) throw new FormatException($"the block of line {i + 1} has no end");
            blocks.Add(new(lines[i][Fence.Length..], i, lines[(i + 1)..end]));
            i = end;
        }
        return blocks;
    }
}
