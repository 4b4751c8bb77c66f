using System.Globalization;
using System.Text;

namespace Adjoint;

// Each line links dimensions of its target to those of its reads: by equal axes, by affine indices, and by conditions
// that bound the difference of two axes. Links compose along the program. A link that keeps growing around a time loop
// is unbounded on that side. Links are upper bounds: no other position matters, some of these may not.

/// <summary>Which axes a program mixes, and how far.</summary>
public sealed class Mixing
{
    sealed record Link(Polynomial Scale, Polynomial? From, Polynomial? To, bool IsRecurrent = false)
    {
        public static readonly Link All = new(Polynomial.One, null, null);
        public static readonly Link Same = new(Polynomial.One, Polynomial.Zero, Polynomial.Zero);
        public bool IsAll => From is null && To is null;

        public Link Then(Link next)
        {
            if (IsAll || next.IsAll || !next.Scale.AtLeast(0))
                return All with { IsRecurrent = IsRecurrent || next.IsRecurrent };
            return new(Scale * next.Scale, Add(From, next.From), Add(To, next.To), IsRecurrent || next.IsRecurrent);

            Polynomial? Add(Polynomial? near, Polynomial? far) =>
                near is null || far is null ? null : near * next.Scale + far;
        }

        public Link Union(Link other) => Scale != other.Scale
            ? All with { IsRecurrent = IsRecurrent || other.IsRecurrent } : new(Scale,
            From is null || other.From is null ? null : -Polynomial.Larger(-From, -other.From),
            To is null || other.To is null ? null : Polynomial.Larger(To, other.To), IsRecurrent || other.IsRecurrent);
    }

    const int RoundsBeforeUnbounded = 4; // a chain of that many reads in reverse text order still gets its exact window

    readonly LoopProgram program;
    readonly SymbolicExtents extents;
    readonly Dictionary<string, Dictionary<(int Dim, string Operand, int OperandDim), Link>> links = [];

    Mixing(LoopProgram program, SymbolicExtents extents)
    {
        (this.program, this.extents) = (program, extents);
        foreach (var operand in program.Operands)
            foreach (var tensor in new[] { operand.Name, operand.Name + "'" }) // an update starts at its operand
                for (var d = 0; d < Math.Max(1, operand.Dims.Count); d++)
                    for (var e = 0; e < operand.Dims.Count; e++)
                        LinksOf(tensor)[(d, operand.Name, e)] = d == e ? Link.Same : Link.All;
        var steps = program.Lines.SelectMany(Steps).ToList();
        for (var (round, changed) = (0, true); changed; round++)
        {
            changed = false;
            foreach (var (target, read, step) in steps)
                changed |= Join(target, read, step, isLate: round > RoundsBeforeUnbounded);
        }
        Mixes = [.. program.Outputs.SelectMany(o => LinksOf(o.Name).Select(l => new Mix(o.Name,
            o.Dims.Count == 0 ? "" : o.Dims[l.Key.Dim].Index.ToString(), l.Key.Operand,
            program.FindOperand(l.Key.Operand)!.Dims[l.Key.OperandDim].Index.ToString(),
            l.Value.Scale, l.Value.From, l.Value.To, l.Value.IsRecurrent)))];
    }

