namespace Adjoint.Tests;

sealed partial class ProgramGenerator
{
    /// <summary>The axes of the line in the making.</summary>
    /// <param name="isOpen">True while the line may take further axes.</param>
    sealed class Scope(ProgramGenerator owner, IEnumerable<string> axes, bool isOpen)
    {
        public List<string> Axes { get; } = [.. axes.Distinct()];
        public bool IsOpen { get; set; } = isOpen;

        /// <summary>What must hold so that the reads stay inside.</summary>
        public List<Expr> Guards { get; } = [];

        public bool Uses(string axis)
        {
            if (Axes.Contains(axis)) return true;
            if (!IsOpen || Axes.Count > 4 || Axes.Append(axis).Aggregate(1, (n, a) => n * owner.sizes[a]) > owner.MostPoints) return false;
            Axes.Add(axis);
            return true;
        }
    }

    /// <summary>A cell of any tensor that may be read here; null if none can be.</summary>
    Access? Read(Scope scope, bool mustBePositive = false)
    {
        if (local.Count > 0 && Chance(0.5) && LocalRead(scope, mustBePositive) is { } carried) return carried;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var candidates = readable.Where(t => t.IsPositive || !mustBePositive).ToList();
            var tensor = candidates.Count == 0 || Chance(operands.Count < 5 ? 0.35 : 0.05) ? NewOperandFor(scope) : Pick(candidates);
            if (mustBePositive && !tensor.IsPositive) continue;
            if (Indices(tensor, scope) is { } indices) return new(tensor.Name, indices);
        }
        return null;
    }

    Readable NewOperandFor(Scope scope)
    {
        var axes = scope.Axes.Where(_ => Chance(0.6)).ToList();
        if (scope.IsOpen && Chance(scope.Axes.Count == 0 ? 0.85 : 0.45)) axes.Add(Chance(0.3) && leading is not null && !axes.Contains("..") ? ".." : NewAxis());
        Shuffle(axes);
        if (axes.Count is > 0 and < 3 && axes[0] != ".." && Chance(0.04)) axes.Add(axes[0]);
        return NewOperand([.. axes.Take(4)]);
    }

    EquatableArray<Expr>? Indices(Readable tensor, Scope scope)
    {
        var before = scope.Guards.Count;
        var indices = new List<Expr>();
        for (var d = 0; d < tensor.Dims.Count; d++)
        {
            if (Index(tensor, tensor.Dims[d], scope) is { } index) indices.Add(index);
            else
            {
                scope.Guards.RemoveRange(before, scope.Guards.Count - before);
                return null;
            }
        }
        return indices.ToEquatable();
    }

    Expr? Index(Readable tensor, Dim dim, Scope scope)
    {
        if (dim.IsComposite) return CompositeIndex(tensor, dim, scope);
        var axis = dim.Axes[0];
        var own = new AxisValue(axis);
        if (axis == "..") return scope.Uses(axis) ? own : null;
        if (Chance(0.62) && scope.Uses(axis)) return own;
        for (var attempt = 0; attempt < 3; attempt++)
            if (OddIndex(axis, sizes[axis], scope, !tensor.HasMargins) is { } odd) return odd;
        if (scope.Uses(axis)) return own;
        return sizes[axis] > 0 ? new Number(random.Next(sizes[axis])) : null;
    }

    /// <summary>Any index but the plain one into a dimension of n cells that an axis walks along.</summary>
    Expr? OddIndex(string axis, int n, Scope scope, bool mayInfer)
    {
        var extent = new ExtentValue(axis);
        switch (Pick(3, 2, 1, 2, 3, 2, 3, 4, 2, 2))
        {
            case 0: return Known(scope, size => size == n) is { } same ? new AxisValue(same) : null;
            case 1: return n > 0 ? new Number(random.Next(n)) : null;
            case 2: return n > 0 ? Minus(extent, new Number(random.Next(n) + 1)) : null;
            case 3: return Known(scope, size => size <= n, isPlain: false) is { } back ? Minus(Minus(extent, new Number(1)), new AxisValue(back)) : null;
            case 4:
                {
                    var shift = random.Next(Math.Min(n, 3) + 1);
                    if (Affine(scope, mayInfer ? n - shift : 0, size => size + shift <= n) is not { } axis1) return null;
                    return Chance(0.5) ? Plus(new Number(shift), axis1) : Plus(axis1, new Number(shift));
                }
            case 5:
                {
                    var (step, shift) = (random.Next(2, 4), random.Next(2));
                    if (n <= shift || Affine(scope, mayInfer ? (n - shift - 1) / step + 1 : 0, size => size == 0 || step * (size - 1) + shift < n) is not { } axis1) return null;
                    var product = Times(Chance(0.3) ? Attribute(step) : new Number(step), axis1);
                    return shift == 0 && Chance(0.5) ? product : Plus(product, new Number(shift));
                }
            case 6:
                {
                    if (Known(scope, size => size > 0 && size <= n, isPlain: false) is not { } axis1) return null;
                    var step = random.Next(1, 3);
                    var rest = n - sizes[axis1];
                    if (Affine(scope, mayInfer ? rest / step + 1 : 0, size => size > 0 && step * (size - 1) <= rest, axis1) is not { } axis2) return null;
                    Expr scaled = step == 1 ? axis2 : Times(new Number(step), axis2);
                    return Chance(0.5) ? Plus(scaled, new AxisValue(axis1)) : Plus(new AxisValue(axis1), scaled);
                }
            case 7: return n > 0 ? Gathered(axis, scope) : null;
            case 8:
                {
                    if (!scope.Uses(axis)) return null;
                    scope.Guards.Add(Chance(0.5) ? Less(new Number(0), new AxisValue(axis)) : new Compare(Comparison.GreaterOrEqual, new AxisValue(axis), new Number(1)));
                    return Minus(new AxisValue(axis), new Number(1));
                }
            default:
                {
                    if (!scope.Uses(axis)) return null;
                    scope.Guards.Add(Less(new AxisValue(axis), Minus(extent, new Number(1))));
                    return Plus(new AxisValue(axis), new Number(1));
                }
        }
    }

    static Compare Less(Expr a, Expr b) => new(Comparison.Less, a, b);

    /// <summary>An axis of a size that fits, one of the line rather than another.</summary>
    string? Known(Scope scope, Func<int, bool> fits, bool isPlain = true)
    {
        var candidates = sizes.Keys.Where(a => a != ".." && (isPlain || !inferred.Contains(a)) && fits(sizes[a]))
            .OrderBy(a => scope.Axes.Contains(a) ? 0 : 1).ThenBy(_ => random.Next()).ToList();
        if (candidates.Count > 0 && Chance(0.3)) candidates.Reverse();
        return candidates.FirstOrDefault(scope.Uses);
    }

    // The largest size that stays inside is what the extents infer: then nothing else need tell it. 0: none may be inferred.
    AxisValue? Affine(Scope scope, int largest, Func<int, bool> fits, string? except = null)
    {
        if (scope.IsOpen && largest > 0 && Chance(0.25))
        {
            var axis = NewAxis(largest);
            if (scope.Uses(axis))
            {
                inferred.Add(axis);
                return new(axis);
            }
            sizes.Remove(axis);
        }
        var known = sizes.Keys.Where(a => a != ".." && a != except && !inferred.Contains(a) && fits(sizes[a])).OrderBy(_ => random.Next()).FirstOrDefault(scope.Uses);
        return known is null ? null : new(known);
    }

    /// <summary>An integer operand, with a gather in it: at[n], or a scalar.</summary>
    Access? Gathered(string axis, Scope scope, int beyond = 0, bool isDistinct = false)
    {
        var there = operands.Where(o => domains[o.Name] is { Axis: not null } domain && domain.Axis == axis && domain.Beyond <= beyond
            && domain.AreDistinct == isDistinct).ToList();
        if (there.Count > 0 && Chance(0.4))
        {
            var operand = Pick(there);
            if (operand.Dims.All(d => scope.Uses(d.Axes[0]))) return new(operand.Name, operand.Dims.Select(d => d.Index).ToEquatable());
        }
        var axes = scope.Axes.Where(a => Chance(0.5) && (!isDistinct || sizes[a] <= sizes[axis])).Take(isDistinct ? 1 : 2).ToList();
        if (scope.IsOpen && axes.Count < 2 && Chance(0.4) && !isDistinct && NewAxis() is var fresh && scope.Uses(fresh)) axes.Add(fresh);
        Shuffle(axes);
        // An operand used in an index is an integer whether it says so or not.
        var kind = beyond > 0 || Chance(0.5) ? OperandKind.Int : OperandKind.Float;
        var made = AddOperand(kind, axes.Select(a => new Dim(a)).ToEquatable(), new(Axis: axis, Beyond: beyond, AreDistinct: isDistinct));
        return new(made.Name, made.Dims.Select(d => d.Index).ToEquatable());
    }

    // An integer part has an extent only where the signature declares the dimension.
    Expr? CompositeIndex(Readable tensor, Dim dim, Scope scope)
    {
        var isDeclared = operands.Any(o => o.Name == tensor.Name);
        var parts = new List<Expr>();
        foreach (var axis in dim.Axes)
        {
            if (isDeclared && sizes[axis] > 0 && Chance(0.2)) parts.Add(new Number(random.Next(sizes[axis])));
            else if (scope.Uses(axis)) parts.Add(new AxisValue(axis));
            else if (isDeclared && sizes[axis] > 0) parts.Add(new Number(random.Next(sizes[axis])));
            else return null;
        }
        return new Composite(parts.ToEquatable());
    }
}
