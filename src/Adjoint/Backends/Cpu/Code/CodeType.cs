using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;

namespace Adjoint;

/// <summary>What one lane of a value of kernel code holds; a mask is as wide as the numbers it came from.</summary>
enum Element
{
    Int32, Int64, Float, Double, Mask32, Mask64,
}

/// <summary>A type of kernel code: lanes of one element, or a pointer to cells of it.</summary>
/// <param name="Lanes">1 is a scalar; a vector has 128, 256 or 512 bits in all.</param>
readonly record struct CodeType(Element Element, int Lanes = 1, bool IsPointer = false)
{
    public static readonly CodeType Int32 = new(Element.Int32);
    public static readonly CodeType Int64 = new(Element.Int64);
    public static readonly CodeType Float = new(Element.Float);
    public static readonly CodeType Double = new(Element.Double);

    /// <summary>The scalar mask. It has no width: comparisons of any type give the same one.</summary>
    public static readonly CodeType Bool = new(Element.Mask32);

    public int ElementBytes => Element is Element.Int32 or Element.Float or Element.Mask32 ? 4 : 8;
    public int Bits => Lanes * ElementBytes * 8;
    public bool IsVector => Lanes > 1;
    public bool IsMask => Element >= Element.Mask32;
    public bool IsFloating => Element is Element.Float or Element.Double;
    public bool IsInteger => Element is Element.Int32 or Element.Int64;

    public CodeType Scalar => With(1);

    /// <summary>Integers of the same size: what <see cref="Code.Bits"/> gives.</summary>
    public CodeType AsInteger => this with { Element = ElementBytes == 4 ? Element.Int32 : Element.Int64 };

    /// <summary>What comparing two values of this type gives.</summary>
    public CodeType AsMask =>
        IsVector ? this with { Element = ElementBytes == 4 ? Element.Mask32 : Element.Mask64 } : Bool;

    /// <summary>The element in .NET; a vector of masks is one of integers, all bits 1 or all 0.</summary>
    public Type ElementClr => Element switch
    {
        Element.Mask32 when !IsVector => typeof(bool),
        Element.Int32 or Element.Mask32 => typeof(int),
        Element.Int64 or Element.Mask64 => typeof(long),
        Element.Float => typeof(float),
        _ => typeof(double),
    };

    public Type Clr => (IsPointer, IsVector) switch
    {
        (true, _) => ElementClr.MakePointerType(),
        (_, false) => ElementClr,
        _ => Element switch
        {
            Element.Float => Vector<float>(),
            Element.Double => Vector<double>(),
            Element.Int32 or Element.Mask32 => Vector<int>(),
            _ => Vector<long>(),
        },
    };

    /// <summary>The static class with the operations on vectors of this size.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type VectorClass => Bits switch
    {
        128 => typeof(Vector128),
        256 => typeof(Vector256),
        512 => typeof(Vector512),
        _ => throw Throw.Internal($"kernel code has no vector of {Lanes} lanes of {Element}"),
    };

    public CodeType With(int lanes) => lanes == 1 && IsMask ? Bool : this with { Lanes = lanes };

    public override string ToString() => $"{Element}{(IsVector ? $"x{Lanes}" : "")}{(IsPointer ? "*" : "")}";

    // Written out, so that trimming keeps these types.
    Type Vector<T>() => Bits switch
    {
        128 => typeof(Vector128<T>),
        256 => typeof(Vector256<T>),
        512 => typeof(Vector512<T>),
        _ => throw Throw.Internal($"kernel code has no vector of {Lanes} lanes of {Element}"),
    };
}
