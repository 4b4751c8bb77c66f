using System.Diagnostics;
using System.Globalization;

namespace Adjoint;

/// <summary>What is being read, for messages: the reader, the file and, in an archive, the array.</summary>
readonly record struct FileSource(string Reader, string File, string? Array = null)
{
    /// <summary>The one form of complaint about a file: subject and fault, then what was expected and found.</summary>
    /// <param name="fault">Completes the sentence "'a.npy' …", without the full stop.</param>
    [StackTraceHidden]
    public FileFormatException Wrong(
        string fault, string expected, string found, string? hint = null, Exception? inner = null)
    {
        var subject = Array is null ? $"'{File}'" : $"array '{Array}' of '{File}'";
        var message = $"{Reader}: {subject} {fault}.\n  expected  {expected}\n  found     {found}";
        return new(hint is null ? message : $"{message}\nHint: {hint}", File, inner);
    }

    /// <summary><c>5,242,880 bytes</c></summary>
    public static string Bytes(long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "byte" : "bytes")}");

    /// <summary>The first bytes in hexadecimal, and what kind of file begins with them.</summary>
    public static string FirstBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "nothing";
        var first = bytes[..Math.Min(bytes.Length, 4)];
        var kind = first switch
        {
            [0x50, 0x4B, ..] => " (a ZIP archive, as .npz is)",
            [0x93, 0x4E, 0x55, 0x4D] => " (a NumPy array, as .npy is)",
            [0x1F, 0x8B, ..] => " (gzip)",
            [0x89, 0x50, 0x4E, 0x47] => " (a PNG image)",
            [0x80, <= 5, ..] => " (a Python pickle)",
            _ => "",
        };
        return $"first bytes {BitConverter.ToString(first.ToArray()).Replace('-', ' ')}{kind}";
    }

    /// <summary>Text of a file inside a message: one line, no control characters, not endless.</summary>
    public static string Quoted(string text)
    {
        var clean = string.Concat(text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > 60 ? $"'{clean}…'" : $"'{clean}'";
    }
}