    /// <param name="given">Extents and attributes as numbers or by other names.</param>
    public static Mixing Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial>? given = null) =>
        new(program, SymbolicExtents.Of(program, given));

    /// <summary>For every pair of axes of an output and an operand it depends on.</summary>
    public IReadOnlyList<Mix> Mixes { get; }

    /// <summary>How a position of the output along an axis depends on the operand's along the same or another
    /// axis.</summary>
    public Mix? Between(string output, string axis, string operand, string? operandAxis = null) =>
        Mixes.FirstOrDefault(m =>
        m.Output == output && m.Axis == axis && m.Operand == operand && m.OperandAxis == (operandAxis ?? axis));

    Dictionary<(int Dim, string Operand, int OperandDim), Link> LinksOf(string tensor) =>
        links.TryGetValue(tensor, out var known) ? known : links[tensor] = [];

    bool Join(string target, string read, Link[,] step, bool isLate)
    {
        var (near, changed) = (LinksOf(target), false);
        foreach (var far in LinksOf(read).GroupBy(f => (f.Key.Operand, f.Key.OperandDim)).ToList())
            for (var d = 0; d < step.GetLength(0); d++)
            {
                // each of the read's dimensions bounds the operand's; the sharpest bound is one of them
                var ways = far.Select(f => step[d, f.Key.Dim].Then(f.Value)).ToList();
                var link = ways.Find(w => w.From is not null && w.To is not null) ?? ways.Find(w => !w.IsAll)
                    ?? ways[0];
                var key = (d, far.Key.Operand, far.Key.OperandDim);
                var joined = near.TryGetValue(key, out var old) ? old.Union(link) : link;
                if (isLate && old is not null && old.Scale == joined.Scale
                    && (old.From != joined.From || old.To != joined.To))
                    joined = new(joined.Scale, old.From == joined.From ? old.From : null,
                        old.To == joined.To ? old.To : null, IsRecurrent: true);
                near[key] = joined;
                changed |= joined != old;
            }
        return changed;
    }

    IEnumerable<(string Target, string Read, Link[,] Step)> Steps(Line line)
    {
        var (equalities, limits) = Conditions(line);
        var target = Solve(line.Target);
        foreach (var read in line.Reads().Distinct())
        {
            var indices = Solve(read);
            var step = new Link[target.Count, indices.Count];
            for (var d = 0; d < target.Count; d++)
                for (var e = 0; e < indices.Count; e++) step[d, e] = Step(target[d], indices[e], limits);
            yield return (line.Target.Tensor, read.Tensor, step);
        }

        // a scalar has one dimension without an axis
        List<Polynomial?> Solve(Access access) =>
            access.Indices.Count == 0 ? [null] : [.. access.Indices.Select(Solved)];

        Polynomial? Solved(Expr index) =>
            extents.Read(index) is { } form ? equalities.Aggregate(form, (sum, e) => sum.With(e.Axis, e.Value)) : null;
    }

    // Equalities solved for an axis that the target does not walk along; the rest as forms that are at least 0.
    (List<(string Axis, Polynomial Value)>, List<Polynomial>) Conditions(Line line)
    {
        var (equalities, limits) = (new List<(string, Polynomial)>(), new List<Polynomial>());
        var own = line.Target.Axes();
        foreach (var condition in line.Condition.Conjuncts())
        {
            if (condition is not Compare compare || PointCount.Difference(compare, extents) is not { } form) continue;
            if (compare.Operator is Comparison.NotEqual) continue;
            limits.Add(form);
            if (compare.Operator is not Comparison.Equal) continue;
            if (PointCount.Solve(form, compare, a => !own.Contains(a)) is ({ } axis, { } value))
            {
                equalities.Add((axis, value));
                limits.AddRange([value, extents[axis] - 1 - value]);
            }
            else limits.AddRange([form, -form]);
        }
        return (equalities, limits);
    }

    Link Step(Polynomial? target, Polynomial? read, List<Polynomial> limits)
    {
        if (target is null || read is null || !target.Axes().Any()) return Link.All;
        var axis = target.Axes().FirstOrDefault(a => target.FactorOf(a) == 1) ?? target.Axes().First(); // c of (h,c)
        if (read.Has(axis) && Polynomial.DivideExactly(read.FactorOf(axis), target.FactorOf(axis)) is { } scale)
        {
            var rest = read - scale * target;
            return rest.Axes().Any(target.Has) ? Link.All
                : new(scale, rest.Bound(false, a => extents[a]), rest.Bound(true, a => extents[a]));
        }
        var difference = read - target;
        return new(Polynomial.One, Highest(-difference) is { } lowest ? -lowest : null, Highest(difference));

        // limit >= 0 and limit + form without the axes of the two: form is at most what that sum is at most
        Polynomial? Highest(Polynomial form) => limits.Select(l => l + form)
            .Where(l => !l.Axes().Any(a => target.Has(a) || read.Has(a)))
            .Select(l => l.Bound(true, a => extents[a])).FirstOrDefault(b => b is not null);
    }

    /// <summary>A line for every axis of every output, then the operands' axes that are summed over or looked
    /// up.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        foreach (var output in program.Outputs)
        {
            var axes = output.Dims.Select(d => d.Index.ToString()).ToList();
            var told = Mixes.Where(m => m.Output == output.Name
                && (m.Axis == m.OperandAxis || m.From is not null || m.To is not null)).ToList();
            foreach (var axis in axes)
            {
                var ways = told.Where(m => m.Axis == axis).GroupBy(m => m.ToString())
                    .Select(g => $"{g.Key} of {string.Join(", ", g.Select(Name))}");
                text.Append(CultureInfo.InvariantCulture, $"  {output.Name} along {axis}: {string.Join("; ", ways)}\n");
            }
            var whole = Mixes.Where(m => m.Output == output.Name
                && !told.Any(t => t.Operand == m.Operand && t.OperandAxis == m.OperandAxis))
                .Select(Name).Distinct().ToList();
            if (whole.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"  {output.Name} mixes all of {string.Join(", ", whole)}\n");
        }
        return text.ToString();

        string Name(Mix mix) => mix.Axis == mix.OperandAxis ? mix.Operand : $"{mix.Operand} ({mix.OperandAxis})";
    }
}
