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
    }

    /// <param name="calls">Each after those it reads.</param>
    /// <param name="leaves">Receives the tensors with values, in the order in which a plan of this key wants them.</param>
    public static PlanKey Of(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted, List<Tensor> leaves)
    {
        var numbers = new Dictionary<Tensor, int>();
        var wiring = new List<int>();
        foreach (var call in calls)
        {
            foreach (var operand in call.Operands) wiring.Add(Number(operand));
            wiring.Add(call.KeepsValues ? -1 : -2);
            foreach (var made in call.Made) numbers.Add(made, numbers.Count);
        }
        foreach (var tensor in wanted) wiring.Add(Number(tensor));
        return new([.. calls.Select(c => c.Binding)], [.. wiring]);

        int Number(Tensor tensor)
        {
            if (numbers.TryGetValue(tensor, out var number)) return number;
            leaves.Add(tensor);
            return numbers[tensor] = numbers.Count;
        }
    }

    public bool Equals(PlanKey? other) => other is not null && hash == other.hash
        && wiring.AsSpan().SequenceEqual(other.wiring) && bindings.AsSpan().SequenceEqual(other.bindings);

    public override bool Equals(object? obj) => Equals(obj as PlanKey);
    public override int GetHashCode() => hash;
}

/// <summary>Compiled plans by structure. It is bounded: the plan unused for longest leaves first.</summary>
sealed class PlanCache(int capacity)
{
    readonly Lock gate = new();
    readonly Dictionary<PlanKey, LinkedListNode<(PlanKey Key, Plan Plan)>> plans = [];
    readonly LinkedList<(PlanKey Key, Plan Plan)> recent = [];

    // A training loop needs a handful; a service with many sequence lengths some dozens.
    public static PlanCache Shared { get; } = new(256);

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
            return plan;
        }
    }
}
