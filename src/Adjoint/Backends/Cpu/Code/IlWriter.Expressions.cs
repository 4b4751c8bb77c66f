using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

sealed partial class IlWriter
{
    /// <summary>Leaves the value of an expression on the stack.</summary>
    void Emit(CodeExpr expr)
    {
        switch (expr)
        {
            case CodeConstant number: Emit(number); break;
            case CodeLocal local when local == kernel.Begin: il.Emit(OpCodes.Ldarg_3); break;
            case CodeLocal local when local == kernel.End: il.Emit(OpCodes.Ldarg, (short)4); break;
            case CodeLocal local: il.Emit(OpCodes.Ldloc, slots[local]); break;
            case CodeLoad load: Emit(load); break;
            case CodeCall call:
                EmitAll(call.Args);
                il.Emit(OpCodes.Call, call.Method);
                break;
            case CodeOperation operation: Emit(operation); break;
        }
    }

    void EmitAll(CodeExpr[] args)
    {
        foreach (var arg in args) Emit(arg);
    }

    void Emit(CodeConstant number)
    {
        if (!constants.Has(number, out var offset))
        {
            Create(number);
            return;
        }
        Place(offset);
        Call(number.Type.VectorClass, "Load", number.Type, Pointer(number.Type));
    }

    static Type Pointer(CodeType type) => (type with { Lanes = 1, IsPointer = true }).Clr;

    void Create(CodeConstant number)
    {
        var type = number.Type;
        switch (type.Element)
        {
            case Element.Mask32 when !type.IsVector:
                il.Emit(number.Integer == 0 ? OpCodes.Ldc_I4_0 : OpCodes.Ldc_I4_1);
                break;
            case Element.Float: il.Emit(OpCodes.Ldc_R4, (float)number.Value); break;
            case Element.Double: il.Emit(OpCodes.Ldc_R8, number.Value); break;
            case Element.Int32 or Element.Mask32: il.Emit(OpCodes.Ldc_I4, (int)number.Integer); break;
            default: il.Emit(OpCodes.Ldc_I8, number.Integer); break;
        }
        if (type.IsVector) Call(type.VectorClass, "Create", type, type.ElementClr);
    }

    void Emit(CodeLoad load)
    {
        var type = load.Type;
        Address(load.Pointer, load.Index);
        if (load.Mask is not null)
        {
            Emit(load.Mask);
            Reinterpret(load.Mask.Type, type);
            var owner = Instructions.MaskedClass(type);
            if (type.Bits == 512)
            {
                Emit(new CodeConstant(type, 0.0));
                Call(owner, "MaskLoad", type, load.Pointer.Type.Clr, type.Clr, type.Clr);
            }
            else
            {
                Call(owner, "MaskLoad", type, load.Pointer.Type.Clr, type.Clr);
            }
        }
        else if (type.IsVector)
        {
            Call(type.VectorClass, "Load", type, load.Pointer.Type.Clr);
        }
        else
        {
            il.Emit(type.Element switch
            {
                Element.Float => OpCodes.Ldind_R4,
                Element.Double => OpCodes.Ldind_R8,
                Element.Int32 => OpCodes.Ldind_I4,
                _ => OpCodes.Ldind_I8,
            });
        }
    }

    void Emit(CodeOperation operation)
    {
        var (op, type, args) = (operation.Op, operation.Type, operation.Args);
        if (type.IsPointer) Address(args[0], args[1]);
        else if (op == CodeOp.Select && args[0].Type == CodeType.Bool) EmitChoice(args);
        else if (op == CodeOp.Select && type.IsVector) EmitSelect(type, args);
        else if (op == CodeOp.Fma && !kernel.Target.HasFma) Emit(args[0] * args[1] + args[2]);
        else if (type.IsVector || args[0].Type.IsVector) EmitVector(operation);
        else EmitScalar(operation);
    }

