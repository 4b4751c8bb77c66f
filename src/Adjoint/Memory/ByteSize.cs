using System.Globalization;

namespace Adjoint;

/// <summary>A number of bytes as messages and tables show it.</summary>
static class ByteSize
{
    public static string Text(long bytes) => bytes switch
    {
        >= 1L << 40 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 40):F1} TiB"),
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F1} GiB"),
        >= 1 << 20 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 10} KiB",
    };
}
