using System.Collections.Concurrent;

namespace Adjoint;

public sealed partial class Tensor
{
    // Numbers in formulas come back again and again; more than this is a formula whose numbers never repeat.
    const int MaxConstants = 1024;

    static readonly ConcurrentDictionary<(double, DType), Tensor> Constants = [];

    /// <summary>The same numbers in another type; floating ones are cut towards 0 for integers: [..].</summary>
    public Tensor To(DType type) => type == Type ? this
        : type is DType.Bool ? NotEqual(0)
        : Type.IsFloating && !type.IsFloating ? ArithmeticOps.Truncate.CallAs(type, [this])
        : Call(CopyDefinition, [this], result: type);

    // One number without dimensions. Nobody else sees it, so nothing is ever assigned to it.
    static Tensor Constant(double number, DType type)
    {
        if (Constants.TryGetValue((number, type), out var known)) return known;
        if (Constants.Count >= MaxConstants) Constants.Clear();
        return Constants[(number, type)] = Full(type, number);
    }
}
