namespace Adjoint;

sealed partial class NestWriter
{
    readonly List<Dictionary<Expr, CodeExpr>> known = [];

    /// <summary>The value of an expression at the open point: a scalar where it is the same for all lanes.</summary>
    CodeExpr Value(Expr expr)
    {
        if (program.Constant(expr) is { } constant) return Code.Constant(new CodeType(element), constant);
        if (Known(expr) is { } found) return found;
        var value = element == Element.Float && IsWholeNumbers(expr) ? InDouble(expr) : Node(expr);
        return uses.GetValueOrDefault(expr) > 1 && expr is not AxisValue ? Remember(expr, value) : value;
    }

    CodeExpr Node(Expr expr) => expr switch
    {
        AxisValue axis => axis.Axis == vector
            ? Code.Convert(lanes!.Indices(vectorIndex), element) : Code.Convert(positions[axis.Axis], element),
        Access access => Read(access),
        AttributeValue attribute => Code.Convert(Argument(program.Argument(attribute.Name)), element),
        Negate negate => -Value(negate.Value),
        Binary { Operator: Arithmetic.Remainder } binary => code.Remainder(Value(binary.Left), Value(binary.Right)),
        Binary binary => Operation(binary.Operator, Value(binary.Left), Value(binary.Right)),
        Call call => Function(call),
        Where where => Chosen(where),
        Stop stop => Value(stop.Value),
        Compare or And or Or or Not => Code.Select(Condition(expr), Scalar(1), Scalar(0)),
        _ => throw Throw.Internal($"kernels do not know {expr.GetType().Name}"),
    };

    CodeLocal Argument(int number)
    {
        if (arguments.TryGetValue(number, out var known)) return known;
        numbers.Add(number);
        return arguments[number] = code.Number($"number{number}", Element.Double);
    }

    CodeConstant Scalar(double value) => new(new CodeType(element), value);

    static CodeExpr Operation(Arithmetic op, CodeExpr a, CodeExpr b) => op switch
    {
        Arithmetic.Add => a + b,
        Arithmetic.Subtract => a - b,
        Arithmetic.Multiply => a * b,
        _ => a / b,
    };

    CodeExpr Function(Call call)
    {
        var a = Value(call.Arguments[0]);
        return call.Arguments.Count == 1 ? code.Apply(call.Function.Name, a)
            : code.Apply(call.Function.Name, a, Value(call.Arguments[1]));
    }

    CodeExpr Chosen(Where where)
    {
        var condition = Condition(where.Condition);
        if (line.IsSafe(where.Then) && line.IsSafe(where.Else))
            return Code.Select(code.Let("holds", condition), Value(where.Then), Value(where.Else));
        var chosen = code.Variable("chosen", Scalar(0));
        code.If(condition, () => Scoped(() => code.Assign(chosen, Value(where.Then))),
            () => Scoped(() => code.Assign(chosen, Value(where.Else))));
        return chosen;
    }

    /// <summary>A mask, or one truth for all lanes.</summary>
    CodeExpr Condition(Expr expr)
    {
        switch (expr)
        {
            case And or Or:
                var parts = expr.Parts();
                var first = Condition(parts[0]);
                if (line.IsSafe(parts[1])) return expr is And ? first & Condition(parts[1])
                    : first | Condition(parts[1]);
                var both = code.Variable("holds", first);
                code.If(expr is And ? both : !both, () => Scoped(() => code.Assign(both, Condition(parts[1]))));
                return both;
            case Not not: return !Condition(not.Value);
            case Compare compare:
                return program.Affine(compare.Left) is { } left && program.Affine(compare.Right) is { } right
                    ? Compared(compare.Operator, Whole(left.Minus(right)), 0)
                    : Compared(compare.Operator, Value(compare.Left), Value(compare.Right));
            default: return Code.NotEqual(Value(expr), Scalar(0));
        }
    }

