namespace Adjoint;

// Affine conditions become loop bounds: at each level what the outer axes have fixed, and what the inner ones can at
// most contribute, limits the axis. The innermost axis of an equality is thereby solved for: its lower and upper bound
// round towards each other, so that a point off the lattice leaves an empty range.

/// <summary>The loops of one line: axes outermost first, and the points that its affine conditions leave.</summary>
sealed class LoopNest
{
    /// <summary>One inequality <c>outer + factor * axis >= 0</c>; outer counts inner axes at their best.</summary>
    readonly record struct Bound(AffineForm Outer, long Factor);

    readonly long[] at;
    readonly int[] slots;
    readonly long[] last;
    readonly Bound[][] bounds;
    readonly AffineForm[] entry;

    /// <param name="slots">The axes that the line itself runs over; those of enclosing time loops are fixed.</param>
    /// <param name="limits">Forms that are at least 0 at every point.</param>
    public LoopNest(int[] slots, IReadOnlyList<AffineForm> limits, Positions positions)
    {
        (at, this.slots) = (positions.At, slots);
        last = [.. slots.Select(s => positions.Extent(s) - 1)];
        bounds = [.. slots.Select((_, level) => limits.SelectMany(l => BoundAt(l, level)).ToArray())];
        entry = [.. limits.Where(l => !l.Terms.Any(t => slots.Contains(t.Slot)))];
    }

    /// <summary>Calls <paramref name="point"/> at every point, positions set.</summary>
    public void Run(Action point)
    {
        foreach (var limit in entry) if (limit.Value(at) < 0) return;
        if (slots.Length == 0) point();
        else Level(0, point);
    }

    void Level(int level, Action point)
    {
        var slot = slots[level];
        long low = 0, high = last[level];
        foreach (var bound in bounds[level])
        {
            var rest = bound.Outer.Value(at);
            if (bound.Factor > 0) low = Math.Max(low, -FloorDivide(rest, bound.Factor));
            else high = Math.Min(high, FloorDivide(rest, -bound.Factor));
        }
        if (level == slots.Length - 1)
            for (var i = low; i <= high; i++)
            {
                at[slot] = i;
                point();
            }
        else
            for (var i = low; i <= high; i++)
            {
                at[slot] = i;
                Level(level + 1, point);
            }
    }

    IEnumerable<Bound> BoundAt(AffineForm limit, int level)
    {
        var factor = 0L;
        var outer = AffineForm.Of(limit.Constant);
        foreach (var (slot, f) in limit.Terms)
        {
            var own = Array.IndexOf(slots, slot);
            if (own == level) factor = f;
            else if (own > level) outer = outer.Plus(Math.Max(0, f * last[own]));
            else outer = outer.Plus(AffineForm.OfSlot(slot), f);
        }
        return factor == 0 ? [] : [new(outer, factor)];
    }

    /// <summary>Rounded down, whatever the signs.</summary>
    public static long FloorDivide(long a, long b)
    {
        if (b == 1) return a; // nearly always, and a division costs as much as the rest of a loop level
        var quotient = a / b;
        return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
    }
}
