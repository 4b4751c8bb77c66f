using System.Collections.Concurrent;

namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>Runs a cell over time: its code runs once, and what it recorded becomes one program with a time
    /// loop.</summary>
    /// <param name="cell">From x at one time and the state before to the state after, of one shape.</param>
    /// <param name="x">[t, ..]</param>
    /// <param name="start">The state before the first time.</param>
    /// <returns>The states at all times: [t, ..] with the shape of the start.</returns>
    public static Tensor Scan(Func<Tensor, Tensor, Tensor> cell, Tensor x, Tensor start) =>
        Scan((now, states) => [cell(now, states[0])], x, [start])[0];

    /// <summary>Runs a cell with several states over time.</summary>
    public static Tensor[] Scan(Func<Tensor, Tensor[], Tensor[]> cell, Tensor x, params Tensor[] start)
    {
        if (x.Rank == 0) throw new ShapeException($"Scan: the first axis of x is time.\n  x : {x.Described}", "x");
        return new ScanTrace(x, start).Run(cell);
    }
}

// The step that the cell recorded stands under `for t:`; every computed tensor has the axis t in front. A state is
// written at t and read at t - 1, the start is written at -1.

/// <summary>A cell as a time loop.</summary>
sealed class ScanTrace(Tensor x, Tensor[] start) : Tracing
{
    // As many cells as a process may define; beyond it each is compiled anew.
    const int MaxDefinitions = 256;

    static readonly ConcurrentDictionary<LoopProgram, Definition> Definitions = [];

    readonly Tensor now = Tensor.Placeholder(x.Shape[1..].ToArray(), x.Type);
    readonly Tensor[] before = [.. start.Select(s => Tensor.Placeholder([.. s.Shape], s.Type))];

    public override string Name => "cell";

    public Tensor[] Run(Func<Tensor, Tensor[], Tensor[]> cell)
    {
        var step = Trace(() =>
        {
            using (Tensor.WithoutGradient())
            {
                var after = cell(now, before);
                Check(after);
                // A state of its own each, even where the cell hands one on.
                return StepProgram.Of([.. after.Select(a => a.Copy())], call => call.Tracing == this);
            }
        });
        var (program, leaves) = Looped(step);
        if (Definitions.Count >= MaxDefinitions) Definitions.Clear();
        var made = Recorded.Call(Definitions.GetOrAdd(program, p => new(() => p)), leaves).Outputs;
        return [.. made];
    }

    void Check(Tensor[] after)
    {
        if (after.Length != start.Length)
            throw new ShapeException($"Scan: the cell returns {after.Length} states and gets {start.Length}.", "state");
        foreach (var (state, first) in after.Zip(start))
            if (!state.Shape.SequenceEqual(first.Shape) || state.Type != first.Type)
                throw new ShapeException($"Scan: the cell returns another state than it gets.\n  before : {first.Described}\n"
                    + $"  after  : {state.Described}", "state", [.. state.Shape]);
    }

    (LoopProgram Program, Tensor[] Leaves) Looped(StepProgram step)
    {
        var names = new FreshNames(step.Program);
        var t = names.Take("t");
        Expr time = new AxisValue(t), earlier = new Binary(Arithmetic.Subtract, time, Expr.One);
        var computed = step.Program.Lines.Select(l => l.Target.Tensor).ToHashSet();
        var operands = step.Program.Operands.ToArray();
        var leaves = step.Leaves.ToArray();
        var states = start.Select((_, s) => names.Take($"h{s + 1}")).ToArray();
        var (replaced, begins) = (new Dictionary<string, string>(), new List<Statement>());
        for (var i = 0; i < operands.Length; i++)
        {
            var operand = operands[i];
            if (leaves[i] == now) (leaves[i], operands[i]) = (x, operand with { Dims = [new Dim(t), .. operand.Dims] });
            var state = Array.IndexOf(before, leaves[i]);
            if (state < 0) continue;
            leaves[i] = start[state];
            replaced[operand.Name] = states[state];
            var cell = Update.Walk(operand.Dims);
            begins.Add(new Line(new(states[state], [new Number(-1), .. cell]), LineOp.Set, new Access(operand.Name,
                cell)));
        }
        var inTime = operands.Where(o => o.Dims is [{ Axes: [var first] }, ..]
            && first == t).Select(o => o.Name).ToHashSet();
        inTime.UnionWith(computed);
        var body = step.Program.Body.MapLines(l => l.Map(Timed)).ToList();
        foreach (var (state, output) in states.Zip(step.Program.Outputs))
        {
            EquatableArray<Expr> cell = [time, .. Update.Walk(output.Dims)];
            body.Add(new Line(new(state, cell), LineOp.Set, new Access(output.Name, cell)));
        }
        var outputs = states.Zip(step.Program.Outputs, (state, o) => new Output(state, [new Dim(t), .. o.Dims]));
        var axes = step.Program.Axes.Append(new(t, new Number(x.Shape[0])));
        var program = new LoopProgram("scan", operands.ToEquatable(), [], outputs.ToEquatable(), axes.ToEquatable(),
            [.. begins, new TimeLoop(t, Down: false, body.ToEquatable())]);
        if (step.Program.Body.Any(s => s is TimeLoop))
            throw new LoopException("Scan: the cell holds a time loop of its own.\nHint: run the inner loop over the whole "
                + "sequence before, or write both as one cell.");
        return (program, leaves);

        Expr Timed(Expr node) => node is not Access access ? node
            : replaced.TryGetValue(access.Tensor, out var state) ? new Access(state, [earlier, .. access.Indices])
            : inTime.Contains(access.Tensor) ? access with { Indices = [time, .. access.Indices] } : access;
    }
}
