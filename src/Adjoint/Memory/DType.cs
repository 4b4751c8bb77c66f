namespace Adjoint;

/// <summary>The type of the numbers of an array, as they lie in memory and in files.</summary>
public enum DType
{
    Bool,
    Int8, Int16, Int32, Int64,
    UInt8, UInt16, UInt32, UInt64,
    Float16, BFloat16, Float32, Float64,
}

/// <summary>What follows from a <see cref="DType"/>.</summary>
public static class DTypes
{
    extension(DType type)
    {
        /// <summary>Bytes of one number.</summary>
        public int ByteSize => type switch
        {
            DType.Bool or DType.Int8 or DType.UInt8 => 1,
            DType.Int16 or DType.UInt16 or DType.Float16 or DType.BFloat16 => 2,
            DType.Int32 or DType.UInt32 or DType.Float32 => 4,
            _ => 8,
        };

        public bool IsFloating => type >= DType.Float16;

        /// <summary>Whole numbers, bool not among them.</summary>
        public bool IsInteger => type is >= DType.Int8 and <= DType.UInt64;

        /// <summary>As in messages: <c>float32</c>.</summary>
        public string Name => type.ToString().ToLowerInvariant();
    }

    /// <summary>As in messages: <c>float32[64, 784]</c>.</summary>
    public static string Describe(DType type, IEnumerable<int> shape) => $"{type.Name}[{string.Join(", ", shape)}]";
}
