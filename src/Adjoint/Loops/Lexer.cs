using System.Globalization;

namespace Adjoint;

enum TokenKind { Name, Number, Extent, Symbol, End }

/// <param name="Column">From 1.</param>
readonly record struct Token(TokenKind Kind, string Text, int Column, double Value = 0)
{
    public bool Is(string symbol) => Kind is TokenKind.Symbol && Text == symbol;
    public bool IsWord(string word) => Kind is TokenKind.Name && Text == word;
    public string Shown => Kind is TokenKind.End ? "the end of the line" : $"'{Text}'";
}

/// <summary>One line of text as tokens; blank lines and comments leave none.</summary>
sealed record SourceLine(int Number, string Text, int Indent, Token[] Tokens);

/// <summary>Text to tokens, line by line. A comment is <c>#</c> and a space; <c>#j</c> is an extent.</summary>
static class Lexer
{
    // A line this long is a mistake or an attack; the bound keeps every later recursion shallow.
    const int MaxTokens = 2000;

    static readonly string[] Symbols =
        ["->", "+=", "-=", "*=", "==", "!=", "<=", ">=", "..", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", "[", "]", ",", ";", ":"];

    public static List<SourceLine> Lines(string text)
    {
        var lines = new List<SourceLine>();
        var number = 0;
        foreach (var row in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = row.ToString();
            var tokens = Tokens(line, number);
            if (tokens.Count > 1) lines.Add(new(number, line, line.Length - line.TrimStart(' ').Length, [.. tokens]));
        }
        return lines;
    }

    static List<Token> Tokens(string line, int number)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ') at++;
            if (at == line.Length || IsComment(line, at)) break;
            if (tokens.Count == MaxTokens) throw LoopErrors.AtText("the line is too long to be meant", line, number, at + 1,
                $"Split it: at most {MaxTokens} words and signs a line.");
            var token = Next(line, at, number);
            tokens.Add(token);
            at += token.Text.Length;
        }
        tokens.Add(new(TokenKind.End, "", line.TrimEnd().Length + 1));
        return tokens;
    }

    static bool IsComment(string line, int at) => line[at] == '#' && (at + 1 == line.Length || line[at + 1] == ' ');

    static Token Next(string line, int at, int number)
    {
        var first = line[at];
        if (IsLetter(first))
        {
            var end = NameEnd(line, at);
            var isFold = line[at..end] is "max" or "min" && end < line.Length && line[end] == '='
                && !(end + 1 < line.Length && line[end + 1] == '=');
            return isFold ? new(TokenKind.Symbol, line[at..(end + 1)], at + 1) : new(TokenKind.Name, line[at..end], at + 1);
        }
        if (char.IsAsciiDigit(first)) return NumberToken(line, at, number);
        if (first == '#' && at + 1 < line.Length)
        {
            if (line.AsSpan(at + 1).StartsWith("..")) return new(TokenKind.Extent, "#..", at + 1);
            if (IsLetter(line[at + 1])) return new(TokenKind.Extent, line[at..NameEnd(line, at + 1)], at + 1);
        }
        foreach (var symbol in Symbols)
            if (string.CompareOrdinal(line, at, symbol, 0, symbol.Length) == 0) return new(TokenKind.Symbol, symbol, at + 1);
        throw LoopErrors.AtText(first == '\t' ? "a tab where the notation wants spaces" : $"the sign '{first}' has no meaning here",
            line, number, at + 1, WayOut(first));
    }

    // What other languages write so.
    static string? WayOut(char sign) => sign switch
    {
        '\t' => "Replace tabs by spaces.",
        '^' => "A power is pow(x, n); x times x is square(x).",
        '#' => "A comment is # and a space; #j is the extent of the axis j.",
        '!' => "Write not, or != between two values.",
        '&' => "Write and.",
        '|' => "Write or.",
        '.' => "A number begins with a digit: 0.5.",
        '\u2019' => "The sign of an updated operand is the plain apostrophe: w'.",
        '\'' => "An updated operand is written w', without a space.",
        '\u2212' => "The minus sign is the plain hyphen: -.",
        '\u00d7' or '\u00b7' => "The sign of a product is *.",
        _ when char.IsLetter(sign) => "Names are made of the letters a to z, A to Z, digits and _.",
        _ => null,
    };

    static Token NumberToken(string line, int at, int number)
    {
        var end = at;
        while (end < line.Length && char.IsAsciiDigit(line[end])) end++;
        if (end + 1 < line.Length && line[end] == '.' && char.IsAsciiDigit(line[end + 1]))
            for (end++; end < line.Length && char.IsAsciiDigit(line[end]); end++) { }
        if (end < line.Length && (line[end] is 'e' or 'E') && ExponentEnd(line, end) is var stop && stop > end) end = stop;
        var value = double.Parse(line.AsSpan(at, end - at), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
            throw LoopErrors.AtText($"the number {line[at..end]} is too large", line, number, at + 1, "Write inf for infinity.");
        return new(TokenKind.Number, line[at..end], at + 1, value);
    }

    static int ExponentEnd(string line, int at)
    {
        var end = at + 1;
        if (end < line.Length && (line[end] is '+' or '-')) end++;
        var digits = end;
        while (end < line.Length && char.IsAsciiDigit(line[end])) end++;
        return end > digits ? end : at;
    }

    static int NameEnd(string line, int at)
    {
        while (at < line.Length && (IsLetter(line[at]) || char.IsAsciiDigit(line[at]))) at++;
        return at < line.Length && line[at] == '\'' ? at + 1 : at;
    }

    static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}
