namespace Adjoint;

/// <summary>A statement of kernel code.</summary>
abstract record CodeStatement;

/// <summary>Gives a local its value; the first one in a block declares it there.</summary>
sealed record CodeAssign(CodeLocal Local, CodeExpr Value, bool IsDeclaration) : CodeStatement;

/// <summary>Writes the cells of a pointer from an index on; with a mask only those of its lanes.</summary>
sealed record CodeStore(CodeExpr Pointer, CodeExpr Index, CodeExpr Value, CodeExpr? Mask) : CodeStatement;

/// <summary>for (i = From; i &lt; To; i += Step). To is a constant or a local that the body leaves alone.</summary>
sealed record CodeLoop(CodeLocal Counter, CodeExpr From, CodeExpr To, long Step, IReadOnlyList<CodeStatement> Body)
    : CodeStatement;

sealed record CodeBranch(CodeExpr Condition, IReadOnlyList<CodeStatement> Then, IReadOnlyList<CodeStatement> Else)
    : CodeStatement;

/// <summary>Asks for the cache line of a cell, which need not exist; nothing where the target has no such instruction.</summary>
/// <param name="IsNear">Into the first cache, or only into the second.</param>
sealed record CodePrefetch(CodeExpr Pointer, CodeExpr Index, bool IsNear) : CodeStatement;

/// <summary>A comment of the text; no code.</summary>
sealed record CodeRemark(string Text) : CodeStatement;

/// <summary>A buffer, integer or number of the caller, by its place among those of its kind.</summary>
sealed record CodeParameter(CodeLocal Local, int Place);

/// <summary>Cells that a call has for itself, on its stack.</summary>
/// <param name="Raw">Where they lie before they are aligned.</param>
sealed record CodeRow(CodeLocal Local, CodeLocal Raw, long Count)
{
    public const int Alignment = Storage.Alignment;

    /// <summary>With room for aligning.</summary>
    public long Reserved => Count + Alignment / Local.Type.ElementBytes - 1;
}

/// <summary>A complete kernel, ready to be written as IL or as C#.</summary>
/// <param name="Begin">First index of the outermost axis that a call does.</param>
/// <param name="End">The index after the last one.</param>
sealed record KernelCode(
    string Name, CodeTarget Target, IReadOnlyList<CodeParameter> Parameters, CodeLocal Begin, CodeLocal End,
    IReadOnlyList<CodeStatement> Body)
{
    public IReadOnlyList<CodeRow> Rows { get; init; } = [];
}

/// <summary>The one calling convention of all kernels; threads get chunks [begin, end) of the outermost axis.</summary>
/// <param name="buffers">The first cell of each buffer.</param>
/// <param name="numbers">Attributes and the like; a float kernel rounds them once.</param>
unsafe delegate void KernelEntry(void** buffers, long* integers, double* numbers, long begin, long end);
