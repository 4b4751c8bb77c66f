using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>Programs to text. What is printed parses back to an equal program.</summary>
public sealed class Printer
{
    readonly StringBuilder text = new();
    readonly List<(Expr Node, int Column)> places = [];
    bool isIndex; // inside an index operators stand without spaces: h[t-1,j]

    public static string Print(LoopProgram program)
    {
        var lines = new List<string> { Signature(program) };
        foreach (var axis in program.Axes) lines.Add($"  axis {axis.Axis} < {Print(axis.Bound)}");
        AddBody(lines, program.Body, "  ");
        return string.Join('\n', lines) + "\n";
    }

    public static string Print(Expr expr)
    {
        var printer = new Printer();
        printer.Write(expr, Level.Or);
        return printer.text.ToString();
    }

    /// <summary>One statement; a time loop over several lines.</summary>
    public static string Print(Statement statement)
    {
        var lines = new List<string>();
        AddBody(lines, [statement], "");
        return string.Join('\n', lines);
    }

    /// <summary>The first line: name, operands, attributes, outputs.</summary>
    public static string Signature(LoopProgram program)
    {
        var operands = string.Join(", ", program.Operands.Select(Print));
        var attributes = string.Join(", ", program.Attributes.Select(a => $"{a.Name} = {Print(a.Default)}"));
        var outputs = string.Join(", ", program.Outputs.Select(o => o.Name + Print(o.Dims)));
        return $"{program.Name}({operands}{(attributes.Length > 0 ? "; " + attributes : "")}) -> {outputs}";
    }

    internal static string Head(TimeLoop loop) => $"for {loop.Axis}{(loop.Down ? " down" : "")}:";

    static void AddBody(List<string> lines, EquatableArray<Statement> body, string indent)
    {
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop)
            {
                lines.Add(indent + Head(loop));
                AddBody(lines, loop.Body, indent + "  ");
            }
            else lines.Add(indent + new Printer().Write((Line)statement));
        }
    }

    static string Print(Operand operand) => operand.Kind switch
    {
        OperandKind.Int => "int ",
        OperandKind.Uniform => "uniform ",
        OperandKind.Normal => "normal ",
        OperandKind.Shape => "shape ",
        _ => "",
    } + operand.Name + Print(operand.Dims);

    static string Print(EquatableArray<Dim> dims) => dims.Count == 0 ? "" : $"[{string.Join(',', dims.Select(Print))}]";

    static string Print(Dim dim) =>
        (dim.IsComposite ? $"({string.Join(',', dim.Axes)})" : dim.Axes[0])
        + (dim.From < 0 ? $" from {Print(dim.From)}" : "") + (dim.To > 0 ? $" to +{Print(dim.To)}" : "");

    internal static string Print(double number)
    {
        if (double.IsPositiveInfinity(number)) return "inf";
        if (double.IsNegativeInfinity(number)) return "-inf";
        var digits = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = digits.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? digits
            : digits[..exponent] + "e" + int.Parse(digits.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
                .ToString(CultureInfo.InvariantCulture);
    }

    internal string Write(Line line)
    {
        Write(line.Target, Level.Or);
        text.Append(line.Op switch
        {
            LineOp.Set => " = ",
            LineOp.Add => " += ",
            LineOp.Subtract => " -= ",
            LineOp.Multiply => " *= ",
            LineOp.Max => " max= ",
            _ => " min= ",
        });
        Write(line.Value, Level.Compare);
        if (line.Condition is not null)
        {
            text.Append("  if ");
            Write(line.Condition, Level.Or);
        }
        return text.ToString();
    }

    /// <summary>Where a node of the written line begins, from 1; null when it is not part of it.</summary>
    internal int? ColumnOf(Expr node)
    {
        foreach (var place in places)
            if (ReferenceEquals(place.Node, node)) return place.Column;
        return null;
    }

    // How tightly an operator binds: a child that binds less than its place demands stands in parentheses.
    enum Level { Or, And, Not, Compare, Sum, Product, Unary, Primary, Bracket }

    static Level LevelOf(Expr expr) => expr switch
    {
        Or => Level.Or,
        And => Level.And,
        Not => Level.Not,
        Compare => Level.Compare,
        Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } => Level.Sum,
        Binary => Level.Product,
        Negate => Level.Unary,
        _ => Level.Primary,
    };

    void Write(Expr expr, Level place)
    {
        places.Add((expr, text.Length + 1));
        if (LevelOf(expr) < place)
        {
            text.Append('(');
            WriteBare(expr);
            text.Append(')');
        }
        else WriteBare(expr);
    }

    void WriteBare(Expr expr)
    {
        switch (expr)
        {
            case Number number: text.Append(Print(number.Value)); break;
            case AxisValue axis: text.Append(axis.Axis); break;
            case ExtentValue extent: text.Append('#').Append(extent.Axis); break;
            case AttributeValue attribute: text.Append(attribute.Name); break;
            case Access access:
                text.Append(access.Tensor);
                if (access.Indices.Count > 0) WriteList('[', access.Indices, ']', ",", index: true);
                break;
            case Composite composite: WriteList('(', composite.Parts, ')', ",", index: true); break;
            case Negate negate:
                text.Append('-');
                // -(3) is the negation of 3; -3 is one number
                Write(negate.Value, negate.Value is Number ? Level.Bracket : Level.Unary);
                break;
            case Binary binary: WriteBinary(binary); break;
            case Compare compare: WriteInfix(compare.Left, Symbol(compare.Operator), compare.Right, Level.Sum, Level.Sum); break;
            case And and: WriteInfix(and.Left, "and", and.Right, Level.And, Level.Not); break;
            case Or or: WriteInfix(or.Left, "or", or.Right, Level.Or, Level.And); break;
            case Not not:
                text.Append("not ");
                Write(not.Value, Level.Not);
                break;
            case Call call:
                text.Append(call.Function.Name);
                WriteList('(', call.Arguments, ')', ", ", index: false);
                break;
            case Where where:
                text.Append("where");
                WriteList('(', [where.Condition, where.Then, where.Else], ')', ", ", index: false);
                break;
            case Stop stop:
                text.Append("stop");
                WriteList('(', [stop.Value], ')', "", index: false);
                break;
            default: throw Throw.Internal($"the printer does not know {expr.GetType().Name}");
        }
    }

    void WriteBinary(Binary binary)
    {
        var level = LevelOf(binary);
        Write(binary.Left, level);
        var symbol = binary.Operator switch
        {
            Arithmetic.Add => "+",
            Arithmetic.Subtract => "-",
            Arithmetic.Multiply => "*",
            Arithmetic.Divide => "/",
            _ => "%",
        };
        text.Append(isIndex ? symbol : $" {symbol} ");
        Write(binary.Right, level + 1);
    }

    void WriteInfix(Expr left, string symbol, Expr right, Level leftPlace, Level rightPlace)
    {
        Write(left, leftPlace);
        text.Append(' ').Append(symbol).Append(' ');
        Write(right, rightPlace);
    }

    void WriteList(char open, EquatableArray<Expr> items, char close, string separator, bool index)
    {
        var outer = isIndex;
        isIndex = index;
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(separator);
            Write(items[i], Level.Or);
        }
        text.Append(close);
        isIndex = outer;
    }

    static string Symbol(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "==",
        Comparison.NotEqual => "!=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };
}
