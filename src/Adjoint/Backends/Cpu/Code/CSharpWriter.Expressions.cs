using System.Globalization;

namespace Adjoint;

sealed partial class CSharpWriter
{
    // How tightly an operator binds: parentheses stand where C# needs them, and around all but names beside & | ^ < <<,
    // whose order nobody remembers.
    const int Loose = 0, Bitwise = 1, Compared = 2, Shifted = 3, Added = 4, Multiplied = 5, Prefix = 6, Tight = 7;

    string Print(CodeExpr expr, int context = Loose)
    {
        var (printed, strength) = expr switch
        {
            CodeLocal local => (local.Name, Tight),
            CodeConstant number => Written(number),
            CodeLoad load => Written(load),
            CodeCall call => ($"{call.Method.DeclaringType!.Name}.{call.Method.Name}({PrintAll(call.Args)})", Tight),
            CodeOperation operation => Written(operation),
            _ => throw Throw.Internal($"kernel code has no {expr}"),
        };
        return strength < context ? $"({printed})" : printed;
    }

    // Text, and how tightly its outermost operator binds.
    (string, int) Written(CodeConstant number)
    {
        var type = number.Type;
        var literal = type.Element switch
        {
            Element.Float => Floating(number.Value, Digits((float)number.Value), "f", "float"),
            Element.Double => Floating(number.Value, Digits(number.Value), "d", "double"),
            Element.Int32 or Element.Mask32 => Whole(number.Integer, 8, (int)number.Integer, ""),
            _ => Whole(number.Integer, 16, number.Integer, "L"),
        };
        if (type == CodeType.Bool) literal = number.Integer == 0 ? "false" : "true";
        if (!type.IsVector) return (literal, literal[0] is '-' ? Prefix : Tight);
        if (type.IsFloating && number.Value == 0 && !double.IsNegative(number.Value))
            return ($"{type.VectorClass.Name}<{Keyword(type.Element)}>.Zero", Tight);
        return ($"{Class(type)}Create({literal})", Tight);
    }

    static string Floating(double value, string digits, string suffix, string type) =>
        double.IsNaN(value) ? $"{type}.NaN"
        : double.IsPositiveInfinity(value) ? $"{type}.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? $"{type}.NegativeInfinity"
        : digits + suffix;

    // Patterns of bits are read in hexadecimal.
    static string Whole(long value, int digits, long signed, string suffix) =>
        signed is > -100000 and < 100000 ? signed.ToString(CultureInfo.InvariantCulture) + suffix
        : value >= 0 ? $"0x{value.ToString($"X{digits}", CultureInfo.InvariantCulture)}{suffix}"
        : digits == 8 ? $"unchecked((int)0x{((uint)value).ToString("X8", CultureInfo.InvariantCulture)})"
        : $"unchecked((long)0x{((ulong)value).ToString("X16", CultureInfo.InvariantCulture)})";

    static string Digits<T>(T value) where T : IFormattable => value.ToString("R", CultureInfo.InvariantCulture);

    (string, int) Written(CodeLoad load)
    {
        var type = load.Type;
        if (load.Mask is not null)
        {
            var method = $"{ClassOf(Instructions.MaskedClass(type))}.MaskLoad";
            var zero = type.Bits == 512 ? $", {Print(new CodeConstant(type, 0.0))}" : "";
            return ($"{method}({Address(load.Pointer, load.Index)}, {As(load.Mask, type)}{zero})", Tight);
        }
        if (type.IsVector) return ($"{Class(type)}Load({Address(load.Pointer, load.Index)})", Tight);
        return ($"{Print(load.Pointer, Tight)}[{PrintIndex(load.Index)}]", Tight);
    }

