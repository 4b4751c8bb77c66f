using System.Globalization;
using System.Text;

namespace Adjoint.Tests;

/// <summary>Texts that are nearly programs, programs that are nearly right, and texts that are neither.</summary>
sealed class HostileText(int seed)
{
    static readonly string[] Words =
    [
        "x", "y", "w", "h", "t", "b", "i", "j", "x'", "axis", "for", "down", "if", "and", "or", "not", "inf", "int", "uniform",
        "normal", "shape", "from", "to", "where", "stop", "exp", "log", "max", "min", "pow", "square", "floor", "sign", "max=",
        "min=", "->", "+=", "-=", "*=", "==", "!=", "<=", ">=", "..", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", "[", "]",
        ",", ";", ":", "#j", "#..", "#", "# a comment", "0", "1", "2", "-1", "0.5", "1e-5", "1e308", "2147483648", "1e999",
        "9999999999999999999999", "1.", ".5", "1e", "0x10", "\n", "\n  ", "\n    ", "f(x[b,i]) -> y\n  ", "y[b] += x[b,i]",
    ];

    const string Signs = "xywhtbij0123456789 \n\t\r#.,:;()[]<>=+-*/%'_!\"$&?@\\^`{|}~\0\u0001\u007f\u0085\u00a0\u00e9\u0660\u200b\u2028\u20ac"
        + "\uff11\ufeff\ud83d\ude00\ud800\udfff";

    readonly System.Random random = new(seed);

    public static string Of(int seed) => new HostileText(seed).Text();

    string Text() => random.Next(16) switch
    {
        < 2 => Many(1, 60, _ => Pick(Signs).ToString()),
        < 4 => Many(1, 80, _ => Pick(Words) + (random.Next(3) == 0 ? "" : " ")),
        < 7 => Grown(),
        < 8 => Extreme(),
        _ => Edited(),
    };

    /// <summary>A right program with a few edits, or the lines of two mixed.</summary>
    string Edited()
    {
        var text = Pick(ProgramTexts.All);
        if (random.Next(4) == 0)
        {
            var rows = text.Split('\n').Concat(Pick(ProgramTexts.All).Split('\n')).ToArray();
            if (random.Next(2) == 0) random.Shuffle(rows.AsSpan(1));
            text = string.Join('\n', rows);
        }
        for (var edits = random.Next(5); edits > 0 && text.Length > 0; edits--) text = Edit(text);
        return text;
    }

