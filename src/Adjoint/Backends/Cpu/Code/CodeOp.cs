namespace Adjoint;

/// <summary>The operations of kernel code. Vectors and scalars give the same bits in each.</summary>
enum CodeOp
{
    Add, Subtract, Multiply, Divide, Remainder, Negate,
    And, Or, Xor, Not, ShiftLeft, ShiftRight, ShiftRightLogical,
    Less, LessOrEqual, Equal, NotEqual,

    /// <summary>a * b + c, rounded once where the target can.</summary>
    Fma,

    /// <summary>a &lt; b ? a : b: b if a is NaN, and NaN if b is; of two zeros either. One instruction.</summary>
    MinNative,

    /// <summary>a &gt; b ? a : b: b if a is NaN, and NaN if b is; of two zeros either. One instruction.</summary>
    MaxNative,
    Abs, Sqrt, Floor,

    /// <summary>a * 2^b for a whole b; only for targets with <see cref="CodeTarget.HasScale"/>, vectors only.</summary>
    Scale,

    /// <summary>Lane by lane the second where the mask is set, else the third.</summary>
    Select,

    /// <summary>A scalar in every lane.</summary>
    Broadcast,

    /// <summary>The same number in another type, to nearest; to integers towards zero and held at the ends.</summary>
    Convert,

    /// <summary>The same bits as another type.</summary>
    Bits,

    /// <summary>The first half of the lanes.</summary>
    Lower,

    /// <summary>The second half of the lanes.</summary>
    Upper,

    /// <summary>One lane as a scalar.</summary>
    Lane,

    /// <summary>A vector of scalars.</summary>
    Pack,

    /// <summary>Lanes of two vectors, by numbers that count through the first and then the second; only for targets
    /// with <see cref="CodeTarget.HasPermute"/>.</summary>
    Permute,

    /// <summary>Lanes 0, 2, 4 … of the first vector, then lanes 1, 3, 5 … of the second; only for types with
    /// <see cref="CodeTarget.HasAlternate"/>.</summary>
    Alternate,

    /// <summary>Whether a mask is set in any lane.</summary>
    Any,
}
