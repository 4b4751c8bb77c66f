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
        Code.Indices(new CodeType(element, count).AsInteger)
            < Code.Convert(left, new CodeType(element).AsInteger.Element));

    /// <summary>index, index + 1 … as integers of the lanes' size, for conditions on the axis itself.</summary>
    public CodeExpr Indices(CodeExpr index)
    {
        var first = Code.Convert(index, Type.AsInteger.Element);
        return Count == 1 ? first : first + Code.Indices(Type.AsInteger);
    }

    /// <summary>The cells at index, index + stride …; numbers of another type are converted.</summary>
    /// <param name="where">Lanes without it are not read and give 0: the cells there need not exist.</param>
    public CodeExpr Load(CodeExpr pointer, CodeExpr index, CodeExpr? stride = null, CodeExpr? where = null)
    {
        var cells = new CodeType(pointer.Type.Element).With(Count);
        if (stride is CodeConstant { Integer: 0 } && where is null) return Convert(pointer[index]);
        var isDense = stride is null or CodeConstant { Integer: 1 } && cells.ElementBytes == Type.ElementBytes;
        if (isDense && where is null) return Convert(Code.Load(pointer, index, cells, Mask));
        if (isDense && Count > 1 && builder.Target.HasMaskedMemory)
            return Convert(Code.Load(pointer, index, cells, Mask is null ? Typed(where!) : Mask & where!));
        if (stride is CodeConstant { Integer: 2 } && where is null && HasPairs(cells)) return Pairs(pointer, index, cells);
        return Gather(lane => pointer[index + lane * (stride ?? 1)], where);
    }

    bool HasPairs(CodeType cells) =>
        Count > 1 && cells == Type && (builder.Target.HasPermute || CodeTarget.HasAlternate(cells));

    // Every second cell: two vectors, of which the second begins one cell early, so that none ends behind the last cell.
    CodeExpr Pairs(CodeExpr pointer, CodeExpr index, CodeType cells)
    {
        var first = builder.Let("even", Code.Load(pointer, index, cells, Reaches(0)));
        var second = builder.Let("odd", Code.Load(pointer, index + (Count - 1), cells, Reaches(Count - 1)));
        if (!builder.Target.HasPermute) return builder.Let("pairs", Code.Alternate(first, second));
        var lanes = Enumerable.Range(0, Count).Select(lane => lane < Count / 2 ? 2 * lane : 2 * lane + 1);
        return builder.Let("pairs", Code.Permute(first, second, lanes));
    }

    // Which of the cells from the given one on lie before the last wanted one; null for all.
    CodeExpr? Reaches(int from) => left is null ? null : builder.Let("reached",
        Code.Indices(Type.AsInteger) < Code.Convert(2 * left - (from + 1), Type.AsInteger.Element));

    /// <summary>A vector of the scalars that a function gives for each lane.</summary>
    /// <remarks>Lanes that are not wanted repeat the last wanted one.</remarks>
    /// <param name="where">Lanes without it are not computed and are 0.</param>
    public CodeExpr Gather(Func<CodeExpr, CodeExpr> scalar, CodeExpr? where = null)
    {
        var last = left is null || where is not null ? null
            : builder.Let("last", Code.Binary(CodeOp.Subtract, left, Code.Constant(CodeType.Int64, 1L)));
        var condition = where is null ? null : builder.Let("where", where);
        return builder.Let("gathered", Code.Pack([.. Enumerable.Range(0, Count).Select(Scalar)]));

        CodeExpr Scalar(int lane)
        {
            var number = Code.Constant(CodeType.Int64, lane);
            if (condition is null)
                return Convert(scalar(last is null || lane == 0 ? number
                    : last is CodeConstant known ? Code.Constant(CodeType.Int64, Math.Min(known.Integer, lane))
                    : Code.MinNative(last, number)));
            var isMine = IsSet(condition, lane);
            if (left is not null && lane > 0) isMine &= left > lane;
            return Code.Select(isMine, Convert(scalar(number)), 0);
        }
    }

    /// <summary>Writes the wanted lanes to the cells at index, index + stride ….</summary>
    /// <param name="where">Lanes without it are left as they are.</param>
    public void Store(CodeExpr pointer, CodeExpr index, CodeExpr value, CodeExpr? stride = null, CodeExpr? where = null)
    {
        value = Code.Typed(value, new CodeType(pointer.Type.Element).With(Count));
        var isDense = stride is null or CodeConstant { Integer: 1 };
        if (where is null && (isDense || Count == 1))
        {
            builder.Store(pointer, index, value, Mask);
            return;
        }
        if (where is not null && isDense && Count > 1 && builder.Target.HasMaskedMemory)
        {
            builder.Store(pointer, index, value, Mask is null ? Typed(where) : Mask & where);
            return;
        }
        var vector = builder.Let("stored", value);
        var condition = where is null ? null : builder.Let("where", where);
        for (var lane = 0; lane < Count; lane++)
        {
            var cell = index + lane * (stride ?? 1);
            var number = Code.Lane(vector, lane);
            if (left is CodeConstant known && lane >= known.Integer) break;
            var mine = condition is null ? null : IsSet(condition, lane);
            if (left is not (null or CodeConstant) && lane > 0) mine = mine is null ? left > lane : mine & (left > lane);
            if (mine is null) builder.Store(pointer, cell, number);
            else builder.If(mine, () => builder.Store(pointer, cell, number));
        }
    }

    /// <summary>Changes a variable in the wanted lanes only.</summary>
    public void Assign(CodeLocal variable, CodeExpr value) =>
        builder.Assign(variable, Mask is null ? value : Code.Select(Mask, value, variable));

    CodeExpr Convert(CodeExpr value) => Code.Convert(value, element);

    CodeExpr Typed(CodeExpr mask) => Code.Typed(mask, Type.AsMask);

    static CodeExpr IsSet(CodeExpr mask, int lane) =>
        mask.Type.IsVector ? Code.NotEqual(Code.Lane(Code.Bits(mask), lane), 0) : mask;
}