    string Edit(string text)
    {
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 8), text.Length - at);
        return random.Next(8) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Remove(at, length),
            2 => text.Insert(at, Pick(Signs).ToString()),
            3 => text.Insert(at, text.Substring(at, length)),
            4 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
            5 => text.Remove(at, length).Insert(at, Pick(Words)),
            _ => ReplaceWord(text, at),
        };
    }

    // Names for names and signs for signs keep more programs alive than blind edits do.
    string ReplaceWord(string text, int at)
    {
        bool isName = char.IsAsciiLetterOrDigit(text[at]);
        var first = at;
        while (first > 0 && char.IsAsciiLetterOrDigit(text[first - 1]) && isName) first--;
        var end = at + 1;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]) && isName) end++;
        var candidates = Words.Where(w => char.IsAsciiLetterOrDigit(w[0]) == isName).ToArray();
        return text[..first] + Pick(candidates) + text[end..];
    }

    /// <summary>Right grammar, names by chance.</summary>
    string Grown()
    {
        var text = new StringBuilder("f(x[b,i], w[i,j], int n; a = 0.5) -> y");
        var indent = "  ";
        for (var lines = random.Next(1, 6); lines > 0; lines--)
        {
            text.Append('\n').Append(indent);
            switch (random.Next(10))
            {
                case 0: text.Append("axis ").Append(Pick("ijkp")).Append(" < ").Append(Expression(2)); break;
                case 1:
                    text.Append("for t").Append(random.Next(2) == 0 ? " down:" : ":");
                    indent += "  ";
                    text.Append('\n').Append(indent).Append("h[t,b] = h[t-1,b] + ").Append(Expression(2));
                    break;
                default:
                    text.Append(Pick("yyhz")).Append(random.Next(4) == 0 ? "" : $"[{Many(1, 3, k => (k > 0 ? "," : "") + Expression(1))}]");
                    text.Append(Pick([" = ", " += ", " -= ", " *= ", " max= ", " min= "])).Append(Expression(random.Next(6)));
                    if (random.Next(3) == 0) text.Append("  if ").Append(Expression(3));
                    break;
            }
        }
        return text.ToString();
    }

    string Expression(int depth) => depth <= 0
        ? Pick(["x[b,i]", "w[i,j]", "y[b]", "h[t,b]", "x[b,n]", "x[b,(i,j)]", "n", "a", "#i", "#b", "i", "j", "b", "t", "0", "1", "2.5", "-3", "inf"])
        : random.Next(9) switch
        {
            0 or 1 => $"{Expression(depth - 1)} {Pick("+-*/%")} {Expression(depth - 1)}",
            2 => $"({Expression(depth - 1)})",
            3 => $"-{Expression(depth - 1)}",
            4 => $"{Expression(depth - 1)} {Pick(["==", "!=", "<", "<=", ">", ">="])} {Expression(depth - 1)}",
            5 => $"{Pick(["exp", "tanh", "sqrt", "stop", "abs"])}({Expression(depth - 1)})",
            6 => $"where({Expression(depth - 1)}, {Expression(depth - 1)}, {Expression(depth - 1)})",
            7 => $"{Pick(["not ", "", ""])}{Expression(depth - 1)} {Pick(["and", "or"])} {Expression(depth - 1)}",
            _ => Expression(depth - 1),
        };

    /// <summary>Depth, length and size without end.</summary>
    string Extreme()
    {
        var n = 1 << random.Next(3, 12);
        string Repeat(string part) => new StringBuilder(part.Length * n).Insert(0, part, n).ToString();
        var end = random.Next(2) == 0;
        return random.Next(14) switch
        {
            0 => $"f(x) -> y\n  y = {Repeat("(")}x{(end ? Repeat(")") : "")}",
            1 => $"f(x) -> y\n  y = {Repeat("-")}x",
            2 => $"f(x) -> y\n  y = 1  if {Repeat("not ")}x",
            3 => $"f(x) -> y\n  y = {Repeat("exp(")}x{(end ? Repeat(")") : "")}",
            4 => $"f(x[i]) -> y\n  y += {Repeat("x[")}i{(end ? Repeat("]") : "")}",
            5 => $"f(x) -> y\n  y = x{Repeat(" + x")}",
            6 => $"f(x) -> y\n  y = x{Repeat(" * (x - 2)")}",
            7 => $"f(x) -> y\n  y = 1  if x > 0{Repeat(" and x < 1")}",
            8 => "f(x) -> y\n" + string.Concat(Enumerable.Range(0, n).Select(k => new string(' ', k + 2) + $"for t{k}:\n")),
            9 => "f(x) -> y\n" + Repeat("  y += x\n"),
            10 => $"f({string.Join(", ", Enumerable.Range(0, n).Select(k => $"x{k}[i{k}]"))}) -> {string.Join(", ", Enumerable.Range(0, n).Select(k => $"x{k}'"))}",
            11 => $"f(x) -> y\n  y = {Repeat("9")}{(end ? "e" + Repeat("9") : "")}.{Repeat("9")}",
            12 => $"f(x[{string.Join(',', Enumerable.Range(0, n).Select(k => $"i{k}"))}]) -> y\n  y += x[{string.Join(',', Enumerable.Range(0, n).Select(k => $"i{k}"))}]",
            _ => Repeat("f(x) -> y\n  y = x\n"),
        };
    }

    string Many(int least, int most, Func<int, string> part)
    {
        var text = new StringBuilder();
        var count = random.Next(least, most + 1);
        for (var k = 0; k < count; k++) text.Append(part(k));
        return text.ToString();
    }

    T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
    char Pick(string signs) => signs[random.Next(signs.Length)];

    /// <summary>Smaller texts: a part cut out, halves first.</summary>
    public static IEnumerable<string> Shrink(string text)
    {
        for (var size = (text.Length + 1) / 2; size > 0; size = size == 1 ? 0 : (size + 1) / 2)
            for (var at = 0; at < text.Length; at += size)
                yield return text.Remove(at, Math.Min(size, text.Length - at));
    }

    /// <summary>The text with every sign outside printable ASCII escaped, cut where it grows long.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var sign in text.Length > 2000 ? text[..2000] + "…" : text)
            shown.Append(sign is '\n' or (>= ' ' and <= '~') ? sign.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)sign:x4}"));
        return shown.ToString();
    }
}
