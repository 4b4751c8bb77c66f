using System.Globalization;

namespace Adjoint.Cli;

/// <summary>What a step was said to take before it ran, and what it took: seconds.</summary>
/// <param name="Fastest">Of many runs.</param>
sealed record PredictedStep(string Name, double Predicted, double Fastest, double Median)
{
    public double Ratio => Predicted / Median;
}

/// <summary>Steps predicted and measured.</summary>
/// <param name="Width">Of the names.</param>
sealed record PredictionBench(MachineSpeed Speed, int Width)
{
    const double Near = 0.15, Allowed = 0.25;

    readonly List<PredictedStep> steps = [];

    /// <summary>Seconds of a step, none of which runs.</summary>
    public static double Predict(Workload workload, MachineSpeed speed)
    {
        var step = WorkloadBench.StepOf(workload.Prepare());
        var run = workload.Whole?.Invoke() ?? (() => step.Run());
        using var prediction = new Prediction(speed);
        run();
        prediction.Restart(); // the next run finds in the caches what this one has left
        run();
        return prediction.Seconds / workload.Parts;
    }

    public PredictedStep Measure(Workload workload, CancellationToken cancellation)
    {
        var predicted = Predict(workload, Speed.Again(Team.Shared));
        var measured = WorkloadBench.Measure(workload, Speed, cancellation).Timing;
        steps.Add(new(workload.Name, predicted, measured.Least, measured.Median));
        return steps[^1];
    }

    public string Head => $"{"benchmark".PadRight(Width)}  predicted ms  median ms  ratio  fastest ms";

    public string Row(PredictedStep step) => string.Create(CultureInfo.InvariantCulture,
        $"{step.Name.PadRight(Width)}  {step.Predicted * 1e3,12:F3}  {step.Median * 1e3,9:F3}  {step.Ratio,5:F2}  {step.Fastest * 1e3,10:F3}");

    public string Foot => string.Create(CultureInfo.InvariantCulture,
        $"{Within(Near)} of {steps.Count} within {Near * 100} %, {Within(Allowed)} within {Allowed * 100} %; {Speed.Threads} threads");

    // As many times too long as too short.
    int Within(double share) => steps.Count(s => Math.Max(s.Ratio, 1 / s.Ratio) <= 1 + share);

    public string Json() => JsonText.Object(json =>
    {
        json.WriteNumber("threads", Speed.Threads);
        json.Objects("benchmarks", steps, step =>
        {
            json.WriteString("name", step.Name);
            json.WriteNumber("predictedMilliseconds", step.Predicted * 1e3);
            json.WriteNumber("fastestMilliseconds", step.Fastest * 1e3);
            json.WriteNumber("medianMilliseconds", step.Median * 1e3);
            json.WriteNumber("ratio", step.Ratio);
        });
    }) + "\n";
}
