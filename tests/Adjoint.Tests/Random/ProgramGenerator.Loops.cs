namespace Adjoint.Tests;

sealed partial class ProgramGenerator
{
    /// <summary>A tensor of the time loop in the making.</summary>
    sealed class Carried(string name, EquatableArray<Dim> dims)
    {
        public Readable Tensor { get; } = new(name, dims);

        /// <summary>True once its lines stand above: it may be read at the current step.</summary>
        public bool IsComplete { get; set; }

        /// <summary>False for extremes and products: their start value is no state.</summary>
        public bool IsState { get; init; } = true;

        /// <summary>How far back each step axis is read.</summary>
        public Dictionary<string, int> Lags { get; } = [];
    }

    readonly List<Carried> local = [];
    readonly List<(string Axis, bool Down)> steps = [];

    Access? LocalRead(Scope scope, bool mustBePositive)
    {
        var candidates = local.Where(c => c.IsComplete || c.IsState).ToList();
        if (mustBePositive || candidates.Count == 0) return null;
        var carried = Pick(candidates);
        var lags = steps.ToDictionary(s => s.Axis, _ => 0);
        if (!carried.IsComplete || carried.IsState && Chance(0.5))
        {
            foreach (var (axis, _) in steps) lags[axis] = random.Next(2);
            if (lags.Values.All(l => l == 0)) lags[Pick(steps).Axis] = Chance(0.8) ? 1 : 2;
        }
        var before = scope.Guards.Count;
        var indices = new List<Expr>();
        foreach (var dim in carried.Tensor.Dims)
        {
            var step = steps.Find(s => s.Axis == dim.Axes[0]);
            var index = step.Axis is null ? Index(carried.Tensor, dim, scope) : Lagged(step.Axis, lags[step.Axis], step.Down);
            if (index is null)
            {
                scope.Guards.RemoveRange(before, scope.Guards.Count - before);
                return null;
            }
            indices.Add(index);
        }
        foreach (var (axis, lag) in lags) carried.Lags[axis] = Math.Max(carried.Lags.GetValueOrDefault(axis), lag);
        return new(carried.Tensor.Name, indices.ToEquatable());
    }

    static Expr Lagged(string axis, int lag, bool down)
    {
        var step = new AxisValue(axis);
        return lag == 0 ? step : down ? Plus(step, new Number(lag)) : Minus(step, new Number(lag));
    }

    /// <summary>One or two tensors carried over steps, with lines between, sums over the steps, and lines after.</summary>
    void AddTimeLoop()
    {
        foreach (var _ in Enumerable.Range(0, Chance(0.12) ? 2 : 1))
        {
            var axis = sizes.Keys.Where(a => a != ".." && !inferred.Contains(a) && steps.All(s => s.Axis != a)).OrderBy(_ => random.Next()).FirstOrDefault(_ => Chance(0.6));
            steps.Add((axis ?? NewAxis(Pick([1, 2, 3, 4, 3, 2, 5, 0])), Chance(0.3)));
        }
        var scope = Steps(isOpen: true);
        if (Chance(0.75)) scope.Uses(Known(scope, size => size < 5) ?? NewAxis());
        if (Chance(0.3)) scope.Uses(NewAxis());
        var axes = scope.Axes;
        foreach (var _ in Enumerable.Range(0, Pick(0, 3, 2))) local.Add(new(Name(ComputedNames), Dims([.. axes.OrderBy(_ => random.Next())], 0)));
        var states = local.ToList();
        var lines = new List<Statement>();
        for (var temporaries = Pick(4, 4, 2); temporaries > 0; temporaries--) AddTemporary(lines, axes);
        foreach (var state in states)
        {
            lines.Add(Update(state, axes));
            state.IsComplete = true;
            if (Chance(0.15)) AddTemporary(lines, axes);
        }
        var sums = new List<(string Name, EquatableArray<Dim> Dims)>();
        if (Chance(0.35)) sums.Add(AddSum(lines, axes));
        var carried = local.ToList();
        var loops = steps.ToList();
        local.Clear();
        steps.Clear();
        foreach (var state in states) AddStart(state, loops);
        // Nested loops may hold lines of the outer one before the inner.
        Statement inner = new TimeLoop(loops[^1].Axis, loops[^1].Down, lines.ToEquatable());
        body.Add(loops.Count == 1 ? inner : new TimeLoop(loops[0].Axis, loops[0].Down, [inner]));
        foreach (var tensor in carried)
        {
            Computed(tensor.Tensor.Name, tensor.Tensor.Dims, hasMargins: true);
            if (Chance(0.3)) outputs.Add(new(tensor.Tensor.Name, Margins(tensor.Tensor.Dims, tensor, loops)));
        }
        foreach (var (name, dims) in sums) Computed(name, dims);
        if (Chance(0.4)) AddLast(states[0], loops[0]);
    }

    Scope Steps(bool isOpen) => new(this, steps.Select(s => s.Axis), isOpen);

