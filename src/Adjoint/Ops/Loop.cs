using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Adjoint;

/// <summary>Loops as users write them where they need them: the notation with tensors in the holes.</summary>
public static class Loop
{
    /// <summary>Records the lines and returns the tensor that the last one writes.</summary>
    /// <param name="lines">Lines of the notation; a hole is a tensor before its indices, or a number.</param>
    /// <example><code>var y = Loop.Run($"y[b,j] += {x}[b,i] * {w}[i,j]");</code></example>
    /// <exception cref="LoopException">The text is no program; the message shows the line.</exception>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    public static Tensor Run([StringSyntax("loops")] LoopHandler lines) => lines.Call(null)[0];

    /// <summary>Records the lines and returns several tensors that they write.</summary>
    /// <param name="outputs">As in a signature: <c>h, c</c>, with dimensions where no line tells them.</param>
    public static LoopOutputs Run(string outputs,
        [StringSyntax("loops")] LoopHandler lines) => new(lines.Call(outputs));
}

/// <summary>Tensors by their place in the list of outputs.</summary>
public sealed class LoopOutputs(IReadOnlyList<Tensor> tensors)
{
    public int Count => tensors.Count;

    public Tensor this[int output] => tensors[output];

    public void Deconstruct(out Tensor first, out Tensor second) => (first, second) = (tensors[0], tensors[1]);

    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third) =>
        (first, second, third) = (tensors[0], tensors[1], tensors[2]);
}

// No text is built for lines that ran before: the parts between the holes, which the compiler keeps as they are, and
// the ranks of the tensors name the program. Only a new one is written out and parsed.

/// <summary>Collects the text and the holes of an interpolated string for <see cref="Loop"/>.</summary>
[InterpolatedStringHandler]
public ref struct LoopHandler(int literalLength, int formattedCount)
{
    // As many texts as a program may hold; a program that writes new ones all the time starts over.
    const int MaxDefinitions = 1024;

    static readonly ConcurrentDictionary<Key, Definition> Definitions = [];

    readonly string?[] parts = new string?[2 * formattedCount + 1]; // null is a hole
    readonly int[] ranks = new int[formattedCount];                 // -1 is a number
    readonly List<Tensor> tensors = new(formattedCount);
    readonly List<double> numbers = [];
    readonly int characters = literalLength;
    int count;
    int holes;

    public void AppendLiteral(string text) => parts[count++] = text;

    public void AppendFormatted(Tensor tensor)
    {
        tensors.Add(tensor);
        (parts[count++], ranks[holes++]) = (null, tensor.Rank);
    }

    public void AppendFormatted(double number)
    {
        numbers.Add(number);
        (parts[count++], ranks[holes++]) = (null, -1);
    }

    internal readonly IReadOnlyList<Tensor> Call(string? outputs)
    {
        var key = new Key(parts, ranks, outputs);
        if (!Definitions.TryGetValue(key, out var definition))
        {
            if (Definitions.Count >= MaxDefinitions) Definitions.Clear();
            var text = LoopText.Write(parts.AsSpan(0, count), ranks, outputs, characters);
            definition = Definitions.GetOrAdd(key, _ => new(text));
        }
        return Recorded.Call(definition, tensors.ToArray(), numbers.ToArray()).Outputs;
    }

    sealed class Key(string?[] parts, int[] ranks, string? outputs) : IEquatable<Key>
    {
        readonly int hash = HashOf(parts, ranks, outputs);
        readonly string?[] parts = parts;
        readonly int[] ranks = ranks;
        readonly string? outputs = outputs;

        public bool Equals(Key? other) => other is not null && hash == other.hash && outputs == other.outputs
            && parts.AsSpan().SequenceEqual(other.parts) && ranks.AsSpan().SequenceEqual(other.ranks);

        public override bool Equals(object? obj) => Equals(obj as Key);
        public override int GetHashCode() => hash;

        static int HashOf(string?[] parts, int[] ranks, string? outputs)
        {
            var code = new HashCode();
            foreach (var part in parts) code.Add(part);
            foreach (var rank in ranks) code.Add(rank);
            code.Add(outputs);
            return code.ToHashCode();
        }
    }
}

/// <summary>Lines with holes as a program with a signature.</summary>
static class LoopText
{
    /// <summary>Tensors are named x1, x2 … and numbers n1, n2 … by their hole.</summary>
    public static string Write(ReadOnlySpan<string?> parts, ReadOnlySpan<int> ranks, string? outputs, int length)
    {
        var (body, numbers) = (new StringBuilder(length), new List<string>());
        var tensors = new List<(string Name, int Rank, int End)>();
        var hole = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } text)
            {
                body.Append(text);
                continue;
            }
            var name = (ranks[hole] < 0 ? "n" : "x") + (hole + 1).ToString(CultureInfo.InvariantCulture);
            body.Append(name);
            if (ranks[hole] < 0) numbers.Add($"{name} = 0");
            else tensors.Add((name, ranks[hole], body.Length));
            hole++;
        }
        var whole = body.ToString();
        var operands = tensors.Select(t => t.Name + Dims(whole.AsSpan(t.End), t.Rank, t.Name));
        var lines = whole.Split('\n').Where(l => !string.IsNullOrWhiteSpace(l)).ToList();
        var margin = lines.Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty(0).Min();
        return $"loop({string.Join(", ", operands)}{(numbers.Count > 0 ? "; " : "")}{string.Join(", ", numbers)}) -> "
            + $"{outputs ?? LastWritten(lines)}\n" + string.Join('\n', lines.Select(l => "  " + l[margin..].TrimEnd()));
    }

    // A dimension has the name of the axis that walks along it alone, and one of its own otherwise.
    static string Dims(ReadOnlySpan<char> after, int rank, string name)
    {
        var indices = Indices(after);
        var dims = new List<string>();
        for (var d = 0; d < (indices.Count == 0 ? rank : indices.Count); d++)
        {
            var isOwn = d >= indices.Count || !(indices[d] == ".." || Parts(indices[d]).All(IsName));
            if (!isOwn) isOwn = Parts(indices[d]).Any(part => dims.SelectMany(Parts).Contains(part));
            dims.Add(isOwn ? $"{name}_{d + 1}" : indices[d]);
        }
        return dims.Count == 0 ? "" : $"[{string.Join(",", dims)}]";
    }

    static string[] Parts(string index) => index.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries);

    static bool IsName(string text) =>
        text.Length > 0 && char.IsLetter(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c == '_');

    // What stands between the bracket right after a hole and its end, cut at its own commas.
    static List<string> Indices(ReadOnlySpan<char> after)
    {
        var list = new List<string>();
        if (after is not ['[', ..]) return list;
        var (depth, start) = (0, 1);
        for (var i = 0; i < after.Length; i++)
        {
            if (after[i] is '[' or '(') depth++;
            else if (after[i] is ']' or ')') depth--;
            if (depth != 0 && !(depth == 1 && after[i] == ',')) continue;
            list.Add(after[start..i].Trim().ToString());
            start = i + 1;
            if (depth == 0) break;
        }
        return list;
    }

    static string LastWritten(List<string> lines)
    {
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var text = lines[i].Trim();
            var end = text.TakeWhile(c => char.IsLetterOrDigit(c) || c is '_' or '\'').Count();
            var rest = text[end..].TrimStart();
            if (end > 0 && (rest.StartsWith('[') || rest.StartsWith('=') || rest.Contains('='))
                && text[..end] is not ("axis" or "for")) return text[..end];
        }
        return "y";
    }
}
