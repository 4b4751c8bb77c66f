namespace Adjoint;

// User code runs once for each set of shapes, on tensors without values; what it recorded becomes one plan. Later calls
// run the plan alone. Assignments made by the code (optimizer updates) are part of the step.

/// <summary>A function of tensors that runs as one compiled plan.</summary>
public sealed class Step
{
    // Sizes that never repeat would otherwise keep a plan and its memory each.
    const int MaxCaptured = 256;

    readonly Func<Tensor[], Tensor[]> body;
    readonly RandomStreams streams = RandomStreams.Current.Branch();
    readonly Dictionary<int, List<Captured>> captured = [];
    int count;

    Step(Func<Tensor[], Tensor[]> body) => this.body = body;

    /// <summary>Captures a function of any number of tensors.</summary>
    public static Step Capture(Func<Tensor[], Tensor[]> body) => new(body);

    public static Step Capture(Func<Tensor, Tensor> body) => new(i => [body(i[0])]);

    public static Step Capture(Func<Tensor, Tensor, Tensor> body) => new(i => [body(i[0], i[1])]);

    /// <summary>How many times it has run: random numbers are a function of it, so a resumed run sets it.</summary>
    public uint Number { get; set; }

    /// <summary>Runs the step. The results are the same tensors each time: the next call overwrites their
    /// values.</summary>
    /// <exception cref="InvalidOperationException">At the first call of these shapes: the code read a
    /// value.</exception>
    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
    {
        var hash = Binding.HashOf(inputs, [], null);
        if (!captured.TryGetValue(hash, out var steps)) captured[hash] = steps = [];
        Captured? step = null;
        foreach (var known in steps)
            if (known.Fits(inputs)) step = known;
        if (step is null)
        {
            step = Record(inputs);
            GiveBack(step.Bytes);
            if (count++ == MaxCaptured)
            {
                captured.Clear();
                count = 1;
                captured[hash] = steps = [];
            }
            steps.Add(step);
        }
        step.Run(inputs, Number++);
        return step.Results;
    }

    /// <summary>Bytes of inputs, results, leaves and intermediate values of a run; nothing is run.</summary>
    internal long Bytes(params ReadOnlySpan<Tensor> inputs) => Record(inputs).Bytes;

    /// <summary>What the step is compiled to; nothing is run.</summary>
    internal Plan PlanOf(params ReadOnlySpan<Tensor> inputs) => Record(inputs).Plan;

    /// <summary>The next run, so that the first loop that makes a NaN or an infinity ends it.</summary>
    /// <exception cref="LoopRunException">Names that loop.</exception>
    internal void Diagnose(params ReadOnlySpan<Tensor> inputs)
    {
        using var _ = Debugging.CheckFinite();
        Record(inputs).Run(inputs, Number++);
    }

    /// <summary>The next run as a program with its operands; nothing is run.</summary>
    internal StepText Text(StepNames names, params ReadOnlySpan<Tensor> inputs) => Record(inputs, names).Text(inputs, Number);

    Captured Record(ReadOnlySpan<Tensor> inputs, StepNames? names = null)
    {
        if (Tracing.Current is { } outer)
            throw new InvalidOperationException($"Step: a step is captured inside another {outer.Name}.\n"
                + "Hint: call the inner function itself.");
        var placeholders = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) placeholders[i] = Tensor.Placeholder([.. inputs[i].Shape],
            inputs[i].Type);
        var step = new Captured(placeholders, new(streams.Seed), names);
        var phases = new Phases();
        step.Record(body);
        phases.End("recorded and compiled");
        Debugging.Report($"Step: {phases}.");
        return step;
    }

    // Recording and compiling leave tens of megabytes behind, which stay with the process. Large steps give them back before their
    // memory is touched, unless the heap holds so much else that looking through it would take longer than a run.
    static void GiveBack(long bytes)
    {
        const long Large = 16 << 20;
        if (bytes >= Large && GC.GetTotalMemory(false) <= bytes) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}

/// <summary>What one capture recorded, compiled.</summary>
/// <param name="names">What its text calls things; null where nobody asks for the text.</param>
sealed class Captured(Tensor[] placeholders, RandomStreams streams, StepNames? names) : Tracing
{
    readonly List<(Tensor Target, Tensor Value)> assignments = [];
    readonly Dictionary<Tensor, Tensor?> gradients = []; // of leaves, as they were before the capture
    Plan? plan;
    LoopProgram? text;
    int[] inputOf = []; // for each leaf: which input it is, or -1
    int[] spare = [];   // for each assignment: the output that holds its value
    bool[] isInPlace = []; // for each assignment: its value may be written over the old one
    Tensor[] leaves = [];
    Storage[] operands = [];
    Storage[] outputs = [];
    double[] numbers = [];
    Dial?[] dials = [];
    readonly List<Action> preparations = [];

    public override string Name => "step";

    public RandomStreams Streams => streams;

    public Tensor[] Results { get; private set; } = [];

    public Plan Plan => plan!;

    public long Bytes => plan!.ArenaBytes + leaves.Sum(l => l.Count * l.Type.ByteSize)
        + outputs.Where((_, i) => !spare.Where((_, n) => isInPlace[n]).Contains(i)).Sum(o => o.Bytes);

