namespace Adjoint;

// A tensor that one kernel writes and reads within one turn of its outer loops needs the cells of that turn alone: a
// row that stays in the first cache instead of an array that passes through memory.

/// <summary>The cells of a tensor that one turn of the loops around its lines uses.</summary>
/// <param name="Strides">By its dimensions; 0 for those at which the whole turn stands still.</param>
sealed record RowBuffer(string Tensor, long[] Strides, long Count)
{
    public IndexForm Offset(BoundProgram program, Access access)
    {
        var offset = IndexForm.Of(0);
        for (var d = 0; d < Strides.Length; d++)
            if (Strides[d] != 0)
                offset = offset.Plus(program.Form(access.Indices[d]).Plus(-program[Tensor].Extent.From[d]), Strides[d]);
        return offset;
    }
}

/// <summary>Finds the tensors of a kernel that are no more than a row.</summary>
static class RowBuffers
{
    // Half of a first cache of 32 KiB: the rest is for the rows that come and go.
    const long MostBytes = 16 << 10;

    /// <param name="tensors">Those that no line outside the item mentions and that get all cells in it.</param>
    public static Dictionary<string, RowBuffer> Of(BoundProgram program, LoopItem item, IEnumerable<string> tensors)
    {
        var rows = new Dictionary<string, RowBuffer>();
        var left = MostBytes;
        foreach (var tensor in tensors)
        {
            if (Row(program, item, tensor) is not { } row) continue;
            var bytes = row.Count * program[tensor].Type.ByteSize;
            if (bytes > left) continue;
            left -= bytes;
            rows[tensor] = row;
        }
        return rows;
    }

    static RowBuffer? Row(BoundProgram program, LoopItem item, string tensor)
    {
        var place = program[tensor];
        var lines = item.Plans.Select(p => p.Line)
            .Where(l => l.Target.Tensor == tensor || l.Reads.Any(r => r.Tensor == tensor)).ToList();
        Access[] cells = [.. lines.SelectMany(l => l.Reads.Append(l.Target)).Where(a => a.Tensor == tensor)];
        var fixedAxes = new List<string>(lines[0].Loops);
        // Down the loops that hold all of its lines; one that it depends on in any other way keeps all inside it apart.
        while (item is LoopNode { IsVector: false } node)
        {
            string[] own = [.. node.Outer, node.Axis];
            if (own.Any(axis => !StandsStill(axis) && Mentions(axis))) break;
            fixedAxes.AddRange(own);
            var inside = node.Items.Where(i => i.Plans.Any(p => lines.Contains(p.Line))).ToList();
            if (inside.Count != 1) break;
            item = inside[0];
        }
        var strides = new long[place.Strides.Length];
        var count = 1L;
        for (var d = strides.Length - 1; d >= 0; d--)
        {
            if (fixedAxes.Any(axis => cells.All(c => IsPlain(c, d, axis)))) continue;
            strides[d] = count;
            count *= place.Extent.Sizes[d];
        }
        return count < place.Count ? new(tensor, strides, count) : null;

        bool StandsStill(string axis) =>
            Enumerable.Range(0, place.Extent.Sizes.Length).Any(d => cells.All(c => IsPlain(c, d, axis)));

        bool Mentions(string axis) => cells.Any(c => c.Indices.Any(i => i.Axes().Contains(axis)));

        bool IsPlain(Access cell, int d, string axis) => program.Form(cell.Indices[d]).Key == IndexForm.Of(axis).Key;
    }
}
