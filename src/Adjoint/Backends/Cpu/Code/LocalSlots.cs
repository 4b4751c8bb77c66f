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
            Visit(block[i], local => last[local] = i);
            if (block[i] is CodeAssign { IsDeclaration: true } assign) declared.Add(assign.Local);
        }
        var ends = new List<CodeLocal>[block.Count];
        for (var i = 0; i < ends.Length; i++) ends[i] = [];
        foreach (var local in declared) ends[last[local]].Add(local);
        return ends;
    }

    /// <summary>The most vectors that a block keeps at one time, those from around it included.</summary>
    public static int LiveVectors(IReadOnlyList<CodeStatement> block)
    {
        var ends = LastUses(block);
        var own = block.OfType<CodeAssign>().Where(a => a.IsDeclaration).Select(a => a.Local).ToHashSet();
        var around = new HashSet<CodeLocal>();
        foreach (var statement in block)
            Visit(statement, local =>
            {
                if (local.Type.IsVector && !own.Contains(local)) around.Add(local);
            });
        var (live, most) = (around.Count, around.Count);
        for (var i = 0; i < block.Count; i++)
        {
            if (block[i] is CodeAssign { IsDeclaration: true, Local.Type.IsVector: true }) live++;
            most = Math.Max(most, live);
            live -= ends[i].Count(local => local.Type.IsVector);
        }
        return most;
    }

    static void Visit(CodeStatement statement, Action<CodeLocal> visit)
    {
        switch (statement)
        {
            case CodeAssign assign:
                visit(assign.Local);
                Visit(assign.Value, visit);
                break;
            case CodeStore store:
                Visit([store.Pointer, store.Index, store.Value, store.Mask], visit);
                break;
            case CodePrefetch prefetch:
                Visit([prefetch.Pointer, prefetch.Index], visit);
                break;
            case CodeLoop loop:
                Visit([loop.From, loop.To], visit);
                foreach (var inner in loop.Body) Visit(inner, visit);
                break;
            case CodeBranch branch:
                Visit(branch.Condition, visit);
                foreach (var inner in branch.Then) Visit(inner, visit);
                foreach (var inner in branch.Else) Visit(inner, visit);
                break;
        }
    }

    static void Visit(ReadOnlySpan<CodeExpr?> exprs, Action<CodeLocal> visit)
    {
        foreach (var expr in exprs) Visit(expr, visit);
    }

    static void Visit(CodeExpr? expr, Action<CodeLocal> visit)
    {
        switch (expr)
        {
            case CodeLocal local: visit(local); break;
            case CodeLoad load: Visit([load.Pointer, load.Index, load.Mask], visit); break;
            case CodeOperation operation: Visit(operation.Args, visit); break;
            case CodeCall call: Visit(call.Args, visit); break;
        }
    }
}