    static CodeExpr Compared(Comparison op, CodeExpr a, CodeExpr b) => op switch
    {
        Comparison.Equal => Code.Equal(a, b),
        Comparison.NotEqual => Code.NotEqual(a, b),
        Comparison.Less => a < b,
        Comparison.LessOrEqual => a <= b,
        Comparison.Greater => a > b,
        _ => a >= b,
    };

    // Integers of the lanes where the vector axis is in the form.
    CodeExpr Whole(IndexForm form)
    {
        if (vector is null || form[vector] is not (not 0 and var factor)) return Position(form);
        var type = lanes!.Type.AsInteger.Element;
        var rest = Code.Convert(Position(form.Without(vector)), type);
        return lanes.Indices(vectorIndex) * Code.Constant(new CodeType(type), factor) + rest;
    }

    // Numbers made of counts (1 - pow(beta, step)) cancel: they are computed in double, once.
    CodeExpr InDouble(Expr expr)
    {
        known.Add([]);
        element = Element.Double;
        var value = code.Let("number", Node(expr));
        element = Element.Float;
        known.RemoveAt(known.Count - 1);
        return Code.Convert(value, Element.Float);
    }

    bool IsWholeNumbers(Expr expr) => expr is not (Access or AxisValue) && !expr.Any(e => e is AxisValue)
        && !expr.Any(e =>
            e is Access { Indices.Count: > 0 } || e is Access access && !program[access.Tensor].IsInteger);

    /// <summary>What is already in a local; while single lanes are written, nothing that differs between
    /// them.</summary>
    CodeExpr? Known(Expr expr)
    {
        if (element != program.Element || expr is Number or AxisValue) return null;
        for (var scope = known.Count - 1; scope >= 0; scope--)
            if (known[scope].TryGetValue(expr, out var value)) return lane is not null && expr.Axes().Contains(lane)
                ? null : value;
        return null;
    }

    CodeExpr Remember(Expr expr, CodeExpr value)
    {
        if (element != program.Element || lane is not null && expr.Axes().Contains(lane)) return value;
        value = code.Let(expr is Access access ? access.Tensor : "value", value);
        known[^1][expr] = value;
        return value;
    }

    /// <summary>Drops what was computed from a tensor that now changes.</summary>
    void Forget(string tensor)
    {
        foreach (var scope in known)
            foreach (var expr in scope.Keys.Where(k =>
                k.Any(e => e is Access a && a.Tensor == tensor)).ToList()) scope.Remove(expr);
    }

    void Scoped(Action write)
    {
        known.Add([]);
        bases.Add([]);
        write();
        known.RemoveAt(known.Count - 1);
        bases.RemoveAt(bases.Count - 1);
    }

    // Before a loop: the start of the rows its lines walk along, and the values it would compute again at each turn.
    void Prepare(LoopNode node, List<LinePlan> plans)
    {
        var written = plans.Select(p => p.Line.Target.Tensor).ToHashSet();
        foreach (var plan in plans)
        {
            line = plan.Line;
            foreach (var expression in line.Tests.Prepend(line.Value)) Hoist(expression, written);
        }
        foreach (var item in node.Items)
        {
            if (item is not PointItem { Plan.Line: var own }) continue;
            line = own;
            foreach (var access in own.Reads.Append(own.Target)) PrepareBase(access, node.Axis, written);
        }
    }

    void Hoist(Expr expr, HashSet<string> written)
    {
        if (expr is Number or AxisValue or ExtentValue || program.Constant(expr) is not null) return;
        if (expr.Axes().TrueForAll(positions.ContainsKey) && IsFixed(expr, written))
        {
            if (Known(expr) is null) Remember(expr, Value(expr));
            return;
        }
        if (expr is Access) return;
        foreach (var part in expr.Parts()) Hoist(part, written);
    }

    // Reads nothing that changes, and reads inside its tensors whatever the conditions say.
    bool IsFixed(Expr expr, HashSet<string> written) =>
        !expr.Any(e => e is Access access && (written.Contains(access.Tensor) || !program.StaysInside(access, [])));
}
