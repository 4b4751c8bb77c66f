using System.Reflection.Emit;

namespace Adjoint;

// Methods with more than about 1000 locals run ten times slower: the JIT stops tracking them. Once a method has many, a
// local gives its slot back after the last statement that mentions it. Before that each has its own, which leaves the
// JIT the most freedom.

/// <summary>The IL locals of one method.</summary>
/// <param name="fresh">Slots to declare before any is used again.</param>
sealed class LocalSlots(ILGenerator il, int fresh)
{
    readonly Dictionary<CodeLocal, LocalBuilder> slots = [];
    readonly Dictionary<Type, Stack<LocalBuilder>> free = [];

    public int Count { get; private set; }

    public LocalBuilder this[CodeLocal local] =>
        slots.TryGetValue(local, out var slot) ? slot
        : throw Throw.Internal($"kernel code uses {local.Name} outside its block");

    public LocalBuilder Declare(CodeLocal local)
    {
        var type = local.Type.Clr;
        if (Count >= fresh && free.TryGetValue(type, out var unused) && unused.TryPop(out var slot))
            return slots[local] = slot;
        Count++;
        return slots[local] = il.DeclareLocal(type);
    }

    public void Release(CodeLocal local)
    {
        var type = local.Type.Clr;
        if (!free.TryGetValue(type, out var unused)) free[type] = unused = new();
        unused.Push(slots[local]);
        slots.Remove(local);
    }

    /// <summary>For each statement of a block the locals of the block that no later statement mentions.</summary>
    public static List<CodeLocal>[] LastUses(IReadOnlyList<CodeStatement> block)
    {
        var last = new Dictionary<CodeLocal, int>();
        var declared = new List<CodeLocal>();
        for (var i = 0; i < block.Count; i++)
        {
            foreach (var local in Mentioned(block[i])) last[local] = i;
            if (block[i] is CodeAssign { IsDeclaration: true } assign) declared.Add(assign.Local);
        }
        var ends = new List<CodeLocal>[block.Count];
        for (var i = 0; i < ends.Length; i++) ends[i] = [];
        foreach (var local in declared) ends[last[local]].Add(local);
        return ends;
    }

    static IEnumerable<CodeLocal> Mentioned(CodeStatement statement) => statement switch
    {
        CodeAssign assign => [assign.Local, .. Mentioned(assign.Value)],
        CodeStore store => MentionedIn(store.Pointer, store.Index, store.Value, store.Mask),
        CodePrefetch prefetch => MentionedIn(prefetch.Pointer, prefetch.Index),
        CodeLoop loop => [.. MentionedIn(loop.From, loop.To), .. loop.Body.SelectMany(Mentioned)],
        CodeBranch branch => [.. Mentioned(branch.Condition), .. branch.Then.Concat(branch.Else).SelectMany(Mentioned)],
        _ => [],
    };

    static IEnumerable<CodeLocal> MentionedIn(params IEnumerable<CodeExpr?> exprs) => exprs.SelectMany(Mentioned);

    static IEnumerable<CodeLocal> Mentioned(CodeExpr? expr) => expr switch
    {
        CodeLocal local => [local],
        CodeLoad load => MentionedIn(load.Pointer, load.Index, load.Mask),
        CodeOperation operation => MentionedIn(operation.Args),
        CodeCall call => MentionedIn(call.Args),
        _ => [],
    };
}
