namespace Adjoint;

// Expressions to closures over the current positions. Values and conditions are computed in double here; indices, in
// integers, are in LineCompiler.Indices.cs.

/// <summary>Turns the expressions of one line into closures.</summary>
sealed partial class LineCompiler(ProgramFrame frame, Line line)
{
    readonly long[] at = frame.Positions.At;

    public Func<double> Value(Expr expr)
    {
        var value = Node(expr);
        if (expr.Any(e => e is AxisValue or Access)) return value;
        var constant = value();
        return () => constant;
    }

    public Func<bool> Condition(Expr expr)
    {
        switch (expr)
        {
            case And and:
                var (first, second) = (Condition(and.Left), Condition(and.Right));
                return () => first() && second();
            case Or or:
                var (one, other) = (Condition(or.Left), Condition(or.Right));
                return () => one() || other();
            case Not not:
                var value = Condition(not.Value);
                return () => !value();
            case Compare compare: return Holds(compare.Operator, Value(compare.Left), Value(compare.Right));
            default:
                var number = Value(expr);
                return () => number() != 0;
        }
    }

    Func<double> Node(Expr expr)
    {
        switch (expr)
        {
            case Number number: return () => number.Value;
            case AxisValue axis:
                var slot = frame.Positions[axis.Axis];
                return () => at[slot];
            case ExtentValue extent:
                double size = frame.Extents[extent.Axis];
                return () => size;
            case AttributeValue attribute:
                var given = frame.Extents.Attribute(attribute.Name);
                return () => given;
            case Access access: return Read(access);
            case Negate negate:
                var positive = Value(negate.Value);
                return () => -positive();
            case Binary binary:
                var operation = Operation(binary.Operator, Value(binary.Left), Value(binary.Right));
                return binary.Operator is Arithmetic.Remainder ? Held(operation) : operation;
            case Call { Function.Arity: 1 } call:
                var (function, argument) = (call.Function.Value, Value(call.Arguments[0]));
                return () => function(argument(), 0);
            case Call call:
                var (function2, a, b) = (call.Function.Value, Value(call.Arguments[0]), Value(call.Arguments[1]));
                return () => function2(a(), b());
            case Where where:
                var (condition, then, otherwise) = (Condition(where.Condition), Value(where.Then), Value(where.Else));
                return () => condition() ? then() : otherwise();
            case Stop stop: return Held(Value(stop.Value));
            case Compare or And or Or or Not:
                var holds = Condition(expr);
                return () => holds() ? 1 : 0;
            case Composite:
                var index = Index(expr);
                return () => index();
            default: throw Throw.Internal($"the reference does not know {expr.GetType().Name}");
        }
    }

    // Without a gradient, and so held where differences are taken: stop, and `%`, whose slope is 1 nearly everywhere.
    Func<double> Held(Func<double> value) => frame.Stops is { } stops ? () => stops.Next(value) : value;

    Func<double> Read(Access access)
    {
        if (frame.Cells.GetValueOrDefault(access.Tensor) is not { } cells)
            throw RunErrors.NoValues(frame.Program, line, access);
        var offset = Address(access);
        return () => cells.Values[offset()];
    }

    static Func<double> Operation(Arithmetic op, Func<double> a, Func<double> b) => op switch
    {
        Arithmetic.Add => () => a() + b(),
        Arithmetic.Subtract => () => a() - b(),
        Arithmetic.Multiply => () => a() * b(),
        Arithmetic.Divide => () => a() / b(),
        _ => () => FlooredRemainder(a(), b()),
    };

    static Func<bool> Holds(Comparison op, Func<double> a, Func<double> b) => op switch
    {
        Comparison.Equal => () => a() == b(),
        Comparison.NotEqual => () => a() != b(),
        Comparison.Less => () => a() < b(),
        Comparison.LessOrEqual => () => a() <= b(),
        Comparison.Greater => () => a() > b(),
        _ => () => a() >= b(),
    };

    // Exact where both are whole numbers; the sign is that of b.
    static double FlooredRemainder(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 && remainder < 0 != b < 0 ? remainder + b : remainder;
    }
}
