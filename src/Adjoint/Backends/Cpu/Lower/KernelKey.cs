using System.Globalization;
using System.Text;

namespace Adjoint;

// Locals are numbered in the order in which they occur and remarks are left out, so that kernels that do the same have
// the same key, whatever the tensors and axes behind them are called.

/// <summary>A text that is equal for kernels of equal code.</summary>
sealed class KernelKey
{
    readonly StringBuilder text = new();
    readonly Dictionary<CodeLocal, int> locals = new(ReferenceEqualityComparer.Instance);

    public static string Of(KernelCode kernel)
    {
        var key = new KernelKey();
        foreach (var (local, place) in kernel.Parameters) key.Append('p', place).Append(local);
        foreach (var row in kernel.Rows) key.Append('r', row.Count).Append(row.Local);
        key.Append('b', 0).Append(kernel.Begin).Append(kernel.End).Append(kernel.Body);
        return key.text.ToString();
    }

    KernelKey Append(char tag, long number)
    {
        text.Append(tag).Append(CultureInfo.InvariantCulture, $"{number}");
        return this;
    }

    KernelKey Append(CodeType type) =>
        Append(':', ((int)type.Element << 8 | type.Lanes) * (type.IsPointer ? -1 : 1));

    KernelKey Append(IReadOnlyList<CodeStatement> block)
    {
        text.Append('{');
        foreach (var statement in block) Append(statement);
        text.Append('}');
        return this;
    }

    KernelKey Append(CodeStatement statement) => statement switch
    {
        CodeAssign assign => Append('=', assign.IsDeclaration ? 1 : 0).Append(assign.Value).Append(assign.Local),
        CodeStore store => Append('!', 0).Append(store.Pointer).Append(store.Index).Append(store.Value)
            .Append(store.Mask),
        CodeLoop loop => Append('f', loop.Step).Append(loop.From).Append(loop.To).Append(loop.Counter)
            .Append(loop.Body),
        CodeBranch branch => Append('?', 0).Append(branch.Condition).Append(branch.Then).Append(branch.Else),
        CodePrefetch prefetch => Append('a', prefetch.IsNear ? 1 : 0).Append(prefetch.Pointer).Append(prefetch.Index),
        CodeRemark => this,
        _ => throw Throw.Internal($"kernels are not told apart by {statement.GetType().Name}"),
    };

    KernelKey Append(CodeExpr? expr)
    {
        switch (expr)
        {
            case null: return Append('-', 0);
            case CodeConstant constant:
                Append('c', constant.Type.IsFloating ? BitConverter.DoubleToInt64Bits(constant.Value)
                    : constant.Integer);
                return Append(constant.Type);
            case CodeLocal local:
                if (locals.TryGetValue(local, out var number)) return Append('v', number);
                locals[local] = locals.Count;
                return Append('n', 0).Append(local.Type);
            case CodeOperation operation:
                Append('o', (int)operation.Op).Append('.', operation.Detail).Append(operation.Type);
                return Append(operation.Args);
            case CodeLoad load:
                return Append('l', 0).Append(load.Type).Append(load.Pointer).Append(load.Index).Append(load.Mask);
            case CodeCall call:
                text.Append(call.Method.Name);
                return Append('m', call.Args.Length).Append(call.Type).Append(call.Args);
            default: throw Throw.Internal($"kernels are not told apart by {expr.GetType().Name}");
        }
    }

    KernelKey Append(CodeExpr[] args)
    {
        text.Append('(');
        foreach (var arg in args) Append(arg);
        text.Append(')');
        return this;
    }
}
