namespace Adjoint;

// `uniform u[..]` of a signature is no argument of the caller: each call draws from a stream of its own. The shape
// follows from the operands that share its axes.

/// <summary>Random operands of a call.</summary>
static class RandomOperands
{
    /// <summary>The given operands with a random leaf in the place of each that the plan draws.</summary>
    public static Tensor[] Added(LoopProgram program, ReadOnlySpan<Tensor> given)
    {
        var isRandom = program.Operands.Select(o => o.Kind is OperandKind.Uniform or OperandKind.Normal).ToArray();
        if (given.Length + isRandom.Count(r => r) != isRandom.Length)
            return given.ToArray(); // the binding says what is wrong
        var sizes = new Dictionary<string, int[]> { [".."] = [] };
        var (next, type) = (0, DType.Float32);
        for (var i = 0; i < isRandom.Length; i++)
        {
            if (isRandom[i]) continue;
            var tensor = given[next++];
            if (tensor.Type.IsFloating) type = tensor.Type;
            Add(program.Operands[i].Dims, tensor.Shape);
        }
        var all = new Tensor[isRandom.Length];
        next = 0;
        for (var i = 0; i < all.Length; i++)
            all[i] = isRandom[i] ? Tensor.Draw(program.Operands[i].Kind, type, Shape(program.Operands[i]))
                : given[next++];
        return all;

        void Add(EquatableArray<Dim> dims, ReadOnlySpan<int> shape)
        {
            var at = 0;
            foreach (var dim in dims)
            {
                var count = dim.Axes[0] == ".." ? Math.Max(0, shape.Length - dims.Count + 1) : 1;
                if (at + count > shape.Length) return;
                int[] own = [.. shape[at..(at += count)]];
                if (dim.Axes[0] == "..") sizes[".."] = Wider(sizes[".."], own);
                else if (!dim.IsComposite) sizes[dim.Axes[0]] = own;
            }
        }

        int[] Shape(Operand operand) => [.. operand.Dims.SelectMany(d => sizes[d.Axes[0]])];
    }

    // By NumPy's rule; sizes that do not fit are an error of the binding.
    static int[] Wider(int[] a, int[] b)
    {
        var (wide, narrow) = a.Length >= b.Length ? (a, b) : (b, a);
        return [.. wide.Select((size, d) => Math.Max(size, d - wide.Length + narrow.Length is >= 0 and var n
            ? narrow[n] : 1))];
    }
}
