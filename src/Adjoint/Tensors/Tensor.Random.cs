namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>Until it is disposed, random calls draw from this seed: the same calls draw the same numbers.</summary>
    public static IDisposable Seed(ulong seed) => RandomStreams.Begin(seed);

    /// <summary>Numbers in [0, 1), a multiple of 2^-53 before rounding to the type; other ones at each call.</summary>
    public static Tensor Uniform(DType type, params int[] shape) => Draw(OperandKind.Uniform, type, shape).Copy();

    public static Tensor Uniform(params int[] shape) => Uniform(DType.Float32, shape);

    /// <summary>Standard normal numbers; other ones at each call.</summary>
    public static Tensor Normal(DType type, params int[] shape) => Draw(OperandKind.Normal, type, shape).Copy();

    public static Tensor Normal(params int[] shape) => Normal(DType.Float32, shape);

    /// <summary>A leaf whose numbers a plan draws; it owns a stream.</summary>
    internal static Tensor Draw(OperandKind kind, DType type, int[] shape) =>
        new(RandomStreams.Current.Next().ToStorage(), shape, type) { Draws = kind };

    /// <summary>The same from the streams of a name.</summary>
    internal static Tensor Draw(OperandKind kind, DType type, int[] shape, string name) =>
        new(RandomStreams.Current.Next(name).ToStorage(), shape, type) { Draws = kind };
}
