namespace Adjoint;

// A program of integers computes integers as long as it only moves, adds and compares sizes; quotients, functions and
// comparisons have the floating type. So x + 1, Reshape and Max of integers stay integers without a word about it.

/// <summary>The types of computed tensors in a program none of whose operands is floating.</summary>
static class IntegerFlow
{
    const DType Floating = DType.Float32;

    /// <param name="types">Of the operands; receives those of the computed tensors that hold integers.</param>
    public static void AddTypes(
        LoopProgram program, Dictionary<string, DType> types, IReadOnlyDictionary<string, double> attributes)
    {
        var operands = types.Keys.ToHashSet();
        // A tensor of a time loop may be read before the line that makes its type wider.
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var line in program.Lines)
            {
                var name = line.Target.Tensor;
                if (operands.Contains(name)) continue;
                var type = Summed(line, Of(line.Value));
                if (Join(types.TryGetValue(name, out var known) ? known : null, type) is not { } joined) continue;
                if (types.TryGetValue(name, out known) && known == joined) continue;
                types[name] = joined;
                changed = true;
            }
        }

        DType? Of(Expr expr) => expr switch
        {
            Access access => types.TryGetValue(access.Tensor, out var type) ? type : null,
            Number number => double.IsInteger(number.Value) || double.IsInfinity(number.Value) ? null : Floating,
            AttributeValue attribute => double.IsInteger(attributes[attribute.Name]) ? null : Floating,
            Negate or Stop => Of(expr.Parts()[0]),
            Where where => Join(Of(where.Then), Of(where.Else)),
            Binary { Operator: not Arithmetic.Divide } binary => Counted(Join(Of(binary.Left), Of(binary.Right))),
            Call { Function.Name: "max" or "min" or "abs" or "sign" or "square" or "floor" } call =>
                call.Arguments.Aggregate((DType?)null, (type, argument) => Join(type, Of(argument))),
            AxisValue or ExtentValue => null,
            _ => Floating,
        };
    }

    // A sum of truths is a count.
    static DType? Summed(Line line, DType? type) =>
        line.Op is LineOp.Add or LineOp.Subtract && type is DType.Bool ? DType.Int64 : type;

    static DType? Counted(DType? type) => type is DType.Bool ? DType.Int32 : type;

    static DType? Join(DType? a, DType? b)
    {
        if (a is not { } x || b is not { } y) return a ?? b;
        if (x == Floating || y == Floating) return Floating;
        if (x is DType.Bool || y is DType.Bool) return x is DType.Bool ? y : x;
        return x.ByteSize >= y.ByteSize ? x : y;
    }
}
