using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Kernel code is written for one target. What depends on the machine is decided here, nothing in the writers. A target
// narrower than the machine runs on it too, which is how every width is tested in one place.

/// <summary>The vector width and the instructions that kernel code may use.</summary>
/// <param name="VectorBits">512, 256, 128, or 0 for scalars alone.</param>
/// <param name="HasFma">Without it a * b + c is rounded twice: other bits, but the same at every width.</param>
/// <param name="HasScale">One instruction for x * 2^n; without it the same bits from two products.</param>
/// <param name="HasMaskedMemory">Loads and stores of some lanes; without it the end of a loop runs scalar.</param>
sealed record CodeTarget(int VectorBits, bool HasFma, bool HasScale, bool HasMaskedMemory)
{
    public const string WidthVariable = "ADJOINT_WIDTH";

    /// <summary>The widest of this machine, or what <c>ADJOINT_WIDTH</c> asked for when first needed.</summary>
    public static CodeTarget Host => LazyHost.Value;

    // Lazy, not a plain field: a wrong setting must throw its own message and not that of a type initializer.
    static readonly Lazy<CodeTarget> LazyHost = new(() => Of(Environment.GetEnvironmentVariable(WidthVariable)));

    /// <summary>This machine at a width.</summary>
    /// <param name="width">512, 256, 128 or scalar; null or empty for the widest that pays.</param>
    public static CodeTarget Of(string? width) => width switch
    {
        null or "" => Of(WidestBits),
        "scalar" => Of(0),
        "128" or "256" or "512" => Of(int.Parse(width, CultureInfo.InvariantCulture)),
        _ => throw new SettingException($"{WidthVariable}={width}: no such width.\n  known  512, 256, 128, scalar"),
    };

    /// <summary>Whether lanes of two vectors can be put together in any order by one instruction.</summary>
    public bool HasPermute => VectorBits == 512 ? Avx512F.IsSupported : VectorBits == 256 && Avx512F.VL.IsSupported;

    /// <summary>Whether every second lane of two vectors can be put together.</summary>
    public static bool HasAlternate(CodeType type) =>
        type.IsFloating && type.Bits switch { 128 => Sse2.IsSupported, 256 => Avx2.IsSupported, _ => false };

    /// <summary>Whether cache lines can be asked for ahead of their use.</summary>
    public bool HasPrefetch => VectorBits > 0 && Sse.IsSupported;

    /// <summary>Lanes of a vector of this element; 1 without vectors.</summary>
    public int Lanes(Element element) => VectorBits == 0 ? 1 : VectorBits / 8 / new CodeType(element).ElementBytes;

    /// <summary>Vectors that need no memory.</summary>
    public int Registers => VectorBits == 512 ? 32 : 16;

    public CodeType Vector(Element element) => new CodeType(element).With(Lanes(element));

    static int WidestBits => Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128 : 0;

    static CodeTarget Of(int bits) => new(
        bits,
        HasFma: Fma.IsSupported || AdvSimd.IsSupported,
        HasScale: bits == 512 ? Avx512F.IsSupported : bits > 0 && Avx512F.VL.IsSupported,
        HasMaskedMemory: bits == 512 ? Avx512F.IsSupported : bits > 0 && Avx2.IsSupported);
}
