namespace Adjoint;

// The meaning of a program, executed: every line as the loops it says, in double, in the order of the text. Backends
// are right when they agree with it. It checks what only a run can see: cells out of range, cells written twice,
// gathered indices. It is an interpreter of closures: fast enough for tests, not more.

/// <summary>The interpreter that defines what programs mean.</summary>
public static class Reference
{
    /// <summary>Runs a program once.</summary>
    /// <param name="operands">By name. Random ones may be left out, of <c>shape</c> ones values are ignored.</param>
    /// <param name="attributes">Values that replace defaults.</param>
    /// <exception cref="LoopRunException">An operand is missing, an index out of range or the like.</exception>
    public static RunResult Run(LoopProgram program, IReadOnlyDictionary<string, NdArray> operands,
        IReadOnlyDictionary<string, double>? attributes = null, RunOptions? options = null) =>
        Compile(program, operands.ToDictionary(o => o.Key, o => o.Value.ShapeToArray()), attributes)
            .Run(operands, options);

    /// <summary>Binds a program to sizes, for many runs.</summary>
    /// <param name="shapes">Of every operand but the random ones whose size follows from the others.</param>
    public static ReferenceProgram Compile(LoopProgram program, IReadOnlyDictionary<string, int[]> shapes,
        IReadOnlyDictionary<string, double>? attributes = null) => new(program, shapes, attributes, stops: null);
}
