using System.Text;

namespace Adjoint.Cli;

/// <summary>Training and generating with one model.</summary>
/// <param name="TrainTime">Operations of forward and reverse.</param>
/// <param name="TrainMemory">Numbers kept between them.</param>
/// <param name="TrainDepth">Critical path of both.</param>
/// <param name="StepTime">Operations of the last step of generating; null where no step is defined.</param>
/// <param name="TestTime">Operations of t steps.</param>
/// <param name="TestMemory">Numbers of state.</param>
/// <param name="TestDepth">Critical path of t steps.</param>
/// <param name="Weights">Numbers in the operands that do not grow with t.</param>
sealed record CostTableRow(string Name, Polynomial TrainTime, Polynomial TrainMemory, Polynomial TrainDepth,
    Polynomial? StepTime, Polynomial? TestTime, Polynomial? TestMemory, Polynomial? TestDepth, Polynomial Weights)
{
    public (string Key, Polynomial? Formula)[] Figures =>
    [
        ("trainTime", TrainTime), ("trainMemory", TrainMemory), ("trainDepth", TrainDepth),
        ("stepTime", StepTime), ("testTime", TestTime), ("testMemory", TestMemory), ("testDepth", TestDepth),
        ("weights", Weights),
    ];
}

/// <summary>Models side by side, in orders of growth.</summary>
static class CostTable
{
    const string Step = "_step", Time = "t";

    public static List<CostTableRow> Of(List<Subject> subjects, Letters letters)
    {
        var steps = subjects.Where(s => s.Program.Name.EndsWith(Step, StringComparison.Ordinal))
            .ToDictionary(s => s.Program.Name[..^Step.Length], s => s.Program);
        var models = subjects.Select(s => s.Program).Where(p => !steps.ContainsValue(p)).ToList();
        return models.Count == 0
            ? throw new UsageException("cost: a table needs a program beside its step.")
            : [.. models.Select(m => Row(m, steps.GetValueOrDefault(m.Name), letters))];
    }

    public static string Print(List<CostTableRow> rows, Letters letters)
    {
        List<string[]> cells =
        [
            ["", "training", "", "", $"generating {Time} tokens", "", "", ""],
            ["", "time", "memory", "depth", "time", "memory", "depth", "weights"],
            .. rows.Select(r => new[]
            {
                r.Name, Cell(r.TrainTime), Cell(r.TrainMemory), Cell(r.TrainDepth),
                Cell(r.TestTime), Cell(r.TestMemory), Cell(r.TestDepth), Cell(r.Weights),
            }),
        ];
        var widths = Enumerable.Range(0, cells[0].Length).Select(c => cells.Skip(1).Max(row => row[c].Length))
            .ToArray();
        var text = new StringBuilder();
        foreach (var row in cells)
            text.Append(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
        return text.ToString();

        string Cell(Polynomial? formula) => formula is null ? "-"
            : letters.HasNumbers ? CostText.Shown(letters.Number(formula))
            : letters.Order(formula);
    }

    public static string Json(List<CostTableRow> rows, Letters letters) => JsonText.Object(json =>
    {
        json.WriteStartArray("rows");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            foreach (var (key, formula) in row.Figures)
            {
                if (formula is null) json.WriteNull(key);
                else CostText.Write(json, key, formula, letters.Number(formula), letters);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    static CostTableRow Row(LoopProgram model, LoopProgram? step, Letters letters)
    {
        var (forward, backward) = letters.Of(model, Reverse.Of(model));
        var row = new CostTableRow(model.Name,
            letters.Shown(forward.Operations + (backward?.Operations ?? Polynomial.Zero)),
            letters.Shown(forward.Kept),
            letters.Shown(forward.CriticalPath + (backward?.CriticalPath ?? Polynomial.Zero)),
            null, null, null, null,
            letters.Shown(model.Operands.Where(IsWeight)
                .Aggregate(Polynomial.Zero, (sum, o) => sum + forward.Extents.Cells(o.Name))));
        if (step is null) return row;
        var cost = letters.Of(step);
        var state = step.Outputs.Where(o => step.Updated(o.Name) is not null)
            .Aggregate(Polynomial.Zero, (sum, o) => sum + cost.Extents.Cells(o.Name[..^1]));
        var time = letters.Shown(cost.Operations);
        return row with
        {
            StepTime = time,
            TestTime = OverSteps(time),
            TestMemory = letters.Shown(state),
            TestDepth = Polynomial.Symbol(Time) * letters.Shown(cost.CriticalPath),
        };
    }

    static bool IsWeight(Operand operand) =>
        operand.Kind is OperandKind.Float && !operand.Dims.Any(d => d.Axes.Any(a => a is Time or ".."));

    /// <summary>The sum of a formula over t = 1 … t.</summary>
    static Polynomial OverSteps(Polynomial formula)
    {
        var t = Polynomial.Symbol(Time);
        var half = Polynomial.Constant((Rational)1 / 2);
        Polynomial[] sums = // of t^0, t^1, t^2, t^3
        [
            t,
            half * t * (t + 1),
            Polynomial.Constant((Rational)1 / 6) * t * (t + 1) * (2 * t + 1),
            half * half * t * t * (t + 1) * (t + 1),
        ];
        var total = Polynomial.Zero;
        foreach (var sum in sums)
        {
            var free = formula.Substitute(name => name == Time ? Polynomial.Zero : null);
            total += sum * free;
            formula -= free;
            if (formula.IsZero) return total;
            formula = Polynomial.DivideExactly(formula, t)
                ?? throw new UsageException($"cost: a step whose cost is {formula} can't be summed over {Time}.");
        }
        throw new UsageException($"cost: a step whose cost grows faster than {Time}^3 can't be summed.");
    }
}
