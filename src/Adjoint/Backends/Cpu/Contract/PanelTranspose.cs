using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Lanes that are dense along the sum, while a panel is dense along the lanes: squares of both are turned in registers.
// Stretches of sums are short enough that the panel's lines are still near when the next lanes fill them.

/// <summary>Copies dense sums to panel[sum * width + lane].</summary>
static unsafe class PanelTranspose
{
    /// <summary>Sums of a stretch: of a panel of 32 lanes 8 KiB.</summary>
    const int Stretch = 64;

    /// <returns>Lanes that are done: all from four on, or none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Copy<T>(T* source, long laneStep, int lanes, int sums, int width, T* panel) where T : unmanaged
    {
        if (sizeof(T) == 8 ? !Avx.IsSupported : !(Sse.IsSupported || AdvSimd.Arm64.IsSupported)) return 0;
        if (lanes < 4) return 0;
        for (var sum = 0; sum < sums; sum += Stretch, source += Stretch, panel += Stretch * width)
        {
            var count = Math.Min(Stretch, sums - sum);
            for (int lane = 0, done; lane < lanes; lane += done)
            {
                // The last square overlaps the one before.
                lane = Math.Min(lane, lanes - 4);
                var from = source + lane * laneStep;
                var to = panel + lane;
                done = lanes - lane >= 8 && sizeof(T) == 4 && Avx.IsSupported ? 8 : 4;
                if (done == 8) CopyEight((float*)from, laneStep, count, width, (float*)to);
                else if (sizeof(T) == 4) CopyFour((float*)from, laneStep, count, width, (float*)to);
                else CopyFour((double*)from, laneStep, count, width, (double*)to);
            }
        }
        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyEight(float* source, long step, int sums, int width, float* panel)
    {
        float* s1 = source + step, s2 = s1 + step, s3 = s2 + step, s4 = s3 + step;
        float* s5 = s4 + step, s6 = s5 + step, s7 = s6 + step;
        var sum = 0;
        for (; sum + 4 <= sums; sum += 4, panel += 4L * width)
            Turn(source + sum, s1 + sum, s2 + sum, s3 + sum, s4 + sum, s5 + sum, s6 + sum, s7 + sum, width,
                panel);
        for (; sum < sums; sum++, panel += width)
        {
            (panel[0], panel[1], panel[2], panel[3]) = (source[sum], s1[sum], s2[sum], s3[sum]);
            (panel[4], panel[5], panel[6], panel[7]) = (s4[sum], s5[sum], s6[sum], s7[sum]);
        }
    }

    /// <summary>Turns sums [from, to) of eight lanes that lie anywhere, as far as squares reach.</summary>
    /// <param name="panel">The first of the lanes at the first of the sums.</param>
    /// <returns>The first sum that is left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int CopyEight(float** lanes, int from, int to, int width, float* panel)
    {
        float* s0 = lanes[0], s1 = lanes[1], s2 = lanes[2], s3 = lanes[3];
        float* s4 = lanes[4], s5 = lanes[5], s6 = lanes[6], s7 = lanes[7];
        for (; from + 4 <= to; from += 4, panel += 4L * width)
            Turn(s0 + from, s1 + from, s2 + from, s3 + from, s4 + from, s5 + from, s6 + from, s7 + from, width, panel);
        return from;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(float* s0, float* s1, float* s2, float* s3, float* s4, float* s5, float* s6, float* s7, int width,
        float* panel)
    {
        var (r0, r1, r2, r3) = (Pair(s0, s4), Pair(s1, s5), Pair(s2, s6), Pair(s3, s7));
        var (low01, high01) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
        var (low23, high23) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        Avx.Shuffle(low01, low23, 0x44).Store(panel);
        Avx.Shuffle(low01, low23, 0xEE).Store(panel + width);
        Avx.Shuffle(high01, high23, 0x44).Store(panel + 2L * width);
        Avx.Shuffle(high01, high23, 0xEE).Store(panel + 3L * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyFour(float* source, long step, int sums, int width, float* panel)
    {
        float* s1 = source + step, s2 = s1 + step, s3 = s2 + step;
        var sum = 0;
        for (; sum + 4 <= sums; sum += 4, panel += 4L * width)
        {
            var (low02, high02) = Zip(Vector128.Load(source + sum), Vector128.Load(s2 + sum));
            var (low13, high13) = Zip(Vector128.Load(s1 + sum), Vector128.Load(s3 + sum));
            var (row0, row1) = Zip(low02, low13);
            var (row2, row3) = Zip(high02, high13);
            row0.Store(panel);
            row1.Store(panel + width);
            row2.Store(panel + 2L * width);
            row3.Store(panel + 3L * width);
        }
        for (; sum < sums; sum++, panel += width)
            (panel[0], panel[1], panel[2], panel[3]) = (source[sum], s1[sum], s2[sum], s3[sum]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyFour(double* source, long step, int sums, int width, double* panel)
    {
        double* s1 = source + step, s2 = s1 + step, s3 = s2 + step;
        var sum = 0;
        for (; sum + 2 <= sums; sum += 2, panel += 2L * width)
        {
            var r01 = Vector256.Create(Vector128.Load(source + sum), Vector128.Load(s2 + sum));
            var r23 = Vector256.Create(Vector128.Load(s1 + sum), Vector128.Load(s3 + sum));
            Avx.UnpackLow(r01, r23).Store(panel);
            Avx.UnpackHigh(r01, r23).Store(panel + width);
        }
        for (; sum < sums; sum++, panel += width)
            (panel[0], panel[1], panel[2], panel[3]) = (source[sum], s1[sum], s2[sum], s3[sum]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Pair(float* low, float* high) => Vector256.Create(Vector128.Load(low), Vector128.Load(high));

    // a0 b0 a1 b1 and a2 b2 a3 b3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<float> Low, Vector128<float> High) Zip(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b))
        : (AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b));
}
