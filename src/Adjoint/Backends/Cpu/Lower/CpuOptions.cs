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

    /// <summary>Work below which a loop is not worth a second thread, in operations; about 10 µs.</summary>
    public long OperationsPerChunk { get; init; } = 1 << 17;
}
