namespace Adjoint;

// Loops over the lanes of vectors. The body is written once and laid out up to three times: several vectors a turn (so
// that sums do not wait for each other), one vector a turn, and the end. The end is one masked vector where the target
// loads some lanes only, else a scalar loop; neither touches a cell past the end. Masked, seven exps cost 3 ns with 512
// bits and 2 ns with 256; scalar, 15 ns.

sealed partial class CodeBuilder
{
    /// <summary>Runs the body over [from, to), a vector of lanes at a time.</summary>
    /// <param name="element">What the lanes are lanes of; its size decides how many there are.</param>
    /// <param name="unroll">Vectors a turn.</param>
    /// <param name="body">Gets the index of the first lane.</param>
    /// <param name="beside">What each turn of whole vectors does beside; gets its first index and how many it has.</param>
    public void VectorLoop(
        string name, CodeExpr from, CodeExpr to, Element element, Action<CodeExpr, Lanes> body, int unroll = 1, Action<CodeExpr, int>? beside = null)
    {
        var lanes = Target.Lanes(element);
        var start = Let($"{name}_start", Code.Typed(from, CodeType.Int64));
        var end = Let($"{name}_end", Code.Typed(to, CodeType.Int64));
        var done = start;
        while (unroll > 1 && LocalSlots.LiveVectors(Mixed(start, unroll)) > MostLive) unroll /= 2;
        if (unroll > 1) done = Full(unroll);
        if (lanes > 1 || unroll == 1) done = Full(1);
        if (lanes == 1 && unroll == 1) return;
        if (lanes > 1 && Target.HasMaskedMemory)
        {
            if (Known(done) is not { } from1 || Known(end) is not { } to1)
                If(done < end, () => body(done, new(this, element, lanes, 0, Let("left", end - done))));
            else if (from1 < to1)
                body(done, new(this, element, lanes, 0, Code.Constant(CodeType.Int64, to1 - from1)));
        }
        else if (Known(done) is not { } first || first != Known(end))
            For(name, done, end, i => body(i, new(this, element, 1, 0, null)));

        // Turns of so many whole vectors; gives where they end.
        CodeExpr Full(int parts)
        {
            var step = parts * lanes;
            if (Known(done) is { } begin && Known(end) is { } last)
            {
                var turns = Math.Max(last - begin, 0) / step;
                var turned = Code.Constant(CodeType.Int64, begin + turns * step);
                if (turns == 1) Turn(done);
                else if (turns > 1) For(name, done, turned, Turn, step);
                return turned;
            }
            var rest = Code.MaxNative(end - done, 0);
            var stop = step == 1 ? end
                : Let($"{name}_full", done + (int.IsPow2(step) ? rest & -step : rest / step * step));
            For(name, done, stop, Turn, step);
            return stop;

            void Turn(CodeExpr i)
            {
                beside?.Invoke(i, step);
                block.AddRange(Mixed(i, parts));
            }
        }

        List<CodeStatement> Mixed(CodeExpr i, int parts) => Interleaved(
            [.. Enumerable.Range(0, parts).Select(part => Block(() => body(i + part * lanes, new(this, element, lanes, part, null))))]);

        static long? Known(CodeExpr value) => value is CodeConstant number ? number.Integer : null;
    }

    // A processor looks a few dozen instructions ahead, less than a function of one vector takes: the chains of several run side by
    // side only where they stand side by side. One after the other they are slow for a second reason: the JIT keeps the constants
    // of the first in registers for the last, and everything else on the stack (4 exps: 24 cycles a vector, side by side 12).
    // No vector of a loop reads what another writes.
    static List<CodeStatement> Interleaved(IReadOnlyList<List<CodeStatement>> blocks)
    {
        const int Least = 8;
        var isStraight = blocks.All(b => b.Count == blocks[0].Count && b.TrueForAll(s => s is CodeAssign or CodeStore or CodeRemark));
        if (blocks[0].Count < Least || !isStraight) return [.. blocks.SelectMany(b => b)];
        return [.. Enumerable.Range(0, blocks[0].Count).SelectMany(k => blocks.Select(b => b[k]))];
    }

    // What is not needed for long may lie on the stack meanwhile: that costs less than vectors that wait for themselves.
    int MostLive => Target.Registers * 5 / 2;

    /// <summary>The sum of the lanes, always in the same order: halves upon halves.</summary>
    public CodeExpr HorizontalSum(CodeExpr vector) => Horizontal(vector, (a, b) => a + b);

    /// <summary>Combines the lanes into one, always in the same order: halves upon halves.</summary>
    public CodeExpr Horizontal(CodeExpr vector, Func<CodeExpr, CodeExpr, CodeExpr> combine)
    {
        var value = Let("half", vector);
        while (value.Type.Bits > 128) value = Let("half", combine(Code.Lower(value), Code.Upper(value)));
        CodeExpr[] numbers = [.. Enumerable.Range(0, value.Type.Lanes).Select(lane => Code.Lane(value, lane))];
        while (numbers.Length > 1)
        {
            var half = numbers.Length / 2;
            numbers = [.. Enumerable.Range(0, half).Select(i => Let("part", combine(numbers[i], numbers[i + half])))];
        }
        return numbers[0];
    }
}
