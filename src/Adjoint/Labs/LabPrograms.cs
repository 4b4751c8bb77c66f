namespace Adjoint;

/// <summary>Programs of the examples, which are a part of the library.</summary>
static class LabPrograms
{
    /// <param name="example">As its file is called, without the ending.</param>
    public static IReadOnlyList<LoopProgram> Read(string example)
    {
        using var stream = typeof(LabPrograms).Assembly.GetManifestResourceStream(example + ".loops")
            ?? throw Throw.Internal($"the library holds no example '{example}'");
        using var reader = new StreamReader(stream);
        return Parser.ParseAll(reader.ReadToEnd());
    }
}
