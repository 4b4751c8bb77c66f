using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// The .NET methods behind the operations. Both writers ask here: one calls the method, the other prints its name.

/// <summary>Finds the methods of vectors and of scalar mathematics.</summary>
static class Instructions
{
    unsafe delegate void AddressMethod(void* address);

    static readonly ConcurrentDictionary<Overload, MethodInfo> Found = new();

    /// <summary>For targets with <see cref="CodeTarget.HasPrefetch"/>.</summary>
    public static unsafe MethodInfo Prefetch(bool isNear) =>
        (isNear ? (AddressMethod)Sse.Prefetch0 : Sse.Prefetch1).Method;

    /// <summary>The method on vectors, or null where there is none by itself.</summary>
    public static string? VectorName(CodeOp op) => op switch
    {
        CodeOp.Add or CodeOp.Subtract or CodeOp.Multiply or CodeOp.Divide or CodeOp.Negate or CodeOp.Xor or CodeOp.Abs
            or CodeOp.Sqrt or CodeOp.Floor or CodeOp.MinNative or CodeOp.MaxNative or CodeOp.ShiftLeft
            or CodeOp.ShiftRightLogical => op.ToString(),
        CodeOp.And => "BitwiseAnd",
        CodeOp.Or => "BitwiseOr",
        CodeOp.Not => "OnesComplement",
        CodeOp.ShiftRight => "ShiftRightArithmetic",
        CodeOp.Less => "LessThan",
        CodeOp.LessOrEqual => "LessThanOrEqual",
        CodeOp.Equal => "Equals",
        CodeOp.Fma => "FusedMultiplyAdd",
        CodeOp.Select => "ConditionalSelect",
        CodeOp.Broadcast or CodeOp.Pack => "Create",
        CodeOp.Lower => "GetLower",
        CodeOp.Upper => "GetUpper",
        CodeOp.Lane => "GetElement",
        CodeOp.Any => "ExtractMostSignificantBits",
        _ => null,
    };

    public static string ConvertName(Element element) => element switch
    {
        Element.Float => "ConvertToSingle",
        Element.Double => "ConvertToDouble",
        Element.Int32 => "ConvertToInt32",
        _ => "ConvertToInt64",
    };

    public static string AsName(CodeType type) => type.Element switch
    {
        Element.Float => "AsSingle",
        Element.Double => "AsDouble",
        Element.Int32 or Element.Mask32 => "AsInt32",
        _ => "AsInt64",
    };

    /// <summary>The method that gives the bits of a scalar, or the scalar of bits.</summary>
    public static string BitsName(CodeType source) => source.Element switch
    {
        Element.Float => "SingleToInt32Bits",
        Element.Double => "DoubleToInt64Bits",
        Element.Int32 => "Int32BitsToSingle",
        _ => "Int64BitsToDouble",
    };

    /// <summary>The class with the masked loads and stores of a vector type.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public static Type MaskedClass(CodeType type) =>
        type.Bits == 512 ? typeof(Avx512F) : type.IsFloating ? typeof(Avx) : typeof(Avx2);

    /// <summary>For targets with <see cref="CodeTarget.HasPermute"/>.</summary>
    public static string PermuteName(CodeType type) => $"PermuteVar{type.Lanes}x{8 * type.ElementBytes}x2";

    /// <summary>The class that shuffles lanes within each 128 bits, for types with <see cref="CodeTarget.HasAlternate"/>.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public static Type ShuffleClass(CodeType type) =>
        type.Bits == 256 ? typeof(Avx) : type.Element == Element.Float ? typeof(Sse) : typeof(Sse2);

    /// <summary>The shuffle that takes the even lanes of the first and the odd lanes of the second of each 128 bits.</summary>
    public static byte AlternateOrder(CodeType type) => type.Element == Element.Float ? QuartersOrder : (byte)0b1010;

    /// <summary>Lanes 0, 2, 1, 3 of four: brings what a shuffle of 128 bits left in turns behind each other.</summary>
    public const byte QuartersOrder = 0b11_01_10_00;

    /// <summary>The class with the instructions that AVX-512 has for a vector type.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public static Type Avx512Class(CodeType type) => type.Bits == 512 ? typeof(Avx512F) : typeof(Avx512F.VL);

    /// <summary>The class with the scalar Abs, Sqrt, Floor and FusedMultiplyAdd.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public static Type MathClass(CodeType type) => type.Element == Element.Float ? typeof(MathF) : typeof(Math);

    /// <summary>The class with the scalar MinNative and MaxNative.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public static Type NumberClass(CodeType type) => type.Element == Element.Float ? typeof(float) : typeof(double);

    /// <summary>The overload for these arguments; a generic one is closed over the element.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "Nothing is asked of the element type.")]
    public static MethodInfo Method(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type owner,
        string name, Type element, params ReadOnlySpan<Type> args)
    {
        var key = new Overload(owner, name, element, args[0], args.Length > 1 ? args[1] : null, args.Length);
        if (Found.TryGetValue(key, out var found)) return found;
        foreach (var candidate in owner.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (candidate.Name != name || candidate.GetParameters().Length != args.Length) continue;
            if (candidate.IsGenericMethodDefinition && candidate.GetGenericArguments().Length != 1) continue;
            var method = candidate.IsGenericMethodDefinition ? candidate.MakeGenericMethod(element) : candidate;
            if (!Takes(method, args)) continue;
            return Found[key] = method;
        }
        throw Throw.Internal($"{owner.Name} has no {name} for {args[0].Name}");
    }

    readonly record struct Overload(Type Owner, string Name, Type Element, Type First, Type? Second, int Count);

    static bool Takes(MethodInfo method, ReadOnlySpan<Type> args)
    {
        var parameters = method.GetParameters();
        for (var i = 0; i < args.Length; i++)
            if (parameters[i].ParameterType != args[i]) return false;
        return true;
    }
}