    public bool Fits(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != placeholders.Length) return false;
        for (var i = 0; i < inputs.Length; i++)
            if (inputs[i].Type != placeholders[i].Type || !inputs[i].Shape.SequenceEqual(placeholders[i].Shape))
                return false;
        return true;
    }

    /// <summary>What a leaf holds at the end of a run: the value given last.</summary>
    public void Assign(Tensor target, Tensor value)
    {
        var at = assignments.FindIndex(a => a.Target == target);
        if (at >= 0) assignments[at] = (target, value);
        else assignments.Add((target, value));
    }

    /// <summary>What was assigned to a leaf so far; null before.</summary>
    public Tensor? Assigned(Tensor leaf) => assignments.Find(a => a.Target == leaf).Value;

    /// <summary>The gradient of this leaf is about to change; after the capture it is again what it is now.</summary>
    public void Remember(Tensor leaf) => gradients.TryAdd(leaf, leaf.Grad);

    /// <summary>What happens before each run, the first included; false where it is known already.</summary>
    public bool Prepare(Action action)
    {
        if (preparations.Contains(action)) return false;
        preparations.Add(action);
        return true;
    }

    public void Record(Func<Tensor[], Tensor[]> body)
    {
        try
        {
            Trace(() =>
            {
                Close(body(placeholders));
                return true;
            });
        }
        finally
        {
            foreach (var (leaf, before) in gradients) leaf.Grad = before;
        }
    }

    void Close(Tensor[] results)
    {
        // A result has memory of its own: not that of a leaf, and not that of a value on its way into one.
        for (var i = 0; i < assignments.Count; i++)
            if (assignments[i].Value.Source is null || assignments.Take(i).Any(a => a.Value == assignments[i].Value))
                assignments[i] = (assignments[i].Target, assignments[i].Value.Copy());
        results = [.. results.Select(r => r.Source is null || assignments.Any(a => a.Value == r) ? r.Copy() : r)];
        var wanted = results.Concat(assignments.Select(a => a.Value)).Distinct().ToList();
        (plan, leaves, numbers, dials) = Plan.For(wanted);
        if (names is not null) text = StepProgram.Of(Plan.Calls(wanted), wanted, names.Of(placeholders, results, assignments)).Program;
        inputOf = [.. leaves.Select(l => Array.IndexOf(placeholders, l))];
        operands = new Storage[leaves.Length];
        for (var i = 0; i < leaves.Length; i++)
            if (leaves[i].Draws is not null) operands[i] = RandomKey.Of(leaves[i].Values!).ToStorage();
        outputs = [.. wanted.Select(w => w.Memory())];
        Results = [.. results.Select(r => new Tensor(outputs[wanted.IndexOf(r)], [.. r.Shape], r.Type))];
        spare = [.. assignments.Select(a => wanted.IndexOf(a.Value))];
        isInPlace = [.. assignments.Select((a, n) => plan.MayOverwrite(spare[n],
            [.. Enumerable.Range(0, leaves.Length).Where(i => leaves[i] == a.Target)]))];
        // Such a value needs memory of its own only where somebody else still reads the old one.
        for (var i = 0; i < spare.Length; i++)
            if (isInPlace[i]) outputs[spare[i]].Dispose();
    }

    // An assignment swaps: the old values become the place of the next ones. Or it happens in place.
    public void Run(ReadOnlySpan<Tensor> inputs, uint number)
    {
        Prepare(inputs);
        for (var i = 0; i < leaves.Length; i++)
        {
            if (leaves[i].Draws is not null) (RandomKey.Of(operands[i]) with { Step = number }).CopyTo(operands[i]);
            else
                operands[i] = (inputOf[i] >= 0 ? inputs[inputOf[i]] : leaves[i]).Values
                    ?? throw new InvalidOperationException($"Step: {leaves[i]} has no values.");
        }
        for (var i = 0; i < spare.Length; i++)
            if (isInPlace[i])
            {
                var target = assignments[i].Target;
                outputs[spare[i]] = target.OwnsValues && !IsAmong(inputs, target.Values!) ? target.Values!
                    : target.Memory();
            }
        plan!.Run(operands, outputs, numbers);
        for (var i = 0; i < spare.Length; i++)
            if (!isInPlace[i]) outputs[spare[i]] = assignments[i].Target.Exchange(outputs[spare[i]]);
            else if (outputs[spare[i]] != assignments[i].Target.Values) assignments[i].Target.Replace(outputs[spare[i]]);
    }

    void Prepare(ReadOnlySpan<Tensor> inputs)
    {
        Tensor.Compute(inputs);
        foreach (var prepare in preparations) prepare();
        for (var i = 0; i < dials.Length; i++)
            if (dials[i] is { } dial) numbers[i] = dial.Value;
    }

    /// <summary>The next run: its numbers are the defaults of the attributes, what it draws is drawn.</summary>
    public StepText Text(ReadOnlySpan<Tensor> inputs, uint number)
    {
        Prepare(inputs);
        var given = new OrderedDictionary<string, HostArray>();
        for (var i = 0; i < leaves.Length; i++)
        {
            var leaf = inputOf[i] >= 0 ? inputs[inputOf[i]] : leaves[i];
            given.Add(text!.Operands[i].Name, leaf.Draws is { } kind ? Drawn(kind, leaf, RandomKey.Of(operands[i]) with { Step = number })
                : leaf.ToHost());
        }
        return new(text! with { Attributes = [.. text.Attributes.Select((a, i) => a with { Default = numbers[i] })] }, given);

        static HostArray Drawn(OperandKind kind, Tensor leaf, RandomKey key) =>
            HostArray.FromDoubles(leaf.Type, [.. leaf.Shape], key.Draw(kind, [.. leaf.Shape]).Values);
    }

    static bool IsAmong(ReadOnlySpan<Tensor> inputs, Storage values)
    {
        foreach (var input in inputs)
            if (input.Values == values) return true;
        return false;
    }
}
