namespace Adjoint;

/// <summary>A training as loop programs: the text is what runs.</summary>
static class TrainingText
{
    /// <summary>The loss of the next batch.</summary>
    public static StepText OfLoss(TrainingJob job, TrainingPosition at) => Of(job, at, Step.Capture(fields => [job.Loss(fields)]));

    /// <summary>The next step: loss, gradients and update.</summary>
    public static StepText OfStep(TrainingJob job, TrainingPosition at) => Of(job, at, Trainer.Capture(job));

    // Arrays go by the names they have in the checkpoint and in the data.
    static StepText Of(TrainingJob job, TrainingPosition at, Step step)
    {
        job.Model.Train();
        job.Loader.Seek(at.Epoch, at.Number);
        step.Number = (uint)at.Step;
        var names = new StepNames([.. job.Loader.Fields.Select(f => f.Name)], ["loss"], Checkpoint.Tensors(job));
        return step.Text(names, job.Loader.Next().Tensors);
    }
}
