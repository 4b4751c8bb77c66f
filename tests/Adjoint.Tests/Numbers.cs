using Xunit;

namespace Adjoint.Tests;

/// <summary>Small arrays for tests.</summary>
static class Numbers
{
    /// <summary>0, 1, 2 … in row-major order.</summary>
    public static NdArray Count(params int[] shape) => NdArray.Generate(shape, i => i);

    public static NdArray Of(int[] shape, params double[] values) => new(shape, values);

    /// <summary>Standard normal numbers that are the same in every run.</summary>
    public static NdArray Normal(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return NdArray.Generate(shape, _ => random.Normal());
    }

    /// <summary>Numbers from 0.1 to 1 that are the same in every run.</summary>
    public static NdArray Positive(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return NdArray.Generate(shape, _ => random.Uniform(0.1, 1));
    }

    public static void Equal(NdArray expected, NdArray actual, string what = "") =>
        Assert.True(actual.IsNear(expected, Tolerance.DoubleRounding), $"{what} is {actual}, expected {expected}");

    public static void Equal(double expected, NdArray actual, string what = "") =>
        Equal(NdArray.Scalar(expected), actual, what);
}
