namespace Adjoint;

// The scores of attention are many times larger than what they come from. Such a tensor is better computed again than
// kept, and better made a block of rows at a time than whole.

/// <summary>Finds computed tensors much larger than what they are computed from.</summary>
static class LargeTensors
{
    const int BytesPerNumber = 4;

    public static HashSet<string> Of(LoopProgram program, Extents extents, BlockOptions options)
    {
        var large = new HashSet<string>();
        foreach (var writers in program.Body.OfType<Line>().GroupBy(l => l.Target.Tensor))
        {
            var tensor = writers.Key;
            var extent = extents.Tensor(tensor);
            if (extent.Count * BytesPerNumber < options.MinBytes || extent.From.Any(f => f != 0)
                || program.Outputs.Any(o => o.Name == tensor) || IsWrittenInLoop(program, tensor)
                || !writers.All(l => IsWhole(l.Target))) continue;
            var reads = writers.SelectMany(l => l.Reads()).Select(r => r.Tensor).Distinct().ToList();
            // What is smaller than the large ones it reads sums over them, and is kept.
            if (reads.Exists(r => large.Contains(r) && extents.Tensor(r).Count <= extent.Count)
                || reads.Count > 0 && reads.Sum(r => extents.Tensor(r).Count) * options.Growth <= extent.Count)
                large.Add(tensor);
        }
        return large;
    }

    static bool IsWhole(Access target) => target.Indices.All(i => i is AxisValue)
        && target.Indices.Distinct().Count() == target.Indices.Count;

    static bool IsWrittenInLoop(LoopProgram program, string tensor) =>
        program.Body.OfType<TimeLoop>().Any(loop => loop.Body.AllLines().Any(l => l.Target.Tensor == tensor));
}
