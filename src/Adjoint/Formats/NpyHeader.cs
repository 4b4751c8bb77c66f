using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>What an .npy file says of itself: a Python dictionary of descr, fortran_order and shape.</summary>
sealed record NpyHeader(DType Type, bool IsBigEndian, bool IsFortranOrder, int[] Shape)
{
    const int MaxRank = 64; // as NumPy
    const string Keys = "the keys 'descr', 'fortran_order' and 'shape'";

    static readonly Dictionary<string, DType> Types = new()
    {
        ["b1"] = DType.Bool, ["i1"] = DType.Int8, ["i2"] = DType.Int16, ["i4"] = DType.Int32, ["i8"] = DType.Int64,
        ["u1"] = DType.UInt8, ["u2"] = DType.UInt16, ["u4"] = DType.UInt32, ["u8"] = DType.UInt64,
        ["f2"] = DType.Float16, ["f4"] = DType.Float32, ["f8"] = DType.Float64,
        // NumPy has no bfloat16; arrays of the type that JAX and ml_dtypes add are saved as raw pairs of bytes.
        ["V2"] = DType.BFloat16,
    };

    public int Count => HostArray.CountOf(Type, Array.ConvertAll(Shape, size => (long)size))!.Value;

    public static NpyHeader Parse(string text, FileSource source)
    {
        var parser = new Literal(text, source);
        string? descr = null;
        bool? isFortran = null;
        long[]? shape = null;
        parser.Expect('{');
        while (!parser.Accept('}'))
        {
            var key = parser.String();
            parser.Expect(':');
            if (key == "descr" && descr is null) descr = parser.Descr();
            else if (key == "fortran_order" && isFortran is null) isFortran = parser.Boolean();
            else if (key == "shape" && shape is null) shape = parser.Tuple();
            else throw parser.Wrong($"{Keys}, once each", $"key {FileSource.Quoted(key)}");
            if (!parser.Accept(',')) { parser.Expect('}'); break; }
        }
        parser.ExpectEnd();
        if (descr is null || isFortran is null || shape is null)
            throw parser.Wrong(Keys, FileSource.Quoted(text.Trim()));
        var type = TypeOf(descr, source);
        if (HostArray.CountOf(type, shape) is null)
            throw source.Wrong("has a shape that does not fit in memory",
                $"sizes from 0 to {int.MaxValue}, {FileSource.Bytes(Array.MaxLength)} at most",
                $"{type.Name}[{string.Join(", ", shape)}]");
        return new(type, descr[0] == '>', isFortran.Value, Array.ConvertAll(shape, size => (int)size));
    }

    /// <summary>The header that <see cref="Parse"/> reads, without padding.</summary>
    public static string Print(DType type, ReadOnlySpan<int> shape)
    {
        var code = Types.First(entry => entry.Value == type).Key;
        var order = type.ByteSize == 1 || type == DType.BFloat16 ? '|' : BitConverter.IsLittleEndian ? '<' : '>';
        var sizes = new StringBuilder();
        foreach (var size in shape) sizes.Append(CultureInfo.InvariantCulture, $"{size}, ");
        if (shape.Length != 1) sizes.Length = Math.Max(0, sizes.Length - 2); // (3,) for one dimension, (3, 4) for two
        return $"{{'descr': '{order}{code}', 'fortran_order': False, 'shape': ({sizes.ToString().TrimEnd()}), }}";
    }

    static DType TypeOf(string descr, FileSource source)
    {
        if (descr is "?") return DType.Bool;
        if (descr is ['<' or '>' or '|' or '=', .. var code] && Types.TryGetValue(code, out var type)) return type;
        throw source.Wrong("holds no numbers that Adjoint has",
            "bool, int8 to int64, uint8 to uint64, float16, bfloat16, float32 or float64",
            descr.Contains('O') ? $"{FileSource.Quoted(descr)}, Python objects" : $"dtype {FileSource.Quoted(descr)}",
            descr.Contains('O') ? "save an array of numbers: np.save(file, array.astype(np.float32))." : null);
    }

    // The subset of Python's literals that NumPy writes.
    sealed class Literal(string text, FileSource source)
    {
        int at;

        public FileFormatException Wrong(string expected, string found) =>
            source.Wrong("has a header that is not NumPy's", expected, found);

        public bool Accept(char c)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length || text[at] != c) return false;
            at++;
            return true;
        }

        public void Expect(char c)
        {
            if (!Accept(c)) throw Unexpected($"'{c}'");
        }

        public void ExpectEnd()
        {
            Accept('\n');
            if (at != text.Length) throw Unexpected("the end of the header");
        }

        public string String()
        {
            var quote = Accept('\'') ? '\'' : Accept('"') ? '"' : throw Unexpected("a string in quotes");
            var end = text.IndexOf(quote, at);
            if (end < 0) throw Unexpected($"a closing {quote}");
            var value = text[at..end];
            at = end + 1;
            return value;
        }

        public string Descr() => Accept('[')
            ? throw Wrong("one dtype such as '<f4'", "a structured dtype, which is a table and no array")
            : String();

        public bool Boolean()
        {
            if (Accept('T') && Word("rue")) return true;
            if (Accept('F') && Word("alse")) return false;
            throw Unexpected("True or False");
        }

        public long[] Tuple()
        {
            var sizes = new List<long>();
            Expect('(');
            while (!Accept(')'))
            {
                if (sizes.Count == MaxRank) throw Wrong($"{MaxRank} dimensions at most", "more");
                sizes.Add(Integer());
                if (!Accept(',')) { Expect(')'); break; }
            }
            return [.. sizes];
        }

        long Integer()
        {
            var sign = Accept('-') ? -1 : 1;
            Accept('+');
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == start) throw Unexpected("a size");
            var digits = text.AsSpan(start, at - start);
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw Wrong("sizes below 2^63", digits[..Math.Min(digits.Length, 30)].ToString());
            Accept('L'); // Python 2 wrote long integers so
            return sign * size;
        }

        bool Word(string rest)
        {
            if (string.CompareOrdinal(text, at, rest, 0, rest.Length) != 0) return false;
            at += rest.Length;
            return true;
        }

        FileFormatException Unexpected(string expected) => Wrong(
            $"{expected} at character {at.ToString(CultureInfo.InvariantCulture)} of the header",
            at == text.Length ? "the end" : FileSource.Quoted(text[at..]));
    }
}
