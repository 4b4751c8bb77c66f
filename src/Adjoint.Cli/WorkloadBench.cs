using System.Diagnostics;

namespace Adjoint.Cli;

/// <summary>What one step took.</summary>
/// <param name="First">Seconds from the first recording to the first result: plan, kernels and one run.</param>
/// <param name="Least">Seconds that the operations at their peak take, or the bytes at the speed of memory.</param>
/// <param name="Planned">Bytes of inputs, results, leaves and the plan's own memory: what the step was to take before it ran.</param>
/// <param name="Empty">Bytes of the process before the workload was made, once it had run a step of one number.</param>
/// <param name="Resident">The most bytes of the process while it ran.</param>
/// <param name="Allocated">Bytes of the managed heap a step.</param>
sealed record WorkloadResult(string Name, int Threads, Timing Timing, double First, double Operations, double Bytes,
    double Least, long Planned, long Empty, long Resident, long Allocated)
{
    /// <summary>1 at the bound; above it where data stayed in the caches.</summary>
    public double Share => Least / Timing.Median;
}

// One thread is timed by the processor's clock, which does not run while others have the core; several by the wall's.

/// <summary>Measures a workload as one captured step.</summary>
static class WorkloadBench
{
    const int Counted = 2; // steps whose bytes are counted: long ones take seconds
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4), Budget = TimeSpan.FromSeconds(1.5);
    static readonly (int, int) Runs = (5, 300);

    public static WorkloadResult Measure(Workload workload, MachineSpeed speed, CancellationToken cancellation)
    {
        var empty = EmptyProcess();
        var step = StepOf(workload.Prepare());
        var run = workload.Whole?.Invoke() ?? (() => step.Run());
        var start = Stopwatch.GetTimestamp();
        run();
        var first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var threads = Team.Shared.Threads;
        var timing = Timing.Within(WarmUp, Budget, Runs, run, isOneThread: threads == 1, cancellation) / workload.Parts;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Counted; i++) run();
        allocated = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / workload.Parts;
        if (step.Run().FirstOrDefault(r => r.Count == 1 && !double.IsFinite(r.Item())) is { } lost)
            throw new InternalException($"{workload.Name} came to {lost}, which is no step worth measuring");
        var (resident, planned, cost) = (ResidentMemory.Peak, step.Bytes(), CostOf(step));
        var (operations, bytes) = (Number(cost.Operations), Number(cost.BytesRead + cost.BytesWritten));
        return new(workload.Name, threads, timing, first, operations, bytes, speed.SecondsOf(operations, bytes),
            planned, empty, resident, allocated / Counted);
    }

    // What records and compiles is there once a step has run.
    static long EmptyProcess()
    {
        _ = StepOf(() => [Tensor.Scalar(1) + 1]).Run();
        GC.Collect();
        ResidentMemory.ForgetPeak();
        return ResidentMemory.Peak;
    }

    public static Step StepOf(Func<Tensor[]> body) => Step.Capture((Tensor[] _) => body());

    // Of the program that a plan begins with: what every result needs, each leaf read once and each result written.
    public static Cost CostOf(Step step) => Cost.Of(step.Text(new([], [], [])).Program);

    // Every extent of a step is a number.
    public static double Number(Polynomial count) => (double)count.Value.Numerator / (double)count.Value.Denominator;
}
