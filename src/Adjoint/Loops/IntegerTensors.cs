namespace Adjoint;

/// <summary>Which tensors of a program hold integers.</summary>
static class IntegerTensors
{
    /// <summary>Operands that hold integers: declared so, or used in an index.</summary>
    public static HashSet<string> Operands(LoopProgram program)
    {
        var looked = InIndices(program);
        return [.. program.Operands.Where(o => o.Kind is OperandKind.Int || looked.Contains(o.Name)).Select(o => o.Name)];
    }

    /// <summary>These operands, and the computed tensors that stand in an index.</summary>
    public static HashSet<string> All(LoopProgram program)
    {
        var names = Operands(program);
        var open = new Stack<string>(InIndices(program).Where(name => IsComputed(program, name)));
        while (open.TryPop(out var name))
            if (names.Add(name))
                foreach (var read in program.Lines.Where(l => l.Target.Tensor == name).SelectMany(l => l.Reads())) open.Push(read.Tensor);
        return names;
    }

    /// <summary>Whether a tensor is computed from integers alone, so that it may stand in an index.</summary>
    public static bool IsComputed(LoopProgram program, string tensor)
    {
        var seen = new HashSet<string>();
        return Is(tensor);

        // What a loop carries on is as whole as what it begins with.
        bool Is(string name) => !seen.Add(name) || program.FindOperand(name) is { Kind: OperandKind.Int }
            || program.FindOperand(name) is null && program.Updated(name) is null
                && program.Lines.Where(l => l.Target.Tensor == name).ToList() is { Count: > 0 } writers
                && writers.TrueForAll(l => l.Op is LineOp.Set or LineOp.Add or LineOp.Subtract && IsWhole(l.Value));

        bool IsWhole(Expr value) => value switch
        {
            Access access => Is(access.Tensor),
            AxisValue or ExtentValue => true,
            Number number => double.IsInteger(number.Value),
            Negate or Binary { Operator: Arithmetic.Add or Arithmetic.Subtract or Arithmetic.Multiply } => value.Parts().All(IsWhole),
            _ => false,
        };
    }

    static HashSet<string> InIndices(LoopProgram program)
    {
        var names = new HashSet<string>();
        foreach (var index in program.Lines.SelectMany(l => l.Reads().Append(l.Target)).SelectMany(a => a.Indices))
            index.Visit(node => { if (node is Access gathered) names.Add(gathered.Tensor); });
        return names;
    }
}
