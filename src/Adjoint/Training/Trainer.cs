using System.Diagnostics;

namespace Adjoint;

// A run is a function of its configuration: every batch, mask and update follows from seed and position. So a run that stopped
// anywhere goes on from its last checkpoint with the same bits, and lines of the log that were made after it are made again.

/// <summary>Trains a job, keeps its log and its checkpoints.</summary>
public sealed class Trainer
{
    readonly TrainingJob job;
    readonly RunFolder folder;
    readonly TrainerOptions options;
    readonly Step step;
    TrainingPosition at = new();
    Stopwatch? sinceSave;

    public Trainer(TrainingJob job, RunFolder folder, TrainerOptions options)
    {
        (this.job, this.folder, this.options) = (job, folder, options);
        step = Capture(job);
    }

    /// <summary>Called while it trains, about ten times a second.</summary>
    public Action<TrainingProgress>? OnProgress { get; init; }

    public Action<EpochResult>? OnEpoch { get; init; }

    internal Action? OnStep { get; init; }

    public TrainingPosition At => at;

    long Steps => options.StepsOf(job.Loader.BatchesPerEpoch);

    /// <summary>Goes on from the last checkpoint, if there is one.</summary>
    /// <exception cref="FileFormatException">The checkpoint is damaged.</exception>
    public void Resume()
    {
        if (File.Exists(folder.Last)) MoveTo(Checkpoint.Read(folder.Last, job));
    }

    /// <summary>Trains to the end. Cancelled, it saves before it throws.</summary>
    /// <exception cref="OperationCanceledException">The run is saved and can be resumed.</exception>
    /// <exception cref="NotFiniteException">The loss became NaN or infinite; the message names the first loop that made such a value.</exception>
    /// <exception cref="FileWriteException">The disk refuses; the last checkpoint is whole.</exception>
    /// <exception cref="SettingException">Another process trains this run.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        using var alone = folder.Hold();
        var isResumed = File.Exists(folder.Log);
        using var log = new RunLog(folder.Log, options.Files);
        sinceSave = Stopwatch.StartNew();
        if (isResumed) log.Add("resumed", [new("step", at.Step)]);
        if (at.Step == 0) Save(log);
        try
        {
            if (IsEndDue) End(0, log, cancellation);
            while (at.Step < Steps && !IsPatienceOver) Epoch(log, cancellation);
        }
        catch (OperationCanceledException)
        {
            Save(log);
            throw;
        }
        Save(log);
    }

    bool IsPatienceOver => options.Patience > 0 && at.Number == 0 && at.Epoch - at.BestEpoch >= options.Patience;

    void Epoch(RunLog log, CancellationToken cancellation)
    {
        job.Model.Train();
        job.Loader.Seek(at.Epoch, at.Number);
        var (epoch, begin, before) = (at.Epoch, at.Seconds, at.Step);
        var (watch, shown, examples) = (Stopwatch.StartNew(), -1L, 0L);
        while (at.Epoch == epoch && at.Step < Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = job.Loader.Next(cancellation);
            var loss = step.Run(batch.Tensors)[0].Item();
            if (!double.IsFinite(loss)) throw new NotFiniteTrace(this, job, folder, step).Find(loss, at, cancellation);
            examples += batch.Count;
            var (nextEpoch, nextNumber) = job.Loader.At;
            at = at with
            {
                Step = at.Step + 1,
                Epoch = nextEpoch,
                Number = nextNumber,
                LossSum = at.LossSum + loss * batch.Count,
                LossCount = at.LossCount + batch.Count,
                Seconds = begin + watch.Elapsed.TotalSeconds,
            };
            OnStep?.Invoke();
            if (at.Step % options.LogEvery == 0)
                log.Add("step", [new("step", at.Step), new("epoch", epoch), new("loss", loss), new("seconds", at.Seconds)]);
            if (OnProgress is not null && watch.ElapsedMilliseconds / 100 is var tick && tick != shown)
            {
                shown = tick;
                OnProgress(Progress(epoch, at.Step - before, examples, watch.Elapsed));
            }
            if (at.Epoch == epoch && sinceSave!.Elapsed > options.SaveEvery) Save(log);
        }
        if (IsEndDue) End(at.Seconds - begin, log, cancellation);
    }

    TrainingProgress Progress(int epoch, long steps, long examples, TimeSpan time) => new(epoch, options.Epochs, at.Step, Steps,
        at.LossSum / at.LossCount, examples / time.TotalSeconds, time / steps * (Steps - at.Step));

    // An epoch has been learned from and not judged yet.
    bool IsEndDue => at.Number == 0 && at.LossCount > 0;

    void End(double seconds, RunLog log, CancellationToken cancellation)
    {
        var epoch = at.Epoch - 1;
        var loss = at.LossSum / at.LossCount;
        var validation = Judged(job.Validate, cancellation);
        var isBest = validation is not null && job.IsBetter(validation[job.Goal], at.Best);
        if (isBest) at = at with { Best = validation![job.Goal], BestEpoch = at.Epoch };
        at = at with { LossSum = 0, LossCount = 0 };
        var values = new OrderedDictionary<string, double> { ["step"] = at.Step, ["epoch"] = epoch, ["loss"] = loss, ["seconds"] = seconds };
        foreach (var (name, value) in validation?.All ?? []) values["validation " + name] = value;
        log.Add("epoch", values);
        if (isBest) Checkpoint.Write(folder.Best, job, at, options.Files);
        Save(log);
        OnEpoch?.Invoke(new(epoch, options.Epochs, at.Step, loss, validation, isBest, seconds));
    }

    /// <summary>Judges on examples that nothing was chosen by, with the weights of the best checkpoint, and writes what it finds.</summary>
    public Metrics? Test(CancellationToken cancellation = default)
    {
        if (job.Test is null) return null;
        if (File.Exists(folder.Best)) Checkpoint.ReadModel(folder.Best, job.Model);
        var metrics = Judged(job.Test, cancellation, usesAverage: !File.Exists(folder.Best));
        using var log = new RunLog(folder.Log, options.Files);
        log.Add("test", metrics!.All.Prepend(new("step", at.Step)));
        return metrics;
    }

    Metrics? Judged(Func<CancellationToken, Metrics>? judge, CancellationToken cancellation, bool usesAverage = true)
    {
        if (judge is null) return null;
        job.Model.Evaluate();
        using var _ = usesAverage ? job.Average?.Use() : null;
        return judge(cancellation);
    }

    void Save(RunLog log)
    {
        log.Flush();
        Checkpoint.Write(folder.Last, job, at, options.Files);
        sinceSave!.Restart();
    }

    /// <summary>A whole step: loss, gradients, update.</summary>
    internal static Step Capture(TrainingJob job)
    {
        using var _ = Tensor.Seed(job.Seed);
        return Step.Capture(fields =>
        {
            var loss = job.Loss(fields);
            job.Optimizer.Step(loss);
            job.Average?.Update();
            return [loss];
        });
    }

    /// <summary>One step as it was made before; nothing is logged.</summary>
    internal void Repeat(CancellationToken cancellation)
    {
        step.Run(job.Loader.Next(cancellation).Tensors);
        at = at with { Step = at.Step + 1 };
    }

    internal void MoveTo(TrainingPosition position)
    {
        at = position;
        step.Number = (uint)at.Step;
        job.Loader.Seek(at.Epoch, at.Number);
    }
}
