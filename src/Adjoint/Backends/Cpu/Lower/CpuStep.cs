using System.Diagnostics;

namespace Adjoint;

/// <summary>One part of a compiled program. What a run changes is in its frame; steps stay as they are made.</summary>
abstract class CpuStep
{
    long ticks;

    /// <summary>The lines it computes, or what it does.</summary>
    public abstract string Text { get; }

    /// <summary>Equal for steps that do the same with other tensors.</summary>
    public virtual object Kind => this;

    /// <summary>Scalar operations of a run, as far as they are known.</summary>
    public virtual double Operations => 0;

    /// <summary>Time in all runs, where <see cref="Debugging.IsTiming"/>.</summary>
    public long Ticks => ticks;

    /// <summary>Numbers of the buffers it reads or writes.</summary>
    public abstract IEnumerable<int> Touches { get; }

    /// <summary>Memory it needs while it runs.</summary>
    public virtual long ScratchBytes => 0;

    /// <summary>What a run is about to do, where the time loops stand as the frame says.</summary>
    public virtual StepWork Work(CpuFrame frame, MachineSpeed speed) => default;

    /// <summary>The memory it passes over there.</summary>
    public virtual void AddTouched(CpuFrame frame, List<Touched> touched) { }

    /// <summary>Looks up where its tensors lie in this run.</summary>
    public virtual void Bind(CpuFrame frame) { }

    public abstract void Run(CpuFrame frame);

    /// <summary>Times begin anew.</summary>
    public virtual void Forget() => ticks = 0;

    /// <summary>Runs and takes the time if somebody wants it.</summary>
    public void Measure(CpuFrame frame)
    {
        var start = Debugging.IsTiming ? Stopwatch.GetTimestamp() : 0;
        Run(frame);
        if (Debugging.IsTiming) Interlocked.Add(ref ticks, Stopwatch.GetTimestamp() - start);
    }
}

/// <summary>Steps that run for every position of a time loop.</summary>
sealed class TimeLoopStep(int loop, long extent, bool isDown, CpuStep[] body) : CpuStep
{
    public override IEnumerable<int> Touches => body.SelectMany(s => s.Touches).Distinct();

    public override string Text => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"time loop, {extent} steps{(isDown ? ", down" : "")}");

    public override object Kind => (extent, isDown, new EquatableArray<object>([.. body.Select(s => s.Kind)]));

    public override double Operations => extent * body.Sum(s => s.Operations);

    public override long ScratchBytes => body.Select(s => s.ScratchBytes).DefaultIfEmpty().Max();

    public long Extent => extent;

    /// <summary>Its number.</summary>
    public int Loop => loop;

    public bool IsDown => isDown;

    /// <summary>The steps of one position.</summary>
    public IReadOnlyList<CpuStep> Body => body;

    public override void Bind(CpuFrame frame)
    {
        foreach (var step in body) step.Bind(frame);
    }

    public override void Forget()
    {
        base.Forget();
        foreach (var step in body) step.Forget();
    }

    public override void Run(CpuFrame frame)
    {
        for (var i = 0L; i < extent; i++)
        {
            frame.Positions[loop] = isDown ? extent - 1 - i : i;
            foreach (var step in body) step.Measure(frame);
        }
    }
}
