using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Xunit;

namespace Adjoint.Tests;

/// <summary>Runs kernel code as IL and as printed C#, on guarded memory, and demands the same bits of both.</summary>
static unsafe class KernelRun
{
    static readonly MetadataReference[] References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
        .Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>Every width this machine can be told to use.</summary>
    public static readonly string[] Widths = ["512", "256", "128", "scalar"];

    /// <summary>Every width, each with and without what a machine may lack.</summary>
    public static IEnumerable<CodeTarget> Targets =>
        from width in Widths
        let full = CodeTarget.Of(width)
        from target in new[] { full, full with { HasMaskedMemory = false }, full with { HasScale = false } }.Distinct()
        select target;

    /// <summary>A target with all its machine has; printing the others as well would only cost time.</summary>
    public static bool IsFull(CodeTarget target) => Widths.Any(width => CodeTarget.Of(width) == target);

    /// <summary>The buffers after a run as IL; with <paramref name="isPrinted"/> the print must give the same bits.</summary>
    public static byte[][] Bytes(
        KernelCode kernel, byte[][] buffers, long[] integers, double[] numbers, long begin, long end, bool isPrinted = true)
    {
        var result = Once(IlWriter.Compile(kernel), buffers, integers, numbers, begin, end);
        if (!isPrinted) return result;
        var text = CSharpWriter.Print(kernel);
        var printed = Once(Compile(text), buffers, integers, numbers, begin, end);
        for (var i = 0; i < buffers.Length; i++)
            Assert.True(result[i].AsSpan().SequenceEqual(printed[i]), $"buffer {i} of\n{text}");
        return result;
    }

    /// <summary>The one class of a text, compiled; optimised from the first call, as the IL is.</summary>
    public static KernelEntry Compile(string text)
    {
        var compilation = CSharpCompilation.Create(
            $"Printed{text.GetHashCode()}", [CSharpSyntaxTree.ParseText(text)], References,
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
        using var stream = new MemoryStream();
        EmitResult emitted = compilation.Emit(stream);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics) + "\n" + text);
        stream.Position = 0;
        var assembly = new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(stream);
        return assembly.GetTypes().Single(t => t.GetMethod("Run") is not null).GetMethod("Run")!.CreateDelegate<KernelEntry>();
    }

    public static byte[] Of<T>(params T[] values) where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static T[] As<T>(byte[] bytes) where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes).ToArray();

    /// <summary>Numbers as cells of an element.</summary>
    public static byte[] Cells(Element element, double[] values) => element switch
    {
        Element.Float => Of(Array.ConvertAll(values, v => (float)v)),
        Element.Int32 => Of(Array.ConvertAll(values, v => (int)v)),
        Element.Int64 => Of(Array.ConvertAll(values, v => (long)v)),
        _ => Of(values),
    };

    /// <summary>The numbers in cells of a floating element.</summary>
    public static double[] Numbers(Element element, byte[] cells) =>
        element == Element.Float ? Array.ConvertAll(As<float>(cells), v => (double)v) : As<double>(cells);

    static byte[][] Once(KernelEntry entry, byte[][] buffers, long[] integers, double[] numbers, long begin, long end)
    {
        var cells = Array.ConvertAll(buffers, b => new GuardedCells(b.Length));
        try
        {
            var pointers = stackalloc void*[buffers.Length + 1];
            for (var i = 0; i < buffers.Length; i++)
            {
                buffers[i].CopyTo(cells[i].AsSpan<byte>());
                pointers[i] = cells[i].Start;
            }
            fixed (long* whole = integers)
            fixed (double* floating = numbers)
                entry(pointers, whole, floating, begin, end);
            return Array.ConvertAll(cells, c => c.AsSpan<byte>().ToArray());
        }
        finally
        {
            foreach (var c in cells) c.Dispose();
        }
    }
}
