using System.Globalization;

namespace Adjoint.Tests;

// A case is one text: files, a command line, and what it must print on the error stream. A section begins with "--- ".
//   --- bad.loops            the lines of a text file
//   --- in.npz               one array a line: x float32 [2,3] = 1 2 3 4 5 6
//   --- x.npy                one array without a name
//   --- x.npy bytes          hex 93 4E, text abc\n, zeros 100: one piece a line
//   --- $ adjoint …          the command; its files are those above
// In files of arrays "cut 20" as the last line keeps the first 20 bytes, "change 30 FF" replaces one.

/// <summary>One mistake and the whole message it must give.</summary>
sealed class ErrorCase
{
    const string Mark = "--- ";
    const string Prompt = "$ adjoint ";

    readonly List<(string Head, List<string> Lines)> sections = [];

    ErrorCase(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal)) sections.Add((line[Mark.Length..], []));
            else sections[^1].Lines.Add(line);
        }
    }

    /// <summary>The same text with what the command really prints and returns.</summary>
    public static string Run(string text)
    {
        var given = new ErrorCase(text);
        using var folder = new ScratchFolder();
        var result = new List<string>();
        foreach (var (head, lines) in given.sections)
        {
            result.Add(Mark + head);
            if (head.StartsWith(Prompt, StringComparison.Ordinal))
                result.AddRange(Run(head[Prompt.Length..].Split(' '), folder));
            else
            {
                result.AddRange(lines);
                Write(folder, head, lines);
            }
        }
        return string.Join('\n', result) + "\n";
    }

    static IEnumerable<string> Run(string[] args, ScratchFolder folder)
    {
        var run = CliRun.Of([.. args.Select(a => InFolder(a, folder))]);
        var message = run.Error.Replace(folder.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(folder.Root, "here", StringComparison.Ordinal);
        return [.. message.TrimEnd('\n').Split('\n'), $"exit {run.Code}"];
    }

    // A name with an extension is a file of the case, alone or after "x=".
    static string InFolder(string argument, ScratchFolder folder)
    {
        if (!Path.HasExtension(argument) || argument.StartsWith('-')) return argument;
        var at = argument.IndexOf('=', StringComparison.Ordinal) + 1;
        return double.TryParse(argument[at..], CultureInfo.InvariantCulture, out _) ? argument
            : argument[..at] + folder.PathOf(argument[at..]);
    }

    static void Write(ScratchFolder folder, string head, List<string> lines)
    {
        if (head.Split(' ') is [var raw, "bytes"]) File.WriteAllBytes(folder.PathOf(raw), [.. lines.SelectMany(Piece)]);
        else if (head.EndsWith(".npz", StringComparison.Ordinal) || head.EndsWith(".npy", StringComparison.Ordinal))
        {
            var path = folder.PathOf(head);
            var arrays = lines.Where(l => l.Contains('=', StringComparison.Ordinal)).Select(Array).ToList();
            if (head.EndsWith(".npz", StringComparison.Ordinal))
                Npz.Write(path, arrays.Select(a => KeyValuePair.Create(a.Name, a.Array)));
            else Npy.Write(path, arrays[0].Array);
            foreach (var line in lines.Where(l => !l.Contains('=', StringComparison.Ordinal)))
                Damage(path, line.Split(' '));
        }
        else folder.Write(head, string.Join('\n', lines) + "\n");
    }

    // x float32 [2,3] = 1 2 3 4 5 6; the last number fills the rest.
    static (string Name, HostArray Array) Array(string line)
    {
        var words = line.Split(' ');
        var at = System.Array.IndexOf(words, "=");
        var type = Enum.GetValues<DType>().First(t => t.Name == words[at - 2]);
        int[] shape = [.. words[at - 1].Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(Integer)];
        var given = words[(at + 1)..].Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToArray();
        var count = shape.Aggregate(1, (c, size) => c * size);
        var values = Enumerable.Range(0, count).Select(i => given[Math.Min(i, given.Length - 1)]).ToArray();
        return (at == 3 ? words[0] : "", HostArray.FromDoubles(type, shape, values));
    }

    static void Damage(string path, string[] words)
    {
        var bytes = File.ReadAllBytes(path);
        if (words[0] == "cut") bytes = bytes[..Integer(words[1])];
        else bytes[Integer(words[1])] = byte.Parse(words[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        File.WriteAllBytes(path, bytes);
    }

    static IEnumerable<byte> Piece(string line)
    {
        var rest = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return line.Split(' ')[0] switch
        {
            "hex" => rest.Split(' ').Select(h => byte.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            "text" => rest.Replace("\\n", "\n", StringComparison.Ordinal).Select(c => (byte)c),
            "zeros" => new byte[Integer(rest)],
            _ => throw new FormatException($"no piece of bytes: {line}"),
        };
    }

    static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
