namespace Adjoint.Tests;

sealed partial class ProgramGenerator
{
    /// <summary>An expression over the axes of the scope; an open scope grows.</summary>
    Expr Value(Scope scope, int depth)
    {
        if (depth <= 0) return Leaf(scope);
        Expr Deeper() => Value(scope, depth - 1);
        switch (Pick(10, 8, 5, 12, 12, 5, 5, 4, 3, 3, 3, 3, 2, 1))
        {
            case 0: return Leaf(scope);
            case 1: return Plus(Deeper(), Deeper());
            case 2: return Minus(Deeper(), Deeper());
            case 3: return Times(Deeper(), Deeper());
            case 4: return Function(Pick(["tanh", "sigmoid", "softplus", "erf", "sin", "cos", "square", "atan"]), Deeper());
            case 5: return Over(Deeper(), Positive(scope, depth - 1));
            case 6: return Function(Pick(["log", "sqrt", "exp"]), Function("sqrt", Positive(scope, depth - 1)));
            case 7: return new Where(Condition(scope), Deeper(), Deeper());
            case 8: return new Stop(Deeper());
            case 9: return Function(Pick(["max", "min"]), Deeper(), Chance(0.5) ? new Number(Pick([0, 0.5, -0.3])) : Deeper());
            case 10: return Chance(0.5) ? Function("abs", Deeper()) : new Negate(Deeper());
            case 11:
                return Chance(0.5) ? Function("pow", Deeper(), new Number(random.Next(1, 4)))
                    : Function("pow", Positive(scope, depth - 1), Chance(0.5) ? new Number(Pick([0.5, 1.5, -0.5])) : Deeper());
            case 12: return Times(Deeper(), Condition(scope));
            default: return Plus(Deeper(), Function(Pick(["floor", "sign"]), Deeper()));
        }
    }

    /// <summary>An expression whose value stays well above 0.</summary>
    Expr Positive(Scope scope, int depth) => Pick(3, 3, 3, 2, 2) switch
    {
        0 when Read(scope, mustBePositive: true) is { } read => read,
        1 => Function("exp", Function("tanh", Value(scope, depth - 1))),
        2 => Plus(new Number(0.5), Function(Pick(["square", "sigmoid", "softplus"]), Value(scope, depth - 1))),
        3 => Plus(Function("cos", Value(scope, depth - 1)), new Number(2)),
        _ => Chance(0.5) ? new Number(Pick([1.5, 2, 0.7])) : Attribute(Pick([0.7, 1.5])),
    };

    Expr Leaf(Scope scope)
    {
        switch (Pick(30, 2, 2, 1, 1))
        {
            case 1: return new Number(Pick([0.5, -0.7, 2, 1, 0.3, -1]));
            case 2: return Attribute(Pick([0.3, 0.7, -0.5, 2]));
            case 3 when scope.Axes.Count > 0: return Times(new Number(0.2), new AxisValue(Pick(scope.Axes)));
            case 4 when scope.Axes.Where(a => sizes[a] > 0).ToList() is { Count: > 0 } full: return Over(Leaf(scope), new ExtentValue(Pick(full)));
            default:
                var before = scope.Guards.Count;
                if (Read(scope) is not { } read) return new Number(0.4);
                if (scope.Guards.Count == before || Chance(0.4)) return read;
                // A guarded read inside a where needs no condition on the line.
                var guard = Traversal.Conjunction(scope.Guards.Skip(before))!;
                scope.Guards.RemoveRange(before, scope.Guards.Count - before);
                return new Where(guard, read, Chance(0.5) ? new Number(0) : new Number(-0.4));
        }
    }

    /// <summary>A condition between axes, on data, or both.</summary>
    Expr Condition(Scope scope)
    {
        switch (Pick(12, 2, 2, 2))
        {
            case 1: return new And(Condition(scope), Condition(scope));
            case 2: return new Or(Condition(scope), Condition(scope));
            case 3: return new Not(Condition(scope));
        }
        var axes = scope.Axes;
        switch (axes.Count == 0 ? 3 : Pick(4, 4, 2, 4, 2))
        {
            case 0 when axes.Count > 1:
                var shift = random.Next(3);
                Expr right = new AxisValue(Pick(axes));
                return new Compare(Relation(), new AxisValue(Pick(axes)), shift == 0 ? right : Chance(0.5) ? Plus(right, new Number(shift)) : Minus(right, new Number(shift)));
            case 0 or 1:
                var axis = Pick(axes);
                return Chance(0.2) ? new Compare(Relation(), new Binary(Arithmetic.Remainder, new AxisValue(axis), new Number(2)), new Number(random.Next(2)))
                    : new Compare(Relation(), new AxisValue(axis), Chance(0.2) ? Over(new ExtentValue(axis), new Number(2)) : new Number(random.Next(Math.Max(1, sizes[axis]))));
            case 2 when axes.Where(a => a != ".." && sizes[a] > 0).ToList() is { Count: > 0 } counted:
                var limited = Pick(counted);
                var closed = new Scope(this, scope.Axes.Where(a => a != limited), isOpen: false);
                if (Gathered(limited, closed, beyond: 1) is not { } length) goto default;
                return new Compare(Pick([Comparison.Less, Comparison.LessOrEqual, Comparison.GreaterOrEqual]), new AxisValue(limited), length);
            default:
                var before = scope.Guards.Count;
                var read = Read(scope);
                if (read is null) return new Number(1);
                Expr test = new Compare(Pick([Comparison.Greater, Comparison.LessOrEqual, Comparison.Less]), read,
                    Chance(0.6) ? new Number(Pick([0, 0.3, -0.4])) : new Number(0.1));
                foreach (var guard in scope.Guards.Skip(before)) test = new And(guard, test);
                scope.Guards.RemoveRange(before, scope.Guards.Count - before);
                return test;
        }
    }

    // == between axes ties them, so it stays rarer than the bounds.
    Comparison Relation() => Pick([Comparison.LessOrEqual, Comparison.Less, Comparison.NotEqual, Comparison.GreaterOrEqual, Comparison.Greater,
        Comparison.Less, Comparison.LessOrEqual, Comparison.Equal]);
}
