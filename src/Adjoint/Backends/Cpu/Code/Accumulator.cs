namespace Adjoint;

/// <summary>A reduction over vector loops: one vector for each part of a turn, and a scalar for scalar ends.</summary>
sealed class Accumulator
{
    readonly CodeBuilder code;
    readonly Func<CodeExpr, CodeExpr, CodeExpr> combine;
    readonly CodeLocal[] parts;
    readonly CodeLocal? rest;

    /// <param name="identity">The value that changes nothing.</param>
    /// <param name="combine">Of the value so far and a new one; associative, for the parts meet in the end.</param>
    /// <param name="unroll">As of the loops it is used in.</param>
    public Accumulator(
        CodeBuilder code, string name, Element element, double identity,
        Func<CodeExpr, CodeExpr, CodeExpr> combine, int unroll = 1)
    {
        (this.code, this.combine) = (code, combine);
        var type = code.Target.Vector(element);
        parts = [.. Enumerable.Range(0, unroll).Select(_ => code.Variable(name, Code.Constant(type, identity)))];
        if (type.IsVector && !code.Target.HasMaskedMemory)
            rest = code.Variable($"{name}_rest", Code.Constant(type.Scalar, identity));
    }

    /// <summary>A sum from 0.</summary>
    public static Accumulator Sum(CodeBuilder code, string name, Element element, int unroll = 1) =>
        new(code, name, element, 0, (a, b) => a + b, unroll);

    /// <summary>Combines a value of the loop's lanes; lanes that are not wanted keep what they have.</summary>
    public void Add(Lanes lanes, CodeExpr value) => Step(lanes, sum => combine(sum, value));

    /// <summary>A sum's step with a product, rounded once.</summary>
    public void AddProduct(Lanes lanes, CodeExpr a, CodeExpr b) => Step(lanes, sum => Code.Fma(a, b, sum));

    /// <summary>The value of all lanes, parts and ends.</summary>
    public CodeExpr Result()
    {
        var all = parts.Aggregate<CodeExpr>((a, b) => code.Let("both", combine(a, b)));
        var one = code.Horizontal(all, combine);
        return rest is null ? one : code.Let("total", combine(one, rest));
    }

    void Step(Lanes lanes, Func<CodeExpr, CodeExpr> next)
    {
        var variable = lanes.Count == 1 && rest is not null ? rest : parts[lanes.Part];
        lanes.Assign(variable, next(variable));
    }
}
