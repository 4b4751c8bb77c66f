namespace Adjoint;

// User code runs once for each set of shapes, on tensors without values; what it recorded becomes one plan. Later calls
// run the plan alone. Assignments made by the code (optimizer updates) are part of the step.

/// <summary>A function of tensors that runs as one compiled plan.</summary>
public sealed class Step
{
    static readonly AsyncLocal<Captured?> Capturing = new();

    readonly Func<Tensor[], Tensor[]> body;
    readonly Dictionary<BindingKey, Captured> captured = [];

    Step(Func<Tensor[], Tensor[]> body) => this.body = body;

    /// <summary>Captures a function of any number of tensors.</summary>
    public static Step Capture(Func<Tensor[], Tensor[]> body) => new(body);

    public static Step Capture(Func<Tensor, Tensor> body) => new(i => [body(i[0])]);

    public static Step Capture(Func<Tensor, Tensor, Tensor> body) => new(i => [body(i[0], i[1])]);

    /// <summary>Runs the step. The results are the same tensors each time: the next call overwrites their values.</summary>
    /// <exception cref="InvalidOperationException">At the first call of these shapes: the code read a value.</exception>
    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
    {
        var key = BindingKey.Of(inputs, []);
        if (!captured.TryGetValue(key, out var step)) captured[key] = step = Record(inputs);
        step.Run(inputs);
        return step.Results;
    }

    internal static Captured? Current => Capturing.Value;

    Captured Record(ReadOnlySpan<Tensor> inputs)
    {
        if (Capturing.Value is not null) throw new InvalidOperationException("Step: a step is captured inside another one.\nHint: call the inner function itself.");
        var placeholders = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) placeholders[i] = Tensor.Placeholder([.. inputs[i].Shape], inputs[i].Type);
        var step = new Captured(placeholders);
        Capturing.Value = step;
        try
        {
            step.Close(body(placeholders));
        }
        finally
        {
            Capturing.Value = null;
        }
        return step;
    }
}

/// <summary>What one capture recorded, compiled.</summary>
sealed class Captured(Tensor[] placeholders)
{
    readonly List<(Tensor Target, Tensor Value)> assignments = [];
    Plan? plan;
    int[] inputOf = []; // for each leaf: which input it is, or -1
    Tensor[] leaves = [];
    Storage[] operands = [];
    Storage[] outputs = [];

    public Tensor[] Results { get; private set; } = [];

    public void Assign(Tensor target, Tensor value) => assignments.Add((target, value));

    public void Close(Tensor[] results)
    {
        results = [.. results.Select(r => r.Source is null ? r.Copy() : r)];
        var wanted = results.Concat(assignments.Select(a => a.Value)).Distinct().ToList();
        (plan, leaves) = Plan.For(wanted);
        inputOf = [.. leaves.Select(l => Array.IndexOf(placeholders, l))];
        operands = new Storage[leaves.Length];
        outputs = [.. wanted.Select(w => Storage.Allocate(w.Count * w.Type.ByteSize))];
        foreach (var (target, _) in assignments) target.Grad = null;
        Results = [.. results.Select(r => new Tensor(outputs[wanted.IndexOf(r)], [.. r.Shape], r.Type))];
        spare = [.. assignments.Select(a => wanted.IndexOf(a.Value))];
    }

    int[] spare = [];

    // An assignment swaps: the old values become the place of the next ones.
    public void Run(ReadOnlySpan<Tensor> inputs)
    {
        Tensor.Compute(inputs);
        for (var i = 0; i < leaves.Length; i++)
            operands[i] = (inputOf[i] >= 0 ? inputs[inputOf[i]] : leaves[i]).Values
                ?? throw new InvalidOperationException($"Step: {leaves[i]} has no values.");
        plan!.Run(operands, outputs);
        for (var i = 0; i < spare.Length; i++) outputs[spare[i]] = assignments[i].Target.Exchange(outputs[spare[i]]);
    }
}
