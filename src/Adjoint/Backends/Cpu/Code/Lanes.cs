namespace Adjoint;

/// <summary>What a body of a vector loop works on: some vectors, or the cells that are left.</summary>
/// <param name="count">Lanes; 1 in a scalar end.</param>
/// <param name="part">Which of the vectors of a turn: accumulators keep one value for each.</param>
/// <param name="left">Where only the first lanes are wanted: how many, at least 1; else null.</param>
sealed class Lanes(CodeBuilder builder, Element element, int count, int part, CodeExpr? left)
{
    public int Count { get; } = count;
    public int Part { get; } = part;
    public CodeType Type { get; } = new CodeType(element).With(count);

    /// <summary>The wanted lanes; null for all.</summary>
    public CodeExpr? Mask { get; } = left is null ? null : builder.Let("wanted",
        Code.Indices(new CodeType(element, count).AsInteger) < Code.Convert(left, new CodeType(element).AsInteger.Element));

    /// <summary>index, index + 1 … as integers of the lanes' size, for conditions on the axis itself.</summary>
    public CodeExpr Indices(CodeExpr index)
    {
        var first = Code.Convert(index, Type.AsInteger.Element);
        return Count == 1 ? first : first + Code.Indices(Type.AsInteger);
    }

    /// <summary>The cells at index, index + stride …; numbers of another type are converted.</summary>
    public CodeExpr Load(CodeExpr pointer, CodeExpr index, CodeExpr? stride = null)
    {
        var type = new CodeType(pointer.Type.Element);
        if (stride is CodeConstant { Integer: 0 }) return Convert(pointer[index]);
        if (stride is null or CodeConstant { Integer: 1 } && type.ElementBytes == Type.ElementBytes)
            return Convert(Code.Load(pointer, index, type.With(Count), Mask));
        return Gather(lane => pointer[index + lane * (stride ?? 1)]);
    }

    /// <summary>A vector of the scalars that a function gives for each lane; lanes not wanted repeat the last wanted one.</summary>
    public CodeExpr Gather(Func<CodeExpr, CodeExpr> scalar)
    {
        var last = left is null ? null : builder.Let("last", left - 1);
        return builder.Let("gathered", Code.Pack([.. Enumerable.Range(0, Count).Select(Scalar)]));

        CodeExpr Scalar(int lane) =>
            Convert(scalar(last is null || lane == 0 ? Code.Constant(CodeType.Int64, lane) : Code.MinNative(last, lane)));
    }

    /// <summary>Writes the wanted lanes to the cells at index, index + stride ….</summary>
    public void Store(CodeExpr pointer, CodeExpr index, CodeExpr value, CodeExpr? stride = null)
    {
        value = Code.Typed(value, new CodeType(pointer.Type.Element).With(Count));
        if (Count == 1 || stride is null or CodeConstant { Integer: 1 })
        {
            builder.Store(pointer, index, value, Mask);
            return;
        }
        var vector = builder.Let("stored", value);
        for (var lane = 0; lane < Count; lane++)
        {
            var cell = index + lane * stride;
            var number = Code.Lane(vector, lane);
            if (left is null || lane == 0) builder.Store(pointer, cell, number);
            else builder.If(left > lane, () => builder.Store(pointer, cell, number));
        }
    }

    /// <summary>Changes a variable in the wanted lanes only.</summary>
    public void Assign(CodeLocal variable, CodeExpr value) =>
        builder.Assign(variable, Mask is null ? value : Code.Select(Mask, value, variable));

    CodeExpr Convert(CodeExpr value) => Code.Convert(value, element);
}