    void EmitVector(CodeOperation operation)
    {
        var (op, type, args) = (operation.Op, operation.Type, operation.Args);
        var source = args[0].Type;
        EmitAll(args);
        switch (op)
        {
            case CodeOp.Less or CodeOp.LessOrEqual or CodeOp.Equal or CodeOp.NotEqual:
                var name = op == CodeOp.NotEqual ? CodeOp.Equal : op;
                Call(source.VectorClass, Instructions.VectorName(name)!, source, source.Clr, source.Clr);
                Reinterpret(source, type);
                if (op == CodeOp.NotEqual) Call(type.VectorClass, "OnesComplement", type, type.Clr);
                break;
            case CodeOp.Bits: Reinterpret(source, type); break;
            case CodeOp.Convert:
                Call(type.VectorClass, Instructions.ConvertName(type.Element), source, source.Clr);
                break;
            case CodeOp.Permute:
                Call(Instructions.Avx512Class(type), Instructions.PermuteName(type), type,
                    type.Clr, args[1].Type.Clr, type.Clr);
                break;
            case CodeOp.Alternate: EmitAlternate(type); break;
            case CodeOp.Scale: Call(Instructions.Avx512Class(type), "Scale", type, type.Clr, type.Clr); break;
            case CodeOp.ShiftLeft or CodeOp.ShiftRight or CodeOp.ShiftRightLogical or CodeOp.Lane:
                il.Emit(OpCodes.Ldc_I4, operation.Detail);
                Call(source.VectorClass, Instructions.VectorName(op)!, source, source.Clr, typeof(int));
                break;
            case CodeOp.Any:
                Call(source.VectorClass, Instructions.VectorName(op)!, source, source.Clr);
                il.Emit(OpCodes.Ldc_I4_0);
                if (source.Bits == 512) il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Cgt_Un);
                break;
            case CodeOp.Lower or CodeOp.Upper:
                Call(source.VectorClass, Instructions.VectorName(op)!, source, source.Clr);
                break;
            default:
                Call(type.VectorClass, Instructions.VectorName(op)!, type, [.. args.Select(a => a.Type.Clr)]);
                break;
        }
    }

    void EmitAlternate(CodeType type)
    {
        il.Emit(OpCodes.Ldc_I4, (int)Instructions.AlternateOrder(type));
        Call(Instructions.ShuffleClass(type), "Shuffle", type, type.Clr, type.Clr, typeof(byte));
        if (type.Bits < 256) return;
        var wide = type with { Element = Element.Double, Lanes = 4 };
        Reinterpret(type, wide);
        il.Emit(OpCodes.Ldc_I4, (int)Instructions.QuartersOrder);
        Call(typeof(Avx2), "Permute4x64", wide, wide.Clr, typeof(byte));
        Reinterpret(wide, type);
    }

    // ConditionalSelect takes the mask in the type of what it selects.
    void EmitSelect(CodeType type, CodeExpr[] args)
    {
        Emit(args[0]);
        Reinterpret(args[0].Type, type);
        Emit(args[1]);
        Emit(args[2]);
        Call(type.VectorClass, "ConditionalSelect", type, type.Clr, type.Clr, type.Clr);
    }

    void EmitChoice(CodeExpr[] args)
    {
        var (first, end) = (il.DefineLabel(), il.DefineLabel());
        Emit(args[0]);
        il.Emit(OpCodes.Brtrue, first);
        Emit(args[2]);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(first);
        Emit(args[1]);
        il.MarkLabel(end);
    }

    void EmitScalar(CodeOperation operation)
    {
        var (op, type, args) = (operation.Op, operation.Type, operation.Args);
        var source = args[0].Type;
        EmitAll(args);
        switch (op)
        {
            case CodeOp.Less: il.Emit(OpCodes.Clt); break;
            case CodeOp.LessOrEqual: // "not greater", where with floating numbers "greater" includes NaN
                il.Emit(source.IsFloating ? OpCodes.Cgt_Un : OpCodes.Cgt);
                EmitNot();
                break;
            case CodeOp.Equal: il.Emit(OpCodes.Ceq); break;
            case CodeOp.NotEqual:
                il.Emit(OpCodes.Ceq);
                EmitNot();
                break;
            case CodeOp.Not: EmitNot(); break;
            case CodeOp.ShiftLeft or CodeOp.ShiftRight or CodeOp.ShiftRightLogical:
                il.Emit(OpCodes.Ldc_I4, operation.Detail);
                il.Emit(op == CodeOp.ShiftLeft ? OpCodes.Shl : op == CodeOp.ShiftRight ? OpCodes.Shr : OpCodes.Shr_Un);
                break;
            case CodeOp.Convert:
                il.Emit(type.Element switch
                {
                    Element.Float => OpCodes.Conv_R4,
                    Element.Double => OpCodes.Conv_R8,
                    Element.Int32 => OpCodes.Conv_I4,
                    _ => OpCodes.Conv_I8,
                });
                break;
            case CodeOp.Bits: Call(typeof(BitConverter), Instructions.BitsName(source), source, source.Clr); break;
            case CodeOp.MinNative or CodeOp.MaxNative when type.IsFloating:
                Call(Instructions.NumberClass(type), op.ToString(), type, type.Clr, type.Clr);
                break;
            case CodeOp.MinNative or CodeOp.MaxNative:
                Call(typeof(Math), op == CodeOp.MinNative ? "Min" : "Max", type, type.Clr, type.Clr);
                break;
            case CodeOp.Abs or CodeOp.Sqrt or CodeOp.Floor:
                Call(Instructions.MathClass(type), op.ToString(), type, type.Clr);
                break;
            case CodeOp.Fma:
                Call(Instructions.MathClass(type), "FusedMultiplyAdd", type, type.Clr, type.Clr, type.Clr);
                break;
            default:
                il.Emit(op switch
                {
                    CodeOp.Add => OpCodes.Add,
                    CodeOp.Subtract => OpCodes.Sub,
                    CodeOp.Multiply => OpCodes.Mul,
                    CodeOp.Divide => OpCodes.Div,
                    CodeOp.Remainder => OpCodes.Rem,
                    CodeOp.Negate => OpCodes.Neg,
                    CodeOp.And => OpCodes.And,
                    CodeOp.Or => OpCodes.Or,
                    CodeOp.Xor => OpCodes.Xor,
                    _ => throw Throw.Internal($"kernel code has no {op} of {source}"),
                });
                break;
        }
    }

    void EmitNot()
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }

    void Reinterpret(CodeType from, CodeType to)
    {
        if (from.Clr != to.Clr) Call(from.VectorClass, Instructions.AsName(to), from, from.Clr);
    }

    void Call(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type owner,
        string name, CodeType type, params ReadOnlySpan<Type> args) =>
        il.Emit(OpCodes.Call, Instructions.Method(owner, name, type.ElementClr, args));
}
