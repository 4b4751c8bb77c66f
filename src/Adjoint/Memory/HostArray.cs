using System.Runtime.InteropServices;

namespace Adjoint;

// Numbers as files and callers have them: any dtype, row-major, contiguous, native byte order. It computes nothing;
// the only arithmetic is conversion from and to double.

/// <summary>An array in host memory.</summary>
public sealed class HostArray
{
    readonly byte[] bytes;
    readonly int[] shape;

    /// <summary>An array of zeros.</summary>
    public HostArray(DType type, params int[] shape) : this(type, shape, new byte[ByteCount(type, shape)]) { }

    /// <summary>Takes over <paramref name="bytes"/> without a copy.</summary>
    /// <param name="bytes">Row-major, in this machine's byte order.</param>
    public HostArray(DType type, int[] shape, byte[] bytes)
    {
        var size = ByteCount(type, shape);
        if (bytes.Length != size)
            throw new ArgumentException($"{DTypes.Describe(type, shape)} is {size} bytes, not {bytes.Length}.");
        (Type, this.shape, this.bytes) = (type, [.. shape], bytes);
        Count = bytes.Length / type.ByteSize;
    }

    public DType Type { get; }
    public int Count { get; }
    public ReadOnlySpan<int> Shape => shape;
    public Span<byte> Bytes => bytes;

    /// <summary>
    /// The numbers as <typeparamref name="T"/>: byte for bool, <see cref="Half"/> for float16, ushort for bfloat16.
    /// </summary>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (!Holds<T>()) throw new InvalidCastException($"An array of {Type.Name} has no span of {typeof(T).Name}.");
        return MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
    }

    public static HostArray Of<T>(DType type, ReadOnlySpan<T> values, params int[] shape) where T : unmanaged
    {
        var array = new HostArray(type, shape);
        values.CopyTo(array.AsSpan<T>());
        return array;
    }

    /// <summary>The nearest numbers of the type; integers are cut towards zero and held at the ends.</summary>
    public static HostArray FromDoubles(DType type, int[] shape, ReadOnlySpan<double> values)
    {
        var array = new HostArray(type, shape);
        if (values.Length != array.Count)
            throw new ArgumentException($"{array} is {array.Count} numbers, not {values.Length}.");
        switch (type)
        {
            case DType.Bool: Fill<byte>(array, values, v => v != 0 ? (byte)1 : (byte)0); break;
            case DType.Int8: Fill(array, values, v => (sbyte)Math.Clamp(v, sbyte.MinValue, sbyte.MaxValue)); break;
            case DType.Int16: Fill(array, values, v => (short)Math.Clamp(v, short.MinValue, short.MaxValue)); break;
            case DType.Int32: Fill(array, values, v => (int)v); break;
            case DType.Int64: Fill(array, values, v => (long)v); break;
            case DType.UInt8: Fill(array, values, v => (byte)Math.Clamp(v, byte.MinValue, byte.MaxValue)); break;
            case DType.UInt16: Fill(array, values, v => (ushort)Math.Clamp(v, ushort.MinValue, ushort.MaxValue)); break;
            case DType.UInt32: Fill(array, values, v => (uint)v); break;
            case DType.UInt64: Fill(array, values, v => (ulong)v); break;
            case DType.Float16: Fill(array, values, v => (Half)v); break;
            case DType.BFloat16: Fill(array, values, BFloat16.FromDouble); break;
            case DType.Float32: Fill(array, values, v => (float)v); break;
            default: values.CopyTo(array.AsSpan<double>()); break;
        }
        return array;
    }

    /// <summary>Row-major; exact for every type but 64-bit integers beyond 2^53.</summary>
    public double[] ToDoubles() => Type switch
    {
        DType.Bool => Read<byte>(v => v != 0 ? 1 : 0),
        DType.Int8 => Read<sbyte>(v => v),
        DType.Int16 => Read<short>(v => v),
        DType.Int32 => Read<int>(v => v),
        DType.Int64 => Read<long>(v => v),
        DType.UInt8 => Read<byte>(v => v),
        DType.UInt16 => Read<ushort>(v => v),
        DType.UInt32 => Read<uint>(v => v),
        DType.UInt64 => Read<ulong>(v => v),
        DType.Float16 => Read<Half>(v => (double)v),
        DType.BFloat16 => Read<ushort>(BFloat16.ToDouble),
        DType.Float32 => Read<float>(v => v),
        _ => AsSpan<double>().ToArray(),
    };

    public override string ToString() => DTypes.Describe(Type, shape);

    /// <summary>How many numbers a shape holds; null when a size is negative or the array too large for .NET.</summary>
    internal static int? CountOf(DType type, ReadOnlySpan<long> shape)
    {
        var isEmpty = false;
        foreach (var size in shape)
        {
            if (size is < 0 or > int.MaxValue) return null;
            isEmpty |= size == 0;
        }
        if (isEmpty) return 0;
        long count = 1;
        foreach (var size in shape)
        {
            count *= size; // no overflow: both factors are below 2^31
            if (count * type.ByteSize > Array.MaxLength) return null;
        }
        return (int)count;
    }

    static int ByteCount(DType type, int[] shape) =>
        CountOf(type, Array.ConvertAll(shape, size => (long)size)) is { } count
            ? count * type.ByteSize
            : throw new ArgumentException($"{DTypes.Describe(type, shape)} is not a shape that fits in memory.");

    static void Fill<T>(HostArray array, ReadOnlySpan<double> values, Func<double, T> convert) where T : unmanaged
    {
        var span = array.AsSpan<T>();
        for (var i = 0; i < span.Length; i++) span[i] = convert(values[i]);
    }

    double[] Read<T>(Func<T, double> convert) where T : unmanaged
    {
        var span = AsSpan<T>();
        var values = new double[span.Length];
        for (var i = 0; i < values.Length; i++) values[i] = convert(span[i]);
        return values;
    }

    bool Holds<T>() => Type switch
    {
        DType.Bool or DType.UInt8 => typeof(T) == typeof(byte),
        DType.Int8 => typeof(T) == typeof(sbyte),
        DType.Int16 => typeof(T) == typeof(short),
        DType.Int32 => typeof(T) == typeof(int),
        DType.Int64 => typeof(T) == typeof(long),
        DType.UInt16 or DType.BFloat16 => typeof(T) == typeof(ushort),
        DType.UInt32 => typeof(T) == typeof(uint),
        DType.UInt64 => typeof(T) == typeof(ulong),
        DType.Float16 => typeof(T) == typeof(Half),
        DType.Float32 => typeof(T) == typeof(float),
        _ => typeof(T) == typeof(double),
    };
}
