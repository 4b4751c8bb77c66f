namespace Adjoint;

// What one step of a time loop makes and only that step reads needs the memory of one step: along the loop's axis all
// positions share their cells.

/// <summary>Finds dimensions of tensors that need no memory of their own.</summary>
static class FoldedDims
{
    /// <param name="isFirst">Whether the first line that writes a tensor gives every cell of a step its value.</param>
    public static Dictionary<string, IReadOnlyList<bool>> Of(BoundProgram program, Func<string, bool> isFirst)
    {
        var accesses = new Dictionary<string, List<(Access Access, TimeLoop[] Loops)>>();
        foreach (var (line, loops) in program.Program.Body.LoopedLines())
            foreach (var access in line.Reads().Append(line.Target))
                (accesses.TryGetValue(access.Tensor, out var list) ? list : accesses[access.Tensor] = [])
                    .Add((access, loops));
        var folded = new Dictionary<string, IReadOnlyList<bool>>();
        foreach (var place in program.Places)
        {
            if (place.IsOperand || place.IsOutput || place.Updates is not null
                || !accesses.TryGetValue(place.Name, out var all) || !isFirst(place.Name)) continue;
            // Every access stands in the same loops: outside of them all positions are wanted at once.
            var loops = all[0].Loops.Where(l => all.TrueForAll(a => a.Loops.Contains(l))).ToList();
            bool[] dims = [.. place.Extent.Sizes.Select((_, d) => place.Extent.From[d] == 0
                && loops.Exists(l => all.TrueForAll(a => a.Access.Indices[d] == new AxisValue(l.Axis))))];
            if (dims.Contains(true)) folded[place.Name] = dims;
        }
        return folded;
    }
}
