namespace Adjoint.Tests;

/// <summary>Smaller cases that are still valid: fewer lines and outputs, parts of expressions, smaller sizes.</summary>
static class ProgramShrinker
{
    // A case that does not even run is shown as it is: nothing would tell its smaller forms from wrong programs.
    public static IEnumerable<RandomCase> Smaller(RandomCase made) => Runs(made) ? Candidates(made).Where(c => Runs(c) && (IsTame(c) || !IsTame(made))) : [];

    static bool IsTame(RandomCase made)
    {
        PointwiseEvaluator.Run(made, out var largest);
        return double.IsFinite(largest);
    }


    /// <summary>True when checker and reference take the case.</summary>
    public static bool Runs(RandomCase made)
    {
        try
        {
            Checker.Check(made.Program);
            Reference.Run(made.Program, made.Inputs);
            return true;
        }
        catch (AdjointException)
        {
            return false;
        }
    }

    static IEnumerable<RandomCase> Candidates(RandomCase made)
    {
        var program = made.Program;
        foreach (var body in Without(program.Body)) yield return With(made, program with { Body = body });
        if (program.Outputs.Count > 1)
            foreach (var output in program.Outputs)
                yield return With(made, program with { Outputs = program.Outputs.Where(o => o != output).ToEquatable() });
        foreach (var body in EachLine(program.Body, Smaller)) yield return With(made, program with { Body = body });
        foreach (var (axis, size) in made.Sizes)
            foreach (var less in new[] { 1, size - 1 })
                if (less < size && less >= 0 && axis != "..") yield return Resized(made, axis, less);
        if (made.Leading.Length > 0) yield return new(program, made.Sizes.ToDictionary(s => s.Key, s => s.Key == ".." ? 1 : s.Value), [], made.Domains, made.Seed);
    }

    // One statement less, or a time loop replaced by its lines.
    static IEnumerable<EquatableArray<Statement>> Without(EquatableArray<Statement> body)
    {
        for (var i = 0; i < body.Count; i++)
        {
            var at = i;
            yield return body.Where((_, j) => j != at).ToEquatable();
            if (body[i] is not TimeLoop loop) continue;
            foreach (var inner in Without(loop.Body))
                if (inner.Count > 0) yield return Replaced(body, i, loop with { Body = inner });
        }
    }

    static IEnumerable<EquatableArray<Statement>> EachLine(EquatableArray<Statement> body, Func<Line, IEnumerable<Line>> change)
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (body[i] is TimeLoop loop)
                foreach (var inner in EachLine(loop.Body, change)) yield return Replaced(body, i, loop with { Body = inner });
            else
                foreach (var line in change((Line)body[i])) yield return Replaced(body, i, line);
        }
    }

    static EquatableArray<Statement> Replaced(EquatableArray<Statement> body, int i, Statement statement) =>
        body.Select((s, j) => j == i ? statement : s).ToEquatable();

    static IEnumerable<Line> Smaller(Line line)
    {
        if (line.Condition is not null)
        {
            yield return line with { Condition = null };
            foreach (var condition in Smaller(line.Condition)) yield return line with { Condition = condition };
        }
        foreach (var value in Smaller(line.Value)) yield return line with { Value = value };
    }

    // A part in place of the whole, at every depth; indices stay as they are.
    static IEnumerable<Expr> Smaller(Expr expr)
    {
        if (expr is Access or Number or AxisValue or ExtentValue or AttributeValue)
        {
            if (expr is not Number) yield return Expr.One;
            yield break;
        }
        var parts = expr.Parts();
        foreach (var part in parts) yield return part;
        for (var i = 0; i < parts.Count; i++)
        {
            var at = i;
            foreach (var smaller in Smaller(parts[i])) yield return expr.WithParts(parts.Select((p, j) => j == at ? smaller : p).ToEquatable());
        }
    }

    static RandomCase With(RandomCase made, LoopProgram program)
    {
        var written = program.Lines.Select(l => l.Target.Tensor).ToHashSet();
        program = program with { Outputs = program.Outputs.Where(o => written.Contains(o.Name)).ToEquatable() };
        var read = program.Lines.SelectMany(l => l.Expressions()).ToList();
        var operands = program.Operands.Where(o => o.Kind is OperandKind.Shape || program.Outputs.Any(w => w.Name == o.Name + "'")
            || read.Any(e => e.Any(node => node is Access access && access.Tensor == o.Name))).ToEquatable();
        var attributes = program.Attributes.Where(a => read.Concat(program.Axes.Select(x => x.Bound))
            .Any(e => e.Any(node => node is AttributeValue value && value.Name == a.Name))).ToEquatable();
        var axes = read.SelectMany(e => Mentioned(e)).Concat(operands.SelectMany(o => o.Dims).Concat(program.Outputs.SelectMany(o => o.Dims))
            .SelectMany(d => d.Axes)).Concat(operands.Select(o => made.Domains[o.Name].Axis).OfType<string>()).ToHashSet();
        var bounds = program.Axes.Where(a => axes.Contains(a.Axis)).ToEquatable();
        foreach (var bound in bounds) axes.UnionWith(Mentioned(bound.Bound));
        return Bound(new(program with { Operands = operands, Attributes = attributes, Axes = bounds },
            made.Sizes.Where(s => axes.Contains(s.Key)).ToDictionary(), made.Leading, made.Domains, made.Seed));
    }

    static List<string> Mentioned(Expr expr)
    {
        var axes = new List<string>();
        expr.Visit(node =>
        {
            if (node is AxisValue axis) axes.Add(axis.Axis);
            if (node is ExtentValue extent) axes.Add(extent.Axis);
        });
        return axes;
    }

    static RandomCase Resized(RandomCase made, string axis, int size)
    {
        var sizes = made.Sizes.ToDictionary();
        sizes[axis] = size;
        return Bound(new(made.Program, sizes, made.Leading, made.Domains, made.Seed));
    }

    // Extents that follow from others are read off the binding: the maker's own are those of the larger program.
    static RandomCase Bound(RandomCase made)
    {
        try
        {
            var extents = Extents.Bind(made.Program, made.Shapes);
            var bound = made.Program.Lines.SelectMany(l => l.Expressions()).SelectMany(Mentioned).ToHashSet();
            return new(made.Program, made.Sizes.ToDictionary(s => s.Key, s => bound.Contains(s.Key) ? extents[s.Key] : s.Value), made.Leading,
                made.Domains, made.Seed);
        }
        catch (Exception refusal) when (refusal is AdjointException or ArgumentException or KeyNotFoundException
            or InvalidOperationException or OverflowException)
        {
            return made; // it does not run, and is dropped for that
        }
    }
}
