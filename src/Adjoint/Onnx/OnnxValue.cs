namespace Adjoint;

/// <summary>A value of a running graph: numbers in double, all of which the dtype can hold.</summary>
sealed class OnnxValue
{
    OnnxValue(DType type, NdArray array) => (Type, Array) = (type, array);

    public DType Type { get; }
    public NdArray Array { get; }
    public IReadOnlyList<int> Shape => Array.Shape;
    public int Rank => Array.Rank;

    /// <summary>Results in double, brought into the type: integers are cut and wrap as in C, floats round.</summary>
    public static OnnxValue Of(DType type, NdArray array) => new(type, type switch
    {
        DType.Float64 => array,
        DType.Bool => Map(array, v => v != 0 ? 1 : 0),
        DType.Float32 => Map(array, v => (float)v),
        DType.Float16 => Map(array, v => (double)(Half)v),
        DType.BFloat16 => Map(array, v => BFloat16.ToDouble(BFloat16.FromDouble(v))),
        _ => Map(array, v => Wrap(Math.Truncate(v), 8 * type.ByteSize, type is >= DType.Int8 and <= DType.Int64)),
    });

    public static OnnxValue Of(DType type, params double[] values) => Of(type, NdArray.Vector(values));

    public static OnnxValue From(HostArray array) => new(array.Type, new(array.Shape.ToArray(), array.ToDoubles()));

    public HostArray ToHostArray() => HostArray.FromDoubles(Type, Array.ShapeToArray(), Array.Values);

    /// <summary>Sizes, axes, positions: exact, however large the stand-in for "to the end" is.</summary>
    public long[] Integers() => System.Array.ConvertAll(Array.Values, v => (long)v);

    static NdArray Map(NdArray array, Func<double, double> change) =>
        new(array.ShapeToArray(), System.Array.ConvertAll(array.Values, v => change(v)));

    static double Wrap(double value, int bits, bool isSigned)
    {
        var low = isSigned ? -Math.ScaleB(1, bits - 1) : 0;
        var size = Math.ScaleB(1, bits);
        if (value >= low && value < low + size || !double.IsFinite(value)) return value;
        return value - size * Math.Floor((value - low) / size);
    }
}
