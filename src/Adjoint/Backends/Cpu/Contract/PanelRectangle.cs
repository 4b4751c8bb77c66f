using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

/// <summary>A rectangle of cells at constant steps, copied to panel[sum * width + lane].</summary>
static unsafe class PanelRectangle
{
    public static void Copy<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        var isWhole = true;
        foreach (var window in windows)
        {
            var holds = window.Holds(lanes, sums);
            isWhole &= holds == true;
            if (holds != false) continue;
            Clear(panel, width, lanes, sums);
            return;
        }
        if (isWhole) CopyWhole(source, laneStep, sumStep, lanes, sums, width, panel);
        else if (laneStep == 1 || lanes >= sums) CopyBySum(source, laneStep, sumStep, windows, lanes, sums, width, panel);
        else CopyByLane(source, laneStep, sumStep, windows, lanes, sums, width, panel);
    }

    public static void Clear<T>(T* panel, int width, int lanes, int sums) where T : unmanaged
    {
        for (var sum = 0; sum < sums; sum++, panel += width) new Span<T>(panel, lanes).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyWhole<T>(T* source, long laneStep, long sumStep, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        if (laneStep == 1)
        {
            for (var sum = 0; sum < sums; sum++, panel += width, source += sumStep) CopyDense(source, lanes, panel);
            return;
        }
        var lane = 0;
        if (sumStep == 1 && sizeof(T) == 4)
            for (; lane + 4 <= lanes; lane += 4)
                TransposeFour((float*)source + lane * laneStep, laneStep, sums, width, (float*)panel + lane);
        for (; lane < lanes; lane++)
            for (var sum = 0; sum < sums; sum++)
                panel[(long)sum * width + lane] = source[lane * laneStep + sum * sumStep];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyBySum<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        for (var sum = 0; sum < sums; sum++, panel += width, source += sumStep)
        {
            int from = 0, to = lanes;
            foreach (var window in windows) window.CutLanes(sum, ref from, ref to);
            for (var lane = 0; lane < from; lane++) panel[lane] = default;
            if (laneStep == 1) CopyDense(source + from, to - from, panel + from);
            else for (var lane = from; lane < to; lane++) panel[lane] = source[lane * laneStep];
            for (var lane = to; lane < lanes; lane++) panel[lane] = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyByLane<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        for (var lane = 0; lane < lanes; lane++, panel++, source += laneStep)
        {
            int from = 0, to = sums;
            foreach (var window in windows) window.CutSums(lane, ref from, ref to);
            for (var sum = 0; sum < from; sum++) panel[(long)sum * width] = default;
            for (var sum = from; sum < to; sum++) panel[(long)sum * width] = source[sum * sumStep];
            for (var sum = to; sum < sums; sum++) panel[(long)sum * width] = default;
        }
    }

    // Rows of a panel are short and of odd lengths: the last vector overlaps the one before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyDense<T>(T* source, int count, T* target) where T : unmanaged
    {
        var lanes = 16 / sizeof(T);
        var last = count - lanes;
        if (last >= 0)
        {
            for (var i = 0; i < last; i += lanes) Vector128.Store(Vector128.Load((byte*)(source + i)), (byte*)(target + i));
            Vector128.Store(Vector128.Load((byte*)(source + last)), (byte*)(target + last));
            return;
        }
        for (var i = 0; i < count; i++) target[i] = source[i];
    }

    // Four lanes along the sums, four sums at a time: row i of the block becomes column i.
    static void TransposeFour(float* source, long laneStep, int sums, int width, float* panel)
    {
        float* s0 = source, s1 = s0 + laneStep, s2 = s1 + laneStep, s3 = s2 + laneStep;
        var sum = 0;
        for (; sum + 4 <= sums && (Sse.IsSupported || AdvSimd.Arm64.IsSupported); sum += 4, panel += 4L * width)
        {
            var (low0, high0) = Zip(Vector128.Load(s0 + sum), Vector128.Load(s2 + sum));
            var (low1, high1) = Zip(Vector128.Load(s1 + sum), Vector128.Load(s3 + sum));
            var (row0, row1) = Zip(low0, low1);
            var (row2, row3) = Zip(high0, high1);
            row0.Store(panel);
            row1.Store(panel + width);
            row2.Store(panel + 2L * width);
            row3.Store(panel + 3L * width);
        }
        for (; sum < sums; sum++, panel += width)
            (panel[0], panel[1], panel[2], panel[3]) = (s0[sum], s1[sum], s2[sum], s3[sum]);
    }

    // a0 b0 a1 b1 and a2 b2 a3 b3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<float> Low, Vector128<float> High) Zip(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b))
        : (AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b));
}
