using System.Globalization;
using Spectre.Console;

namespace Adjoint.Cli;

/// <summary>What people see of a run: one bar that moves on a terminal, and a line for each epoch.</summary>
sealed class TrainView(Terminal terminal, TextWriter lines)
{
    const double Smooth = 1000; // of a bar
    ProgressTask? bar;

    /// <summary>Runs the training; the bar lasts as long.</summary>
    public void Show(Action train)
    {
        if (!terminal.IsInteractive)
        {
            train();
            return;
        }
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(terminal.Error) });
        console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn())
            .Start(context =>
            {
                bar = context.AddTask("[grey]compiling[/]", maxValue: Smooth);
                train();
                bar = null;
            });
    }

    public void Progress(TrainingProgress p)
    {
        if (bar is null) return;
        bar.Value = Smooth * p.Step / p.Steps;
        bar.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture,
            $"epoch {p.Epoch + 1}/{p.Epochs}  step {p.Step}  loss {p.Loss:F4}  {p.Rate:F0}/s  {Time(p.Left)} left"));
    }

    public void Epoch(EpochResult e)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"epoch {e.Epoch + 1,3}/{e.Epochs}  step {e.Step,6}  loss {e.Loss:F4}");
        if (e.Validation is { } validation)
            text += "  validation " + string.Join("  ", validation.All.Select(m => $"{m.Key} {Metrics.Shown(m.Value)}"));
        lines.WriteLine(text + string.Create(CultureInfo.InvariantCulture, $"  {e.Seconds:F1} s{(e.IsBest ? "  best" : "")}"));
        lines.Flush();
    }

    static string Time(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
