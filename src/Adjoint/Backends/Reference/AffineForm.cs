namespace Adjoint;

/// <summary>A constant plus positions times integers, with all sizes and attributes put in.</summary>
sealed class AffineForm
{
    readonly int[] slots;
    readonly long[] factors;

    AffineForm(long constant, IEnumerable<(int Slot, long Factor)> terms)
    {
        Constant = constant;
        var kept = terms.Where(t => t.Factor != 0).OrderBy(t => t.Slot).ToList();
        slots = [.. kept.Select(t => t.Slot)];
        factors = [.. kept.Select(t => t.Factor)];
    }

    public static AffineForm Of(long constant) => new(constant, []);
    public static AffineForm OfSlot(int slot) => new(0, [(slot, 1)]);

    public long Constant { get; }
    public bool IsConstant => slots.Length == 0;
    public IEnumerable<(int Slot, long Factor)> Terms => slots.Zip(factors);

    public AffineForm Plus(AffineForm other, long times = 1) => new(Constant + times * other.Constant,
        Terms.Concat(other.Terms.Select(t => (t.Slot, Factor: t.Factor * times))).GroupBy(t => t.Slot)
            .Select(g => (g.Key, g.Sum(t => t.Factor))));

    public AffineForm Plus(long constant) => new(Constant + constant, Terms);

    public AffineForm Times(long factor) => new(Constant * factor, Terms.Select(t => (t.Slot, t.Factor * factor)));

    /// <summary>True when all positions inside the extents give from 0 to below <paramref name="size"/>.</summary>
    public bool StaysBelow(long size, Positions positions)
    {
        long low = Constant, high = Constant;
        foreach (var (slot, factor) in Terms)
        {
            if (!positions.IsAxis(slot)) return false;
            var reach = factor * (positions.Extent(slot) - 1);
            if (factor > 0) high += reach;
            else low += reach;
        }
        return low >= 0 && high < size;
    }

    public long Value(long[] at)
    {
        var value = Constant;
        for (var i = 0; i < slots.Length; i++) value += at[slots[i]] * factors[i];
        return value;
    }

    /// <summary>As a closure; short forms, nearly all of them, without a loop.</summary>
    public Func<long> Compile(long[] at)
    {
        var constant = Constant;
        switch (slots.Length)
        {
            case 0: return () => constant;
            case 1:
                var (slot, factor) = (slots[0], factors[0]);
                return () => constant + at[slot] * factor;
            case 2:
                var (slot0, slot1, factor0, factor1) = (slots[0], slots[1], factors[0], factors[1]);
                return () => constant + at[slot0] * factor0 + at[slot1] * factor1;
            default: return () => Value(at);
        }
    }
}
