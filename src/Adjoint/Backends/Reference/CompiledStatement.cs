namespace Adjoint;

/// <summary>A statement ready to run on the cells of its frame.</summary>
abstract class CompiledStatement
{
    public abstract void Run();

    public static CompiledStatement[] Compile(EquatableArray<Statement> body, ProgramFrame frame,
        EquatableArray<string> fixedAxes) =>
        [.. body.Select(statement => statement switch
        {
            TimeLoop loop => new CompiledTimeLoop(loop, frame, fixedAxes),
            Line line => (CompiledStatement)CompiledLine.Compile(line, frame, fixedAxes),
            _ => throw Throw.Internal($"unknown statement {statement.GetType().Name}"),
        })];
}

sealed class CompiledTimeLoop : CompiledStatement
{
    readonly CompiledStatement[] body;
    readonly long[] at;
    readonly int slot;
    readonly int extent;
    readonly bool down;

    public CompiledTimeLoop(TimeLoop loop, ProgramFrame frame, EquatableArray<string> fixedAxes)
    {
        (at, slot) = (frame.Positions.At, frame.Positions[loop.Axis]);
        (extent, down) = (frame.Extents[loop.Axis], loop.Down);
        body = Compile(loop.Body, frame, [.. fixedAxes, loop.Axis]);
    }

    public override void Run()
    {
        for (var step = 0; step < extent; step++)
        {
            at[slot] = down ? extent - 1 - step : step;
            foreach (var statement in body) statement.Run();
        }
    }
}
