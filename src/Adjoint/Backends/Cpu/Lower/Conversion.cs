using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Numbers of one type as numbers of another, as <see cref="HostArray"/> converts them.</summary>
static unsafe class Conversion
{
    public static void Copy(void* from, DType fromType, void* to, DType toType, long count)
    {
        switch (fromType)
        {
            case DType.Bool: Write((byte*)from, &Truth, to, toType, count); break;
            case DType.Int8: Write((sbyte*)from, &Number, to, toType, count); break;
            case DType.Int16: Write((short*)from, &Number, to, toType, count); break;
            case DType.Int32: Write((int*)from, &Number, to, toType, count); break;
            case DType.Int64: Write((long*)from, &Number, to, toType, count); break;
            case DType.UInt8: Write((byte*)from, &Number, to, toType, count); break;
            case DType.UInt16: Write((ushort*)from, &Number, to, toType, count); break;
            case DType.UInt32: Write((uint*)from, &Number, to, toType, count); break;
            case DType.UInt64: Write((ulong*)from, &Number, to, toType, count); break;
            case DType.Float16: Write((Half*)from, &Number, to, toType, count); break;
            case DType.BFloat16: Write((ushort*)from, &Brain, to, toType, count); break;
            case DType.Float32: Write((float*)from, &Number, to, toType, count); break;
            default: Write((double*)from, &Number, to, toType, count); break;
        }
    }

    static void Write<T>(T* from, delegate*<T, double> read, void* to, DType type, long count) where T : unmanaged
    {
        switch (type)
        {
            case DType.Bool: Move(from, read, (byte*)to, &IsNotZero, count); break;
            case DType.Int8: Move(from, read, (sbyte*)to, &Nearest<sbyte>, count); break;
            case DType.Int16: Move(from, read, (short*)to, &Nearest<short>, count); break;
            case DType.Int32: Move(from, read, (int*)to, &Nearest<int>, count); break;
            case DType.Int64: Move(from, read, (long*)to, &Nearest<long>, count); break;
            case DType.UInt8: Move(from, read, (byte*)to, &Nearest<byte>, count); break;
            case DType.UInt16: Move(from, read, (ushort*)to, &Nearest<ushort>, count); break;
            case DType.UInt32: Move(from, read, (uint*)to, &Nearest<uint>, count); break;
            case DType.UInt64: Move(from, read, (ulong*)to, &Nearest<ulong>, count); break;
            case DType.Float16: Move(from, read, (Half*)to, &Nearest<Half>, count); break;
            case DType.BFloat16: Move(from, read, (ushort*)to, &BFloat16.FromDouble, count); break;
            case DType.Float32: Move(from, read, (float*)to, &Nearest<float>, count); break;
            default: Move(from, read, (double*)to, &Nearest<double>, count); break;
        }
    }

    static void Move<T, TTo>(T* from, delegate*<T, double> read, TTo* to, delegate*<double, TTo> write, long count)
        where T : unmanaged where TTo : unmanaged
    {
        for (long i = 0; i < count; i++) to[i] = write(read(from[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Number<T>(T value) where T : unmanaged, INumber<T> => double.CreateTruncating(value);

    static double Truth(byte value) => value != 0 ? 1 : 0;

    static double Brain(ushort value) => BFloat16.ToDouble(value);

    static byte IsNotZero(double value) => value != 0 ? (byte)1 : (byte)0;

    static T Nearest<T>(double value) where T : unmanaged, INumber<T> => T.CreateSaturating(value);
}
