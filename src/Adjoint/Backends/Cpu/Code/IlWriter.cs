using System.Reflection.Emit;

namespace Adjoint;

// Kernel code to a DynamicMethod: compiled with full optimisation at its first call, dropped by the garbage collector
// with its delegate. Expressions go straight to the evaluation stack; expressions are IlWriter.Expressions.cs.

/// <summary>Writes kernel code as IL.</summary>
sealed partial class IlWriter
{
    /// <summary>Locals before slots are used again; the JIT tracks 1024, its own temporaries included.</summary>
    const int FreshSlots = 250;

    readonly KernelCode kernel;
    readonly ILGenerator il;
    readonly LocalSlots slots;
    readonly ConstantTable constants;
    readonly LocalBuilder table;

    IlWriter(KernelCode kernel, ILGenerator il, int freshSlots) =>
        (this.kernel, this.il, slots, constants, table) = (kernel, il, new(il, freshSlots), new(kernel), il.DeclareLocal(typeof(void*)));

    /// <summary>The kernel as a method that can be called.</summary>
    public static KernelEntry Compile(KernelCode kernel) => Compile(kernel, FreshSlots, out _);

    /// <param name="freshSlots">Locals to declare before slots are used again.</param>
    /// <param name="locals">How many locals the method has.</param>
    public static KernelEntry Compile(KernelCode kernel, int freshSlots, out int locals)
    {
        Type[] parameters = [typeof(void**), typeof(long*), typeof(double*), typeof(long), typeof(long)];
        var module = typeof(IlWriter).Module;
        var method = new DynamicMethod(kernel.Name, typeof(void), parameters, module, skipVisibility: true)
        {
            InitLocals = false,
        };
        var writer = new IlWriter(kernel, method.GetILGenerator(4096), freshSlots);
        writer.Write();
        locals = writer.slots.Count;
        return method.CreateDelegate<KernelEntry>();
    }

    void Write()
    {
        foreach (var (local, place) in kernel.Parameters)
        {
            var type = local.Type;
            il.Emit(type.IsPointer ? OpCodes.Ldarg_0 : type.IsInteger ? OpCodes.Ldarg_1 : OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, place * (type.IsPointer ? nint.Size : 8));
            il.Emit(OpCodes.Add);
            il.Emit(type.IsPointer ? OpCodes.Ldind_I : type.IsInteger ? OpCodes.Ldind_I8 : OpCodes.Ldind_R8);
            if (type == CodeType.Float) il.Emit(OpCodes.Conv_R4);
            il.Emit(OpCodes.Stloc, slots.Declare(local));
        }
        foreach (var row in kernel.Rows) Reserve(row.Reserved * row.Local.Type.ElementBytes, slots.Declare(row.Local));
        WriteTable();
        Write(kernel.Body);
        il.Emit(OpCodes.Ret);
    }

    void Reserve(long bytes, LocalBuilder pointer)
    {
        il.Emit(OpCodes.Ldc_I4, checked((int)bytes));
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Ldc_I4, CodeRow.Alignment - 1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldc_I4, -CodeRow.Alignment);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Stloc, pointer);
    }

    void WriteTable()
    {
        if (constants.Reserved == 0) return;
        Reserve(constants.Reserved, table);
        foreach (var (number, offset) in constants.Places)
        {
            Create(number);
            Place(offset);
            Call(number.Type.VectorClass, "Store", number.Type, number.Type.Clr, Pointer(number.Type));
        }
    }

    void Place(int offset)
    {
        il.Emit(OpCodes.Ldloc, table);
        il.Emit(OpCodes.Ldc_I4, offset);
        il.Emit(OpCodes.Add);
    }

    void Write(IReadOnlyList<CodeStatement> block)
    {
        var lastUses = LocalSlots.LastUses(block);
        for (var i = 0; i < block.Count; i++)
        {
            Write(block[i]);
            foreach (var local in lastUses[i]) slots.Release(local);
        }
    }

    void Write(CodeStatement statement)
    {
        switch (statement)
        {
            case CodeAssign assign:
                Emit(assign.Value);
                il.Emit(OpCodes.Stloc, assign.IsDeclaration ? slots.Declare(assign.Local) : slots[assign.Local]);
                break;
            case CodeStore store: Write(store); break;
            case CodePrefetch prefetch:
                Address(prefetch.Pointer, prefetch.Index);
                il.Emit(OpCodes.Call, Instructions.Prefetch(prefetch.IsNear));
                break;
            case CodeLoop loop: Write(loop); break;
            case CodeBranch branch: Write(branch); break;
        }
    }

    void Write(CodeLoop loop)
    {
        var (body, test) = (il.DefineLabel(), il.DefineLabel());
        Emit(loop.From);
        var counter = slots.Declare(loop.Counter);
        il.Emit(OpCodes.Stloc, counter);
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        Write(loop.Body);
        il.Emit(OpCodes.Ldloc, counter);
        il.Emit(OpCodes.Ldc_I8, loop.Step);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, counter);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, counter);
        Emit(loop.To);
        il.Emit(OpCodes.Blt, body);
        slots.Release(loop.Counter);
    }

    void Write(CodeBranch branch)
    {
        var (otherwise, end) = (il.DefineLabel(), il.DefineLabel());
        Emit(branch.Condition);
        il.Emit(OpCodes.Brfalse, otherwise);
        Write(branch.Then);
        if (branch.Else.Count > 0) il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        Write(branch.Else);
        il.MarkLabel(end);
    }

    void Write(CodeStore store)
    {
        var type = store.Value.Type;
        if (store.Mask is not null)
        {
            Address(store.Pointer, store.Index);
            Emit(store.Mask);
            Reinterpret(store.Mask.Type, type);
            Emit(store.Value);
            Call(Instructions.MaskedClass(type), "MaskStore", type, store.Pointer.Type.Clr, type.Clr, type.Clr);
        }
        else if (type.IsVector)
        {
            Emit(store.Value);
            Address(store.Pointer, store.Index);
            Call(type.VectorClass, "Store", type, type.Clr, store.Pointer.Type.Clr);
        }
        else
        {
            Address(store.Pointer, store.Index);
            Emit(store.Value);
            il.Emit(type.Element switch
            {
                Element.Float => OpCodes.Stind_R4,
                Element.Double => OpCodes.Stind_R8,
                Element.Int32 => OpCodes.Stind_I4,
                _ => OpCodes.Stind_I8,
            });
        }
    }

    void Address(CodeExpr pointer, CodeExpr index)
    {
        Emit(pointer);
        if (index is CodeConstant { Integer: 0 }) return;
        Emit(index);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldc_I4, pointer.Type.ElementBytes);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
    }
}