    void AddTemporary(List<Statement> lines, List<string> axes)
    {
        var isSum = Chance(0.7);
        var scope = new Scope(this, isSum ? steps.Select(s => s.Axis) : axes, isSum);
        var value = isSum && Chance(0.6) ? Times(Leaf(scope), Leaf(scope)) : Value(scope, random.Next(1, 3));
        var kept = scope.Axes.Where(a => !isSum || steps.Any(s => s.Axis == a) || axes.Contains(a) || Chance(0.3)).ToList();
        Shuffle(kept);
        var op = isSum ? Pick([LineOp.Add, LineOp.Add, LineOp.Subtract, LineOp.Add, LineOp.Max, LineOp.Multiply]) : LineOp.Set;
        var temporary = new Carried(Name(ComputedNames), Dims(kept, 0)) { IsState = op is LineOp.Add or LineOp.Subtract or LineOp.Set };
        lines.Add(Line(Target(temporary.Tensor.Name, temporary.Tensor.Dims), op, value, scope, 0.15));
        if (op is LineOp.Add && Chance(0.4))
        {
            var more = new Scope(this, kept, isOpen: true);
            lines.Add(Line(Target(temporary.Tensor.Name, temporary.Tensor.Dims), LineOp.Add, Value(more, 1), more, 0.15));
        }
        temporary.IsComplete = true;
        local.Add(temporary);
    }

    Line Update(Carried state, List<string> axes)
    {
        var scope = new Scope(this, axes, isOpen: false);
        Expr value = Function(Pick(["tanh", "sigmoid", "sin"]), Value(scope, 2));
        if (LocalRead(scope, mustBePositive: false) is { } before)
            value = Pick(3, 2, 2) switch
            {
                0 => Plus(Times(new Number(0.6), before), value),
                1 => new Where(Condition(scope), value, before),
                _ => Plus(Times(Function("sigmoid", Leaf(scope)), before), value),
            };
        var isSum = Chance(0.15);
        scope.IsOpen = isSum;
        if (isSum) value = Times(value, Leaf(scope));
        return Line(Target(state.Tensor.Name, state.Tensor.Dims), isSum ? LineOp.Add : LineOp.Set, value, scope, 0.12);
    }

    // A tensor without the step's axis may not be read in the loop.
    (string Name, EquatableArray<Dim> Dims) AddSum(List<Statement> lines, List<string> axes)
    {
        var scope = Steps(isOpen: true);
        var value = Value(scope, 2);
        var kept = scope.Axes.Where(a => steps.All(s => s.Axis != a) && (axes.Contains(a) || Chance(0.2))).ToList();
        var (name, dims) = (Name(ComputedNames), Dims(kept, 0));
        lines.Add(Line(Target(name, dims), Pick([LineOp.Add, LineOp.Subtract, LineOp.Add, LineOp.Max]), value, scope, 0.2));
        return (name, dims);
    }

    /// <summary>Lines before the loop for the cells that its first steps read; without one such a cell is 0.</summary>
    void AddStart(Carried state, List<(string Axis, bool Down)> loops)
    {
        foreach (var (axis, down) in loops)
            for (var lag = 1; lag <= state.Lags.GetValueOrDefault(axis); lag++)
            {
                if (Chance(0.45)) continue;
                var place = state.Tensor.Dims.ToList().FindIndex(d => d.Axes[0] == axis);
                var indices = state.Tensor.Dims.Select(d => d.Index).ToList();
                indices[place] = !down ? new Number(-lag) : lag == 1 ? new ExtentValue(axis) : Plus(new ExtentValue(axis), new Number(lag - 1));
                var scope = new Scope(this, state.Tensor.Axes.Where(a => a != axis), isOpen: false);
                body.Add(Line(new(state.Tensor.Name, indices.ToEquatable()), LineOp.Set, Value(scope, random.Next(2)), scope, 0.1));
            }
    }

    EquatableArray<Dim> Margins(EquatableArray<Dim> dims, Carried carried, List<(string Axis, bool Down)> loops) => dims.Select(dim =>
    {
        var (axis, down) = loops.Find(l => l.Axis == dim.Axes[0]);
        var lag = axis is null ? 0 : carried.Lags.GetValueOrDefault(axis);
        return Chance(0.5) ? dim : down ? dim with { To = lag } : dim with { From = -lag };
    }).ToEquatable();

    void AddLast(Carried state, (string Axis, bool Down) loop)
    {
        if (sizes[loop.Axis] == 0) return;
        Expr last = loop.Down ? new Number(0) : Minus(new ExtentValue(loop.Axis), new Number(1));
        var indices = state.Tensor.Dims.Select(d => d.Axes[0] == loop.Axis ? last : d.Index).ToEquatable();
        var dims = state.Tensor.Dims.Where(d => d.Axes[0] != loop.Axis).ToEquatable();
        var name = Name(ComputedNames);
        var scope = new Scope(this, dims.SelectMany(d => d.Axes), isOpen: false);
        Expr value = new Access(state.Tensor.Name, indices);
        body.Add(Line(Target(name, dims), LineOp.Set, Chance(0.6) ? value : Times(value, Value(scope, 1)), scope, 0.1));
        Computed(name, dims);
    }
}
