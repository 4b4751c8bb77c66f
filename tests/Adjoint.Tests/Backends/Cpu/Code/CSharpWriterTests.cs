using Xunit;

namespace Adjoint.Tests;

public sealed class CSharpWriterTests
{
    [Fact]
    public void A_kernel_reads_as_a_person_would_write_it()
    {
        var code = new CodeBuilder("scale_rows", new CodeTarget(256, HasFma: true, HasScale: false, HasMaskedMemory: true));
        var (x, w, y) = (code.Buffer("x", Element.Float), code.Buffer("w'", Element.Float), code.Buffer("out", Element.Float));
        var (n, rate) = (code.Integer("n"), code.Number("rate", Element.Float));
        code.For("row", code.Begin, code.End, row =>
        {
            var factor = code.Let("factor", Code.Fma(w[row], rate, 1));
            code.VectorLoop("j", 0, n, Element.Float, (j, lanes) =>
                lanes.Store(y + row * n, j, Code.Sqrt(lanes.Load(x + row * n, j) * factor)));
        });
        Assert.Equal("""
            using System;
            using System.Runtime.Intrinsics;
            using System.Runtime.Intrinsics.X86;
            using static System.Runtime.Intrinsics.Vector256;

            static unsafe class ScaleRows
            {
                public static void Run(void** buffers, long* integers, double* numbers, long begin, long end)
                {
                    var x = (float*)buffers[0];
                    var w_new = (float*)buffers[1];
                    var out2 = (float*)buffers[2];
                    var n = integers[0];
                    var rate = (float)numbers[0];
                    for (long row = begin; row < end; row++)
                    {
                        var factor = MathF.FusedMultiplyAdd(w_new[row], rate, 1f);
                        var j_full = Math.Max(n, 0L) & -8;
                        for (long j = 0; j < j_full; j += 8)
                        {
                            Sqrt(Load(x + row * n + j) * Create(factor)).Store(out2 + row * n + j);
                        }
                        if (j_full < n)
                        {
                            var left = n - j_full;
                            var wanted = LessThan(Create(0, 1, 2, 3, 4, 5, 6, 7), Create((int)left));
                            Avx.MaskStore(out2 + row * n + j_full, wanted.AsSingle(), Sqrt(Avx.MaskLoad(x + row * n + j_full, wanted.AsSingle()) * Create(factor)));
                        }
                    }
                }
            }

            """, CSharpWriter.Print(code.Build()));
    }

    [Theory]
    [InlineData("layer_norm", "LayerNorm")]
    [InlineData("conv2d", "Conv2d")]
    [InlineData("2pi", "Kernel2pi")]
    [InlineData("w' += dy", "WDy")]
    public void A_class_is_named_after_its_kernel(string kernel, string name) => Assert.Equal(name, CSharpWriter.ClassName(kernel));
}
