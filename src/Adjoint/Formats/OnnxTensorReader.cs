using System.Buffers.Binary;

namespace Adjoint;

// A tensor message holds its numbers in one of two ways: raw little-endian bytes, or a list of wider numbers.

/// <summary>Constants of ONNX.</summary>
static class OnnxTensorReader
{
    /// <summary>The dtype of ONNX's number for it; null where Adjoint has none.</summary>
    public static DType? TypeOf(long code) => code switch
    {
        1 => DType.Float32,
        2 => DType.UInt8,
        3 => DType.Int8,
        4 => DType.UInt16,
        5 => DType.Int16,
        6 => DType.Int32,
        7 => DType.Int64,
        9 => DType.Bool,
        10 => DType.Float16,
        11 => DType.Float64,
        12 => DType.UInt32,
        13 => DType.UInt64,
        16 => DType.BFloat16,
        _ => null,
    };

    public static OnnxTensor Read(ProtoReader reader, FileSource source)
    {
        var name = "";
        long code = 0;
        var isExternal = false;
        var dims = new List<long>();
        var integers = new List<long>();
        var floats = new List<double>();
        ReadOnlySpan<byte> raw = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.ReadIntegers(dims); break;
                case 2: code = reader.ReadInteger(); break;
                case 4: reader.ReadFloats(floats); break;
                case 5 or 7 or 11: reader.ReadIntegers(integers); break;
                case 8: name = reader.ReadText(); break;
                case 9: raw = reader.ReadBytes(); break;
                case 10: reader.ReadDoubles(floats); break;
                case 13 or 14: isExternal |= reader.Field == 13; reader.Skip(); break;
                default: reader.Skip(); break;
            }
        }
        source = source with { Array = FileSource.Quoted(name)[1..^1] };
        if (TypeOf(code) is not { } type)
            throw source.Wrong("holds no numbers that Adjoint has",
                "bool, int8 to int64, uint8 to uint64, float16, bfloat16, float32 or float64", $"type {code} of ONNX");
        if (isExternal) throw source.Wrong("lies in a file of its own", "numbers inside the model", "external data");
        var sizes = dims.ToArray();
        var described = $"{type.Name}[{string.Join(", ", sizes)}]";
        if (HostArray.CountOf(type, sizes) is not { } count)
            throw source.Wrong(
                "has a shape that does not fit in memory", $"{FileSource.Bytes(Array.MaxLength)} at most", described);
        var isReal = type is DType.Float32 or DType.Float64;
        var found = raw.Length > 0 ? raw.Length : (long)(isReal ? floats.Count : integers.Count) * type.ByteSize;
        if (found != count * type.ByteSize)
            throw source.Wrong("has another shape than numbers",
                $"{FileSource.Bytes(count * type.ByteSize)} for {described}", FileSource.Bytes(found));
        var shape = Array.ConvertAll(sizes, size => (int)size);
        if (raw.Length == 0 && isReal) return new(name, HostArray.FromDoubles(type, shape, floats.ToArray()));
        var array = new HostArray(type, shape);
        if (raw.Length > 0) FillRaw(array, raw);
        else FillIntegers(array, integers.ToArray());
        return new(name, array);
    }

    static void FillRaw(HostArray array, ReadOnlySpan<byte> raw)
    {
        raw.CopyTo(array.Bytes);
        var size = array.Type.ByteSize;
        if (BitConverter.IsLittleEndian) return;
        for (var at = 0; at < raw.Length; at += size) array.Bytes.Slice(at, size).Reverse();
    }

    // Halves come as their bits; what is wider than the type is cut, as a cast in C does.
    static void FillIntegers(HostArray array, ReadOnlySpan<long> values)
    {
        var size = array.Type.ByteSize;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, values[i]);
            var cell = array.Bytes.Slice(i * size, size);
            bytes[..size].CopyTo(cell);
            if (!BitConverter.IsLittleEndian) cell.Reverse();
        }
    }
}
