namespace Adjoint;

// A step takes the longer of what its instructions take on the busiest thread and what bringing its memory takes, and a
// little around. Where memory lies follows from what was touched before, over all plans that run while the prediction is
// open: a second run finds what the first has left.

/// <summary>While it is open, runs of plans on this thread compute nothing: what they would take is added up.</summary>
sealed class Prediction : IDisposable
{
    [ThreadStatic] static Prediction? current;

    readonly ReuseDistance reuse = new();
    readonly Dictionary<CpuStep, double> seconds = [];
    readonly List<Touched> touched = [];
    readonly Prediction? outer;

    public Prediction(MachineSpeed speed)
    {
        Speed = speed;
        (outer, current) = (current, this);
    }

    public static Prediction? Current => current;

    public MachineSpeed Speed { get; }

    /// <summary>Of all runs so far.</summary>
    public double Seconds { get; private set; }

    /// <summary>Of one step in all runs so far.</summary>
    public double SecondsOf(CpuStep step) => seconds.GetValueOrDefault(step);

    /// <summary>Times begin anew; memory lies where it lies.</summary>
    public void Restart()
    {
        seconds.Clear();
        Seconds = 0;
    }

    public void Run(IReadOnlyList<CpuStep> steps, CpuFrame frame)
    {
        Seconds += Speed.OfRun;
        foreach (var step in steps) Seconds += Run(step, frame, []);
    }

    double Run(CpuStep step, CpuFrame frame, Dictionary<CpuStep, StepWork> known)
    {
        var spent = 0.0;
        if (step is TimeLoopStep loop)
        {
            // In the middle, where what grows from step to step has grown half.
            frame.Positions[loop.Loop] = loop.Extent / 2;
            foreach (var inner in loop.Body.Where(s => s is not TimeLoopStep)) known[inner] = inner.Work(frame, Speed);
            for (var i = 0L; i < loop.Extent; i++)
            {
                frame.Positions[loop.Loop] = loop.IsDown ? loop.Extent - 1 - i : i;
                foreach (var inner in loop.Body) spent += Run(inner, frame, known);
            }
        }
        else spent = Time(step, known.TryGetValue(step, out var work) ? work : step.Work(frame, Speed), frame);
        seconds[step] = seconds.GetValueOrDefault(step) + spent;
        return spent;
    }

    double Time(CpuStep step, StepWork work, CpuFrame frame)
    {
        touched.Clear();
        step.AddTouched(frame, touched);
        var memory = 0.0;
        var speed = work.Chunks > 1 ? Speed.Together! : Speed.Alone!;
        foreach (var part in touched) memory += Bring(part, speed);
        var threads = Math.Min(Speed.Threads, work.Chunks);
        var share = work.Chunks <= 1 ? 1 : Math.Ceiling((double)work.Chunks / threads) / work.Chunks;
        return Math.Max(work.Seconds * share, memory) + (threads > 1 ? Speed.Fork : 0) + Speed.OfStep;
    }

    double Bring(Touched part, MemorySpeed speed)
    {
        var (first, last) = (part.Address / ReuseDistance.BlockBytes, (part.End - 1) / ReuseDistance.BlockBytes);
        var each = part.Bytes / (last - first + 1);
        var sum = 0.0;
        for (var block = first; block <= last; block++) sum += each * speed.SecondsOf(reuse.Touch(block), part.IsRead, part.IsWritten);
        return sum;
    }

    public void Dispose() => current = outer;
}

/// <summary>What a step is about to do.</summary>
/// <param name="Seconds">Of one core for all of it, if all cells lay near.</param>
/// <param name="Chunks">Parts that may run at the same time.</param>
readonly record struct StepWork(double Seconds, int Chunks = 1);