    (string, int) Written(CodeOperation operation)
    {
        var (op, type, args) = (operation.Op, operation.Type, operation.Args);
        var source = args[0].Type;
        var isVector = type.IsVector || source.IsVector;
        if (op == CodeOp.Fma && !kernel.Target.HasFma)
            return ($"{Print(args[0], Multiplied)} * {Print(args[1], Prefix)} + {Print(args[2], Multiplied)}", Added);
        if (op == CodeOp.Select && source == CodeType.Bool)
            return ($"{Print(args[0], Bitwise)} ? {Print(args[1], Bitwise)} : {Print(args[2], Bitwise)}", Loose);
        return op switch
        {
            CodeOp.Add => Infix("+", Added, Multiplied),
            CodeOp.Subtract => Infix("-", Added, Multiplied),
            CodeOp.Multiply => Infix("*", Multiplied, Prefix),
            CodeOp.Divide => Infix("/", Multiplied, Prefix),
            CodeOp.Remainder => Infix("%", Multiplied, Prefix),
            CodeOp.And => Infix("&", Bitwise, Prefix),
            CodeOp.Or => Infix("|", Bitwise, Prefix),
            CodeOp.Xor => Infix("^", Bitwise, Prefix),
            CodeOp.ShiftLeft => ($"{Print(args[0], Prefix)} << {operation.Detail}", Shifted),
            CodeOp.ShiftRight => ($"{Print(args[0], Prefix)} >> {operation.Detail}", Shifted),
            CodeOp.ShiftRightLogical => ($"{Print(args[0], Prefix)} >>> {operation.Detail}", Shifted),
            CodeOp.Negate => ($"-{Print(args[0], Tight)}", Prefix),
            CodeOp.Not => ($"{(isVector ? "~" : "!")}{Print(args[0], Tight)}", Prefix),
            CodeOp.Bits when isVector => ($"{Print(args[0], Tight)}.{Instructions.AsName(type)}()", Tight),
            CodeOp.Bits => ($"BitConverter.{Instructions.BitsName(source)}({Print(args[0])})", Tight),
            CodeOp.Convert when isVector => Method($"{Class(type)}{Instructions.ConvertName(type.Element)}"),
            CodeOp.Convert => ($"({Keyword(type.Element)}){Print(args[0], Tight)}", Prefix),
            CodeOp.Permute => Method(
                $"{ClassOf(Instructions.Avx512Class(type))}.{Instructions.PermuteName(type)}"),
            CodeOp.Alternate => (Alternate(type, args), Tight),
            CodeOp.Scale => Method($"{ClassOf(Instructions.Avx512Class(type))}.Scale"),
            CodeOp.Select =>
                ($"{Class(type)}ConditionalSelect({As(args[0], type)}, {Print(args[1])}, {Print(args[2])})", Tight),
            CodeOp.Lane => ($"{Print(args[0], Tight)}[{operation.Detail}]", Tight),
            CodeOp.Lower or CodeOp.Upper => ($"{Print(args[0], Tight)}.{Instructions.VectorName(op)}()", Tight),
            CodeOp.Any => ($"{Print(args[0], Tight)}.ExtractMostSignificantBits() != 0", Compared),
            CodeOp.Less or CodeOp.LessOrEqual or CodeOp.Equal or CodeOp.NotEqual when isVector =>
                Compare(op, source, type, args),
            CodeOp.Less => Infix("<", Compared, Added),
            CodeOp.LessOrEqual => Infix("<=", Compared, Added),
            CodeOp.Equal => Infix("==", Compared, Added),
            CodeOp.NotEqual => Infix("!=", Compared, Added),
            _ when isVector => Method($"{Class(type)}{Instructions.VectorName(op)}"),
            CodeOp.Fma => Method($"{Instructions.MathClass(type).Name}.FusedMultiplyAdd"),
            CodeOp.MinNative or CodeOp.MaxNative when type.IsFloating => Method($"{Keyword(type.Element)}.{op}"),
            CodeOp.MinNative => Method("Math.Min"),
            CodeOp.MaxNative => Method("Math.Max"),
            _ => Method($"{Instructions.MathClass(type).Name}.{op}"),
        };

        (string, int) Method(string name) => ($"{name}({PrintAll(args)})", Tight);

        // The right side binds tighter, because the order of floating operations must stay the one of the tree.
        (string, int) Infix(string sign, int strength, int right)
        {
            var isChain = strength > Shifted || args[0] is CodeOperation first && first.Op == op;
            return ($"{PrintIndex(args[0], isChain ? strength : right)} {sign} {PrintIndex(args[1], right)}", strength);
        }
    }

    string Alternate(CodeType type, CodeExpr[] args)
    {
        var shuffled = $"{ClassOf(Instructions.ShuffleClass(type))}.Shuffle({PrintAll(args)}, {Instructions.AlternateOrder(type)})";
        if (type.Bits < 256) return shuffled;
        var (there, back) = type.Element == Element.Float ? (".AsDouble()", ".AsSingle()") : ("", "");
        return $"Avx2.Permute4x64({shuffled}{there}, {Instructions.QuartersOrder}){back}";
    }

    (string, int) Compare(CodeOp op, CodeType source, CodeType type, CodeExpr[] args)
    {
        var name = Instructions.VectorName(op == CodeOp.NotEqual ? CodeOp.Equal : op);
        // `Equals` alone would be the one of object.
        var owner = name == "Equals" ? $"{source.VectorClass.Name}." : Class(source);
        var cast = source.Clr == type.Clr ? "" : $".{Instructions.AsName(type)}()";
        var compared = $"{owner}{name}({PrintAll(args)}){cast}";
        return op == CodeOp.NotEqual ? ($"~{compared}", Prefix) : (compared, Tight);
    }

    /// <summary>As Print, without the L of a number where an index or a long beside it says the type.</summary>
    string PrintIndex(CodeExpr expr, int context = Loose) =>
        expr is CodeConstant { Integer: > -100000 and < 100000 and var small } && expr.Type == CodeType.Int64
            ? small < 0 && context > Prefix ? $"({small})" : small.ToString(CultureInfo.InvariantCulture)
            : Print(expr, context);

    string PrintAll(CodeExpr[] args) => string.Join(", ", args.Select(a => Print(a)));

    string Address(CodeExpr pointer, CodeExpr index) =>
        index is CodeConstant { Integer: 0 } ? Print(pointer)
        : $"{Print(pointer, Added)} + {PrintIndex(index, Multiplied)}";

    /// <summary>A mask in the type of what it selects.</summary>
    string As(CodeExpr mask, CodeType type) =>
        mask.Type.Clr == type.Clr ? Print(mask) : $"{Print(mask, Tight)}.{Instructions.AsName(type)}()";

    /// <summary>Before a method on vectors: nothing for the kernel's own width.</summary>
    string Class(CodeType type) => type.VectorClass == width ? "" : $"{type.VectorClass.Name}.";

    static string ClassOf(Type type) => type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name;
}
