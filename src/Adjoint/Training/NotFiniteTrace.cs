namespace Adjoint;

/// <summary>Training met a NaN or an infinity.</summary>
public sealed class NotFiniteException(string message) : AdjointException(message);

// The step that went wrong has overwritten the weights it started from. A run follows from its checkpoint, so the way there is
// gone once more, and the last step looks at what each loop makes.

/// <summary>Finds the loop that made the first value that is not finite.</summary>
sealed class NotFiniteTrace(Trainer trainer, TrainingJob job, RunFolder folder, Step step)
{
    /// <param name="bad">Before the step whose loss was not finite.</param>
    public NotFiniteException Find(double loss, TrainingPosition bad, CancellationToken cancellation)
    {
        trainer.MoveTo(Checkpoint.Read(folder.Last, job));
        job.Model.Train();
        while (trainer.At.Step < bad.Step) trainer.Repeat(cancellation);
        var found = "  no loop makes one when the step is repeated";
        try
        {
            step.Diagnose(job.Loader.Next(cancellation).Tensors);
        }
        catch (LoopRunException e)
        {
            found = e.Message;
        }
        return new($"Training stopped: loss is {loss} at step {bad.Step + 1} (epoch {bad.Epoch + 1}).\n{found}\n"
            + $"Hint: a smaller learning rate, or shorter gradients (ClipNorm). The run is as it was at step {Checkpoint.Position(folder.Last).Step}.");
    }
}
