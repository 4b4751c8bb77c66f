namespace Adjoint.Cli;

/// <summary>What a command speaks of: an op of the catalogue, or a program of a file.</summary>
/// <param name="Op">Null for a program of a file.</param>
sealed record Subject(LoopProgram Program, Op? Op = null)
{
    const string Extension = ".loops";

    public static Subject Of(Op op) => new(op.Program, op);

    /// <param name="name">A name of the catalogue (hyphens read as underscores) or a path.</param>
    /// <param name="program">The program of a file that holds several.</param>
    public static Subject Find(string name, string? program) => FindAll(name, program) switch
    {
        [var only] => only,
        var several => throw new UsageException(
            $"'{name}' holds {several.Count} programs: {string.Join(", ", several.Select(s => s.Program.Name))}.",
            "choose one: --program " + several[0].Program.Name),
    };

    /// <summary>The op, or every program of the file if none is chosen.</summary>
    public static IReadOnlyList<Subject> FindAll(string name, string? program)
    {
        if (Catalogue.Find(name.Replace('-', '_')) is { } op)
            return program is null || program == op.Name ? [Of(op)]
                : throw new UsageException($"--program: {name} is an op, not a file of programs.");
        var isPath = name.EndsWith(Extension, StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal)
            || File.Exists(name);
        if (!isPath) throw Unknown(name);
        var programs = Read(name);
        if (program is null) return [.. programs.Select(p => new Subject(p))];
        return programs.FirstOrDefault(p => p.Name == program.Replace('-', '_')) is { } chosen ? [new(chosen)]
            : throw new UsageException($"--program: '{name}' has no program '{program}'; "
                + $"it holds {string.Join(", ", programs.Select(p => p.Name))}.");
    }

    /// <summary>What inputs are drawn for it: as the op says, then as the command line says.</summary>
    public InputOptions Inputs(IReadOnlyDictionary<string, double> attributes, IReadOnlyDictionary<string, int> sizes)
    {
        var own = Op?.Inputs ?? new();
        return own with { Attributes = Joined(own.Attributes, attributes), Sizes = Joined(own.Sizes, sizes) };
    }

    /// <summary>Refuses attributes and axes that the program does not have.</summary>
    public void CheckNames(IEnumerable<string> attributes, IEnumerable<string> axes)
    {
        Check("--set", "attribute", attributes, [.. Program.Attributes.Select(a => a.Name)]);
        Check("--size", "axis", axes, Axes());
    }

    /// <summary>The axes whose sizes the caller chooses: those of the signature. All others follow.</summary>
    public List<string> Axes() => [.. Program.Operands.SelectMany(o => o.Dims).SelectMany(d => d.Axes).Distinct()];

    void Check(string option, string what, IEnumerable<string> given, List<string> known)
    {
        foreach (var name in given.Where(n => !known.Contains(n)))
            throw new UsageException($"{option}: {Program.Name} has no {what} '{name}'.",
                known.Count > 0 ? $"it has {string.Join(", ", known)}." : null);
    }

    static Dictionary<string, T> Joined<T>(IReadOnlyDictionary<string, T>? own, IReadOnlyDictionary<string, T> given)
    {
        var all = own?.ToDictionary() ?? [];
        foreach (var (name, value) in given) all[name] = value;
        return all;
    }

    // All programs of a file.
    static IReadOnlyList<LoopProgram> Read(string path)
    {
        var text = InputFile.Read(path, File.ReadAllText);
        try
        {
            return Parser.ParseAll(text) is { Count: > 0 } programs ? programs
                : throw new FileFormatException($"'{path}' holds no program.\nHint: a program starts with a signature: "
                    + "matmul(x[b,i], w[i,j]) -> y", path);
        }
        catch (LoopException e)
        {
            const string Reader = "Loops: ";
            var isAtText = e.Message.StartsWith(Reader, StringComparison.Ordinal);
            var message = isAtText ? e.Message[Reader.Length..] : e.Message;
            throw new FileFormatException($"{path}: {message}", path, e);
        }
    }

    static UsageException Unknown(string name)
    {
        var near = NearNames.Of(name.Replace('-', '_'), Catalogue.Ops.Select(o => o.Name));
        return new($"There is no op '{name}', and no file of that name.",
            NearNames.Hint(near) ?? "a program of your own is a file: adjoint explain my.loops");
    }
}
