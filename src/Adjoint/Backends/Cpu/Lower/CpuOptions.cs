namespace Adjoint;

/// <summary>How a program is compiled for the processor.</summary>
sealed record CpuOptions
{
    /// <summary>The vector width and instructions; this machine's by default.</summary>
    public CodeTarget Target { get; init; } = CodeTarget.Host;

    /// <summary>The threads; those of the process by default.</summary>
    public Team? Team { get; init; }

    /// <summary>The floating type of programs whose operands do not say it.</summary>
    public DType Type { get; init; } = DType.Float32;

    /// <summary>Operations from which a sum of products goes to the contraction engine: below, its own overhead
    /// outweighs what it saves.</summary>
    public double ContractsFrom { get; init; } = 1 << 14;

    /// <summary>Makes kernels from their text instead of IL: how tests hold both to the same bits.</summary>
    public Func<string, KernelEntry>? FromText { get; init; }

    /// <summary>When large tensors are made in blocks.</summary>
    public BlockOptions Blocks { get; init; } = new();

    /// <summary>Work below which a loop is not worth a second thread, in operations; about 10 µs.</summary>
    public long OperationsPerChunk { get; init; } = 1 << 17;

    /// <summary>Whether <c>ADJOINT_DEBUG</c> tells of it.</summary>
    public bool IsReported { get; init; } = true;

    /// <summary>Every line runs alone and as it is written, and the first that makes a NaN or an infinity ends the
    /// run.</summary>
    public bool ChecksFinite { get; init; }

    /// <summary>The caller gives the <see cref="RandomKey"/> of each random operand in place of its numbers.</summary>
    public bool TakesKeys { get; init; }

    /// <summary>Kernels take the attributes as arguments; otherwise they are constants of their code.</summary>
    public bool TakesNumbers { get; init; }
}
