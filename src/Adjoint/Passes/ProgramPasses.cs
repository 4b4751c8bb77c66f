namespace Adjoint;

// Each pass takes a program whose sizes are bound and gives one with the same outputs. Names of axes and tensors are
// among those it had, so that the sizes hold; only blocks add some.

/// <summary>What is done to a program before kernels are written.</summary>
static class ProgramPasses
{
    static readonly (string Name, Func<LoopProgram, Extents, Func<string, string, bool>, LoopProgram> Run)[] All =
    [
        ("lines nobody reads", (program, _, _) => WithoutDead(program)),
        ("lines out of time loops", (program, _, _) => program with { Body = TimeLoops.Split(program.Body) }),
        ("copies read at their source", (program, extents, isSameType) =>
            WithoutDead(InlineCopies.Run(program, extents, isSameType))),
        ("axes by one name", (program, _, _) => AlignAxes.Run(program)),
        ("lines computed once", (program, extents, _) => WithoutDead(ShareLines.Run(program, extents))),
    ];

    /// <param name="isSameType">Whether two tensors hold one type: what goes to another type is no copy.</param>
    /// <param name="dump">Gets the name of each pass that changed something, and what it gave.</param>
    /// <returns>The program, the extents of its axes and tensors, and for each tensor that is new one of before, whose type it has.</returns>
    public static (LoopProgram Program, Extents Extents, IReadOnlyDictionary<string, string> Sources) Run(LoopProgram program,
        Extents extents, Func<string, string, bool> isSameType, BlockOptions blocks, Action<string, LoopProgram>? dump = null)
    {
        foreach (var (name, run) in All)
        {
            var changed = run(program, extents, isSameType);
            if (dump is not null && changed != program) dump(name, changed);
            program = changed;
        }
        var (blocked, all, sources) = BlockRows.Run(program, extents, blocks);
        if (dump is not null && blocked != program) dump("large tensors in blocks of rows", blocked);
        return (blocked, all, sources);
    }

    static LoopProgram WithoutDead(LoopProgram program) =>
        program with { Body = DeadLines.Remove(program.Body, program.Outputs.Select(o => o.Name)) };
}
