namespace Adjoint;

/// <summary>An integer that only a run knows: attributes, cells of integers, positions of the loops around, times
/// numbers.</summary>
sealed unsafe class RunInteger
{
    readonly record struct Term(long Factor, int Loop = -1, int Outer = -1, int Number = -1, RunCell? Cell = null);

    /// <summary>A cell of a tensor of integers.</summary>
    sealed record RunCell(TensorPlace Place, RunInteger Offset)
    {
        public long Value(CpuFrame frame, ReadOnlySpan<long> outer)
        {
            var at = Offset.Value(frame, outer);
            var cells = (void*)frame.Buffers[Place.Buffer];
            return Place.Element is Element.Int32 ? ((int*)cells)[at] : ((long*)cells)[at];
        }
    }

    readonly long constant;
    readonly Term[] terms;

    /// <param name="loops">Time loops, by their number.</param>
    /// <param name="outer">Axes whose positions the step gives.</param>
    public RunInteger(BoundProgram program, IndexForm form, IReadOnlyList<string> loops, IReadOnlyList<string> outer)
    {
        constant = form.Constant;
        terms = [.. form.Terms.Select(t => program.Atom(t.Key) switch
        {
            null when loops.ToList().IndexOf(t.Key) is var loop and >= 0 => new Term(t.Value, Loop: loop),
            null => new(t.Value, Outer: outer.ToList().IndexOf(t.Key)),
            AttributeValue attribute => new(t.Value, Number: program.Argument(attribute.Name)),
            Access access => new(t.Value, Cell: new(program[access.Tensor],
                new(program, program.Offset(access), loops, outer))),
            var atom => throw Throw.Internal($"a run has no integer {atom}"),
        })];
    }

    /// <summary>The tensors it looks into.</summary>
    public IEnumerable<int> Buffers => terms.SelectMany(t => t.Cell is null ? Enumerable.Empty<int>()
        : t.Cell.Offset.Buffers.Prepend(t.Cell.Place.Buffer));

    /// <summary>The same without looking into tensors; null where it takes that.</summary>
    public long? Known(CpuFrame frame, ReadOnlySpan<long> outer) => Array.Exists(terms, t => t.Cell is not null) ? null : Value(frame, outer);

    /// <summary>The value in a run, where the step stands.</summary>
    public long Value(CpuFrame frame, ReadOnlySpan<long> outer)
    {
        var value = constant;
        foreach (var term in terms)
            value += term.Factor * (term.Cell is { } cell ? cell.Value(frame, outer)
                : term.Number >= 0 ? (long)frame.Numbers[term.Number]
                : term.Loop >= 0 ? frame.Positions[term.Loop] : outer[term.Outer]);
        return value;
    }
}
