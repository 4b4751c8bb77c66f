namespace Adjoint;

/// <summary>Every bound on an error, by name: a test or a check never compares with a bare number.</summary>
/// <remarks>Errors are |a - b| / max(1, |b|) unless a name says otherwise.</remarks>
public static class Tolerance
{
    /// <summary>Two ways to the same number in double that differ in the order of a few operations.</summary>
    public const double DoubleRounding = 1e-13;

    /// <summary>The same formula in double, terms in another order: cancellation may cost a few digits.</summary>
    public const double Reordered = 1e-9;

    /// <summary>A gradient against central differences in double.</summary>
    public const double FirstOrder = 1e-6;

    /// <summary>The gradient of a gradient against central differences in double.</summary>
    public const double SecondOrder = 2e-6;

    /// <summary>A gradient of a random program against differences: its values are less tame than those of the catalogue.</summary>
    public const double RandomFirstOrder = 1e-5;

    /// <summary>The gradient of a gradient of a random program against differences.</summary>
    public const double RandomSecondOrder = 2e-5;

    /// <summary>How far difference quotients of two step widths may be apart for a point to count as smooth.</summary>
    public const double RandomSmooth = 1e-6;

    /// <summary>One gradient in two forms, simplified and not: other orders of many operations.</summary>
    public const double Simplified = 1e-9;

    /// <summary>The test vectors of ONNX in float32 and float64, relative: what ONNX itself allows.</summary>
    public const double OnnxRelative = 1e-3;

    /// <summary>The test vectors of ONNX, absolute, beside the relative bound.</summary>
    public const double OnnxAbsolute = 1e-7;

    /// <summary>Vectors of Fourier transforms, absolute: they were computed in float32, as their zeros show.</summary>
    public const double OnnxFourierAbsolute = 1e-6;

    /// <summary>Vectors in float16, relative: four units in the last place, since they were computed in it.</summary>
    public const double OnnxFloat16 = 4e-3;

    /// <summary>Vectors in bfloat16, relative: two units in the last place.</summary>
    public const double OnnxBFloat16 = 1.6e-2;

    /// <summary>A function of a kernel in float: units in the last place from the true value.</summary>
    public const double FloatFunctionUlps = 2;

    /// <summary>A function of a kernel in double: units in the last place from the true value.</summary>
    public const double DoubleFunctionUlps = 3;

    /// <summary>A row of a thousand cells reduced and scaled in float, against double.</summary>
    public const double FloatRow = 2e-6;

    /// <summary>Numbers of about 100 bits, which judge those of 53.</summary>
    public const double BeyondDouble = 1e-26;

    /// <summary>Kernels in float64 against the reference: sums in another order, functions of one or two units in the last
    /// place.</summary>
    public const double CpuDouble = 1e-10;

    /// <summary>Kernels in float32 against the reference in double, for values near 1.</summary>
    public const double CpuSingle = 5e-4;

    /// <summary>A golden case in float32, relative to 1 or to the number itself.</summary>
    public const double GoldenSingle = 1e-4;

    /// <summary>Weights after a few steps of training in float32 against the same steps in double: Adam divides small
    /// gradients by their own size, so that their rounding shows.</summary>
    public const double CpuTraining = 1e-3;
}
