using System.Globalization;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>The structure of recorded calls: the same calls on the same shapes, whatever the values.</summary>
sealed class PlanKey : IEquatable<PlanKey>
{
    readonly Binding[] bindings;
    readonly int[] wiring;
    readonly int hash;

    PlanKey(Binding[] bindings, int[] wiring)
    {
        (this.bindings, this.wiring) = (bindings, wiring);
        var code = new HashCode();
        foreach (var binding in bindings) code.Add(RuntimeHelpers.GetHashCode(binding));
        foreach (var wire in wiring) code.Add(wire);
        hash = code.ToHashCode();
        var structure = new HashCode();
        foreach (var binding in bindings) structure.Add(RuntimeHelpers.GetHashCode(binding.Pattern));
        foreach (var wire in wiring) structure.Add(wire);
        StructureHash = structure.ToHashCode();
    }

    /// <summary>Equal for keys that differ in sizes alone.</summary>
    public int StructureHash { get; }

    /// <param name="calls">Each after those it reads.</param>
    /// <param name="leaves">Receives the tensors with values, in the order in which a plan of this key wants
    /// them.</param>
    public static PlanKey Of(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted, List<Tensor> leaves)
    {
        var numbers = new Dictionary<Tensor, int>();
        var wiring = new List<int>();
        var arguments = new List<(string Name, double Value, Dial? Dial)>(); // few: a binary search would not be faster
        foreach (var call in calls)
        {
            for (var i = 0; i < call.Operands.Count; i++)
                if (call.Reads(i)) wiring.Add(Number(call.Operands[i]));
            for (var i = 0; i < call.Attributes.Length; i++)
                if (call.Binding.IsArgument[i]) wiring.Add(Argument(call, i));
            wiring.Add(call.KeepsValues ? -1 : -2);
            foreach (var made in call.Made)
            {
                wiring.Add(made.Values is null ? -1 : -2);
                if (made.Values is null) numbers.Add(made, numbers.Count);
            }
        }
        foreach (var tensor in wanted) wiring.Add(Number(tensor));
        if (Debugging.ChecksFinite) wiring.Add(-1);
        return new([.. calls.Select(c => c.Binding)], [.. wiring]);

        // Which arguments are equal, whatever they are.
        int Argument(Recorded call, int attribute)
        {
            var argument = (call.Binding.Program.Attributes[attribute].Name, call.Attributes[attribute],
                call.DialOf(attribute));
            var known = arguments.IndexOf(argument);
            if (known < 0) arguments.Add(argument);
            return known < 0 ? arguments.Count - 1 : known;
        }

        int Number(Tensor tensor)
        {
            if (numbers.TryGetValue(tensor, out var number)) return number;
            leaves.Add(tensor);
            if (tensor.Draws is { } kind) wiring.Add(-3 - (int)kind);
            return numbers[tensor] = numbers.Count;
        }
    }

    /// <summary>What is different in a key of the same structure, in a sentence; null where nothing is.</summary>
    public string? DifferenceFrom(PlanKey other)
    {
        if (!wiring.AsSpan().SequenceEqual(other.wiring)) return null;
        foreach (var (now, before) in bindings.Zip(other.bindings))
        {
            if (now.Pattern != before.Pattern) return null;
            for (var i = 0; i < now.Program.Operands.Count; i++)
                if (now.Describe(i) != before.Describe(i))
                    return $"{now.Program.Operands[i].Name} of {now.Program.Name} is {now.Describe(i)}, before it was {before.Describe(i)}";
            foreach (var (name, value) in now.Attributes)
                if (value != before.Attributes[name])
                    return string.Create(CultureInfo.InvariantCulture,
                        $"{name} of {now.Program.Name} is {value}, before it was {before.Attributes[name]}");
        }
        return null;
    }

    public int CallCount => bindings.Length;

    public bool Equals(PlanKey? other) => other is not null && hash == other.hash
        && wiring.AsSpan().SequenceEqual(other.wiring) && bindings.AsSpan().SequenceEqual(other.bindings);

    public override bool Equals(object? obj) => Equals(obj as PlanKey);
    public override int GetHashCode() => hash;
}

/// <summary>Compiled plans by structure. It is bounded: the plan unused for longest leaves first.</summary>
/// <param name="report">Receives a sentence for each plan that other sizes made necessary.</param>
sealed class PlanCache(int capacity, Action<string> report)
{
    readonly Lock gate = new();
    readonly Dictionary<PlanKey, LinkedListNode<(PlanKey Key, Plan Plan)>> plans = [];
    readonly LinkedList<(PlanKey Key, Plan Plan)> recent = [];
    readonly Dictionary<int, PlanKey> structures = []; // the newest key of each

    // A training loop needs a handful; a service with many sequence lengths some dozens.
    public static PlanCache Shared { get; } = new(256, Debugging.Report);

    public int Count
    {
        get
        {
            lock (gate) return plans.Count;
        }
    }

    public Plan Find(PlanKey key, Func<Plan> compile)
    {
        lock (gate)
        {
            if (plans.TryGetValue(key, out var known))
            {
                recent.Remove(known);
                recent.AddFirst(known);
                return known.Value.Plan;
            }
        }
        var plan = compile();
        lock (gate)
        {
            if (plans.TryGetValue(key, out var other)) return other.Value.Plan;
            if (plans.Count == capacity)
            {
                plans.Remove(recent.Last!.Value.Key);
                recent.RemoveLast();
            }
            plans[key] = recent.AddFirst((key, plan));
            var known = structures.GetValueOrDefault(key.StructureHash);
            if (structures.Count >= 4 * capacity) structures.Clear();
            structures[key.StructureHash] = key;
            if (known is not null && key.DifferenceFrom(known) is { } difference)
                report($"Plan: {key.CallCount} calls are compiled again; {difference}.");
            return plan;
        }
    }
}
