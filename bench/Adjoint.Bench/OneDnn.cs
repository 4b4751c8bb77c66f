using System.Runtime.InteropServices;

namespace Adjoint.Bench;

/// <summary>The matrix product of oneDNN, where this machine has it; nothing but this comparison uses it.</summary>
static unsafe class OneDnn
{
    static readonly delegate* unmanaged<sbyte, sbyte, long, long, long, float, float*, long, float*, long, float,
        float*, long, int> Sgemm = Load();

    public static bool IsPresent => Sgemm is not null;

    /// <summary>out[m,n] of a[m,k] and b[k,n], row-major; t for a transposed operand.</summary>
    public static void Multiply(string form, long m, long n, long k, float* a, float* b, float* cells) => Sgemm(
        (sbyte)form[0], (sbyte)form[1], m, n, k, 1, a, form[0] == 'n' ? k : m, b, form[1] == 'n' ? n : k, 0, cells, n);

    static delegate* unmanaged<sbyte, sbyte, long, long, long, float, float*, long, float*, long, float, float*, long,
        int> Load()
    {
        foreach (var name in new[] { "libdnnl.so.3", "libdnnl.so.2", "dnnl" })
            if (NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "dnnl_sgemm", out var sgemm))
                return (delegate* unmanaged<sbyte, sbyte, long, long, long, float, float*, long, float*, long, float,
                    float*, long, int>)sgemm;
        return null;
    }
}
