using System.Globalization;

namespace Adjoint;

/// <summary>How far a run has come: with the tensors of a checkpoint all that it needs to go on.</summary>
public readonly record struct TrainingPosition()
{
    /// <summary>Steps that were made.</summary>
    public long Step { get; init; }

    /// <summary>The batch that comes next.</summary>
    public int Epoch { get; init; }
    public int Number { get; init; }

    /// <summary>Sum of the losses of this epoch so far, one an example, and how many there were.</summary>
    public double LossSum { get; init; }
    public long LossCount { get; init; }

    /// <summary>The best validation so far and its epoch; NaN before the first.</summary>
    public double Best { get; init; } = double.NaN;
    public int BestEpoch { get; init; }

    /// <summary>Time that training took, over all its parts.</summary>
    public double Seconds { get; init; }

    internal Dictionary<string, string> ToText() => new()
    {
        ["step"] = Text(Step), ["epoch"] = Text(Epoch), ["number"] = Text(Number), ["loss sum"] = Text(LossSum), ["loss count"] = Text(LossCount),
        ["best"] = Text(Best), ["best epoch"] = Text(BestEpoch), ["seconds"] = Text(Seconds),
    };

    /// <exception cref="FileFormatException">Something is missing or no number.</exception>
    internal static TrainingPosition Of(IReadOnlyDictionary<string, string> text, string file)
    {
        return new()
        {
            Step = (long)Number("step"), Epoch = (int)Number("epoch"), Number = (int)Number("number"), LossSum = Number("loss sum"),
            LossCount = (long)Number("loss count"), Best = Number("best"), BestEpoch = (int)Number("best epoch"), Seconds = Number("seconds"),
        };

        double Number(string name) =>
            text.TryGetValue(name, out var value) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
                : throw new FileFormatException($"'{file}' is no checkpoint of a run: its '{name}' is {(value is null ? "missing" : $"'{value}'")}.", file);
    }

    static string Text(IFormattable value) => value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture);
}
