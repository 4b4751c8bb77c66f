using System.Numerics;

namespace Adjoint;

/// <summary>Points of a box of axes where affine forms are at least 0.</summary>
static class LatticeCount
{
    public static Polynomial Of((string Name, Polynomial Size)[] axes, IEnumerable<Polynomial> limits)
    {
        var open = new List<Polynomial>();
        foreach (var limit in limits.Distinct())
        {
            if (limit.Bound(false, Size) is { } low && low.AtLeast(0)) continue; // holds everywhere
            if (limit.Bound(true, Size) is { } high && (-high).AtLeast(1)) return Polynomial.Zero;
            open.Add(limit);
        }
        if (open.Count == 0) return axes.Aggregate(Polynomial.One, (product, axis) => product * axis.Size);
        if (axes.All(a => a.Size.IsConstant) && open.All(l => l.Symbols.All(s => s[^1] == '\'')))
            return Polynomial.Constant(Enumerate(axes, open));
        // max(0, t - u) explains less than the count it comes from
        return axes.Length <= 2 && Formula(axes, open) is { } formula
            && !formula.Atoms.Any(a => a is PositiveAtom p && p.Value.Symbols.Count() > 1)
            ? formula : Polynomial.Of(new CountAtom(axes, [.. open]));

        Polynomial? Size(string axis) => Array.Find(axes, a => a.Name == axis).Size;
    }

    // One axis: lowest to highest. Two axes: the difference a - b between lowest and highest, where b counts backwards
    // if the limits are on the sum. Null when factors are not 1 or -1, directions mix, or which limit is the sharper
    // one is open.
    static Polynomial? Formula((string Name, Polynomial Size)[] axes, List<Polynomial> open)
    {
        if (axes.Length == 0) return null;
        var (a, b) = (axes[0], axes[^1]);
        var isPair = axes.Length == 2;
        var isSum = isPair && open[0].FactorOf(a.Name) == open[0].FactorOf(b.Name);
        Polynomial? low = isPair ? null : Polynomial.Zero, high = isPair ? null : a.Size - 1;
        foreach (var limit in open)
        {
            var factor = limit.FactorOf(a.Name);
            if (!factor.IsUnit || isPair && limit.FactorOf(b.Name) != (isSum ? factor : -factor)) return null;
            // b counts backwards from #b - 1 where the limits are on a + b
            var rest = limit.With(a.Name, Polynomial.Zero).With(b.Name, isSum ? b.Size - 1 : Polynomial.Zero);
            if (factor == 1 ? !Sharpen(ref low, -rest, 1) : !Sharpen(ref high, rest, -1)) return null;
        }
        if (!isPair) return (high! - low! + 1).AtLeastZero();
        return (high is null ? a.Size * b.Size : AtMost(high)) - (low is null ? Polynomial.Zero : AtMost(low - 1));

        // pairs with a - b <= c: a triangle, less the corners that stick out of the box
        Polynomial AtMost(Polynomial c) =>
            Triangle(b.Size + c) - Triangle(b.Size + c - a.Size) - Triangle(c) + Triangle(c - a.Size);

        static bool Sharpen(ref Polynomial? bound, Polynomial limit, int sign)
        {
            if (bound is not null && (sign * (bound - limit)).AtLeast(0)) return true;
            if (bound is not null && !(sign * (limit - bound)).AtLeast(0)) return false;
            bound = limit;
            return true;
        }
    }

    // 1 + 2 + … + n, and 0 for a negative n; n (n + 1) / 2 is right from -1 on
    static Polynomial Triangle(Polynomial n)
    {
        var count = n.AtLeast(-1) ? n : n.AtLeastZero();
        return count * (count + 1) * Polynomial.Constant(new Rational(1, 2));
    }

    static BigInteger Enumerate((string Name, Polynomial Size)[] axes, List<Polynomial> open)
    {
        var factors = axes.Select(a => open.Select(l => Long(l.FactorOf(a.Name))).ToArray()).ToArray();
        return Walk(0, [.. open.Select(l => Long(axes.Aggregate(l, (rest, a) => rest.With(a.Name, Polynomial.Zero))))]);

        long Walk(int level, long[] values)
        {
            if (level == axes.Length) return values.All(v => v >= 0) ? 1 : 0;
            var sum = 0L;
            for (long i = 0, size = Long(axes[level].Size); i < size; i++)
                sum += Walk(level + 1, [.. values.Select((v, l) => v + factors[level][l] * i)]);
            return sum;
        }

        static long Long(Polynomial number) => (long)number.Value.Numerator;
    }

    /// <summary>A count that has no formula here; with numbers for all sizes it becomes one.</summary>
    sealed record CountAtom((string Name, Polynomial Size)[] Axes, Polynomial[] Limits) : PolynomialAtom(
        $"points({string.Join(", ", Axes.Select(a => $"{a.Name}' < {a.Size}"))}"
        + $"{string.Concat(Limits.Select(l => $", {l} >= 0"))})")
    {
        internal override Polynomial Growth =>
            Axes.Aggregate(Polynomial.One, (product, axis) => product * axis.Size.Growth);

        internal override Polynomial Substitute(Func<string, Polynomial?> values) => Of(
            [.. Axes.Select(a => (a.Name, a.Size.Substitute(values).AtLeastZero()))],
            Limits.Select(l => l.Substitute(name => name[^1] == '\'' ? null : values(name))));

        // arrays are compared by what they say
        public bool Equals(CountAtom? other) => base.Equals(other);
        public override int GetHashCode() => base.GetHashCode();
    }
}
