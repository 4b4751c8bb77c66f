namespace Adjoint;

// A line that is a contraction: its operands, what is packed before the loops around it, and the pointwise lines that
// end its tiles.

sealed partial class CpuCompiler
{
    IEnumerable<CpuStep> Contract(LinePlan plan, Epilogue? epilogue)
    {
        var line = plan.Contraction!;
        var (still, outermost) = Still(plan);
        var contraction = ContractionPlan.Of(line.Shape, program.Type, options.Target, Team.Threads, still);
        int? panels = null;
        if (contraction.PanelBytes > 0)
        {
            panels = program.Places.Count + Panels.Count;
            Panels.Add(contraction.PanelBytes);
            var (name, first) = still is StillOperand.A ? (line.TensorA, line.A) : (line.TensorB, line.B);
            packs.Add((new(contraction, Operand(name, first), panels.Value, name, Team), outermost));
        }
        Contractions++;
        var lines = epilogue?.Lines ?? [];
        if (!contraction.CanFinish) epilogue = null;
        if (epilogue is not null) Unstored.Add(epilogue.Product);
        yield return new ContractionStep(contraction, Operand(line.TensorA, line.A), Operand(line.TensorB, line.B),
            epilogue is null ? Operand(plan.Line.Target.Tensor, line.Out) : Hosted(epilogue.Host),
            !plan.IsFirst, Scale(), Team, [plan, .. epilogue?.Lines ?? []],
            epilogue is null ? null : new(program, plan.Line, lines, contraction.RowStep, loops, CompileEpilogue),
            panels)
        {
            Cuts = [.. line.Cuts.Select(c =>
                (c.Group, new RunInteger(program, c.Count, loops, [.. line.Outer.Select(o => o.Axis)])))],
            Outer = [.. line.Outer.Select(o => o.Steps)],
            Cells = Cells,
        };
        if (epilogue is not null) yield break;
        var rest = new LoopTree(program);
        foreach (var bound in line.Bounds.Where(b => IsSeenOutside(plan.Line.Source.Target, b)))
            rest.Add(new(program, new(program, Cleared(plan.Line.Source.Target, bound), plan.Line.Loops,
                plan.Line.Number), null));
        foreach (var pointwise in lines) rest.Add(pointwise);
        foreach (var item in rest.Items) yield return Compile(item);

        Func<double[], double> Scale()
        {
            Expr scale = line.Numbers.Aggregate((Expr)new Number(line.Scale),
                (product, number) => new Binary(Arithmetic.Multiply, product, number));
            return NumberFunction.Of(program, scale);
        }

        ContractionOperand Hosted(Access host) => Operand(host.Tensor,
            plan.Line.Left.Aggregate(program.Offset(host), (start, axis) => start.Without(axis)));

        ContractionOperand Operand(string tensor, IndexForm first) =>
            new(program[tensor].Buffer, program[tensor].Type.ByteSize, first.Constant,
                [.. loops.Select(l => first[l])]);

        (NestKernel, KernelEntry) CompileEpilogue(string? row, string column, string[] others)
        {
            var kernel = Write(new HashSet<string>());
            var local = lines.Select(p => p.Line.Target.Tensor)
                .Where(t => IsLocal(t, lines) && !kernel.Loaded.Contains(t)).ToHashSet();
            if (local.Count > 0) kernel = Write(local);
            Unstored.UnionWith(local);
            return (kernel, Entry(kernel.Code));

            NestKernel Write(HashSet<string> unstored) => NestWriter.WriteRectangle(
                program, epilogue, row, column, others, options.Target, Sites, unstored);
        }
    }

    // The operand of a contraction that its time loops leave as it is, and the outermost of those.
    (StillOperand Operand, string Loop) Still(LinePlan plan)
    {
        var line = plan.Contraction!;
        if (line.Cuts.Count > 0) return (StillOperand.None, "");
        var (ofA, ofB) = (Outermost(line.TensorA, line.A), Outermost(line.TensorB, line.B));
        return ofB is not null ? (StillOperand.B, ofB) : ofA is not null ? (StillOperand.A, ofA) : (StillOperand.None, "");

        string? Outermost(string tensor, IndexForm first) => plan.Line.Loops.Reverse().TakeWhile(loop => first[loop] == 0
            && program.Extents[loop] > 1 && !tensors.Writers(tensor).Any(w => w.Line.Loops.Contains(loop))).LastOrDefault();
    }

    // Whether somebody may see cells of a contraction where it has written anything.
    bool IsSeenOutside(Access target, IndexForm bound) => program[target.Tensor].IsOutput
        || plans.Values.Any(p => p.Line.Reads.Any(r => r.Tensor == target.Tensor
            && !(p.Line.Limits.Any(l => l.Key == bound.Key) && program.Offset(r).Key == program.Offset(target).Key)));

    Line Cleared(Access target, IndexForm bound) => new(target, LineOp.Set, new Number(0),
        new Compare(Comparison.Less, bound.ToExpr(s => program.Atom(s) ?? new AxisValue(s)), new Number(0)));
}
