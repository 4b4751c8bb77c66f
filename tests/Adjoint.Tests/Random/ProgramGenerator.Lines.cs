namespace Adjoint.Tests;

sealed partial class ProgramGenerator
{
    void AddFamily()
    {
        switch (Pick(5, 8, 3, 3, 5, 3, 4, 3, 3, 6))
        {
            case 0: AddPointwise(); break;
            case 1: AddReduction(); break;
            case 2: AddFold(LineOp.Multiply); break;
            case 3: AddFold(Chance(0.7) ? LineOp.Max : LineOp.Min); break;
            case 4: AddRelation(); break;
            case 5: AddScatter(); break;
            case 6: AddUpdate(); break;
            case 7: AddPieces(); break;
            case 8: AddRatio(); break;
            default: AddTimeLoop(); break;
        }
    }

    /// <summary>The line with the conditions that its reads need, and perhaps one more.</summary>
    Line Line(Access target, LineOp op, Expr value, Scope scope, double condition = 0.25)
    {
        scope.IsOpen = false;
        var conditions = new List<Expr>(scope.Guards);
        if (Chance(condition)) conditions.Add(Condition(scope));
        return new(target, op, value, Traversal.Conjunction(conditions.Distinct()));
    }

    static Access Target(string name, EquatableArray<Dim> dims) => new(name, dims.Select(d => d.Index).ToEquatable());

    Scope Open() => new(this, [], isOpen: true);

    /// <summary>A closed scope over the axes of some tensor, for lines that write every point once.</summary>
    Scope Anchored()
    {
        var scope = Open();
        var tensor = readable.Count > 0 && Chance(0.6) ? Pick(readable) : NewOperandFor(scope);
        foreach (var axis in tensor.Axes) scope.Uses(axis);
        if (Chance(0.15)) scope.Uses(NewAxis());
        scope.IsOpen = false;
        return scope;
    }

    void AddPointwise()
    {
        var scope = Anchored();
        var value = Chance(0.15) ? Positive(scope, 2) : Value(scope, random.Next(1, 4));
        var axes = scope.Axes.ToList();
        Shuffle(axes);
        var (name, dims) = (Name(ComputedNames), Dims(axes, 0.15));
        body.Add(Line(Target(name, dims), LineOp.Set, value, scope));
        if (Chance(0.2)) AddContributions(name, dims);
        Computed(name, dims);
    }

    void AddReduction()
    {
        var scope = Open();
        var value = Value(scope, random.Next(1, 4));
        var dims = Dims(Kept(scope), 0.12);
        var name = Name(ComputedNames);
        body.Add(Line(Target(name, dims), Chance(0.75) ? LineOp.Add : LineOp.Subtract, value, scope));
        if (Chance(0.35)) AddContributions(name, dims);
        Computed(name, dims);
    }

    List<string> Kept(Scope scope)
    {
        var kept = scope.Axes.Where(_ => Chance(0.55)).ToList();
        if (Chance(0.5)) Shuffle(kept);
        return kept;
    }

    // Further writers of a tensor; they may sum over axes of their own.
    void AddContributions(string name, EquatableArray<Dim> dims)
    {
        for (var more = random.Next(1, 3); more > 0; more--)
        {
            var scope = new Scope(this, dims.SelectMany(d => d.Axes), Chance(0.5));
            var value = Value(scope, random.Next(1, 3));
            body.Add(Line(Target(name, dims), Chance(0.7) ? LineOp.Add : LineOp.Subtract, value, scope));
        }
    }

    void AddFold(LineOp op)
    {
        var scope = Open();
        var value = Chance(0.5) ? Value(scope, 1) : Read(scope) ?? Value(scope, 1);
        var dims = Dims(Kept(scope), 0.1);
        var name = Name(ComputedNames);
        body.Add(Line(Target(name, dims), op, value, scope));
        Computed(name, dims);
    }

    /// <summary>Convolution, its transpose, windows and pools: m == stride*p + dilation*k - pad.</summary>
    void AddRelation()
    {
        var scope = Open();
        string[] axes = ["", "", ""];
        var relations = new List<Expr>();
        var tied = new List<string>();
        for (var count = Chance(0.15) ? 2 : 1; count > 0; count--)
        {
            for (var i = 0; i < 3; i++) axes[i] = Chance(0.4) ? Known(scope, size => size < 6 && i < 9) ?? NewAxis() : NewAxis();
            if (axes.Distinct().Count() < 3 || axes.Any(a => !scope.Uses(a))) continue;
            var (m, p, k) = (new AxisValue(axes[0]), new AxisValue(axes[1]), new AxisValue(axes[2]));
            var (stride, dilation, pad) = (Pick([1, 1, 2, 3]), Pick([1, 1, 2, -1]), Pick([0, 0, 1, 2]));
            Expr right = Plus(Scaled(p, stride), Scaled(k, dilation));
            if (dilation == -1) right = Minus(Scaled(p, stride), k);
            if (pad > 0) right = Minus(right, Chance(0.4) ? Attribute(pad) : new Number(pad));
            relations.Add(new Compare(Comparison.Equal, m, right));
            tied.AddRange(axes);
        }
        if (relations.Count == 0) return;
        var value = Chance(0.7) ? Times(Leaf(scope), Leaf(scope)) : Value(scope, 1);
        foreach (var axis in tied)
            if (!value.Axes().Contains(axis) && Chance(0.6)) value = Times(value, NewTable(axis));
        var op = Pick([LineOp.Add, LineOp.Add, LineOp.Add, LineOp.Subtract, LineOp.Max, LineOp.Multiply]);
        // With two of the three on the left the third is fixed: then '=' writes every cell at most once.
        var kept = scope.Axes.Where(a => Chance(tied.Contains(a) ? 0.4 : 0.6)).ToList();
        if (tied.Count == 3 && Chance(0.15)) (op, kept) = (LineOp.Set, [.. scope.Axes.Where(a => a != tied[0])]);
        var (name, dims) = (Name(ComputedNames), Dims(kept, 0.08));
        scope.Guards.InsertRange(random.Next(2) == 0 ? 0 : scope.Guards.Count, relations);
        body.Add(Line(Target(name, dims), op, value, scope, 0.1));
        if (op is LineOp.Add && Chance(0.3)) AddContributions(name, dims);
        Computed(name, dims);

        Expr Scaled(Expr axis, int factor) => factor == 1 || factor == -1 ? axis : Times(Chance(0.3) ? Attribute(factor) : new Number(factor), axis);
        Access NewTable(string axis) => new(NewOperand([axis]).Name, [new AxisValue(axis)]);
    }

    /// <summary>Adding through an index, duplicates and all.</summary>
    void AddScatter()
    {
        var scope = Open();
        var value = Value(scope, random.Next(1, 3));
        var cells = NewAxis(random.Next(1, 5));
        var kept = Kept(scope);
        if (Gathered(cells, scope) is not { } at) return;
        var indices = kept.Select(a => (Expr)new AxisValue(a)).ToList();
        var dims = kept.Select(a => new Dim(a)).ToList();
        var place = random.Next(kept.Count + 1);
        indices.Insert(place, at);
        dims.Insert(place, new(cells));
        var name = Name(ComputedNames);
        body.Add(Line(new(name, indices.ToEquatable()), Chance(0.8) ? LineOp.Add : LineOp.Subtract, value, scope));
        Computed(name, dims.ToEquatable(), isOutput: true);
    }

    /// <summary>Concatenation, padding, interleaving: lines that each write a part.</summary>
    void AddPieces()
    {
        var scope = Anchored();
        var axis = scope.Axes.Where(a => a != "..").OrderBy(_ => random.Next()).FirstOrDefault();
        if (axis is null) return;
        var n = sizes[axis];
        var others = scope.Axes.Where(a => a != axis).ToList();
        var (own, extent) = (new AxisValue(axis), new ExtentValue(axis));
        var (size, pieces) = Pick(3, 3, 2, 2) switch
        {
            0 => (2 * n, new Expr[] { Plus(new Number(0), own), Plus(extent, own) }),
            1 => (2 * n, [Times(new Number(2), own), Plus(Times(new Number(2), own), new Number(1))]),
            2 => (n + 3, [Plus(own, new Number(random.Next(4)))]),
            _ => (n, [Minus(Minus(extent, new Number(1)), own)]),
        };
        var whole = NewAxis(size);
        var place = random.Next(others.Count + 1);
        var dims = others.Select(a => new Dim(a)).ToList();
        dims.Insert(place, new(whole));
        var name = Name(ComputedNames);
        var op = Chance(0.7) ? LineOp.Set : LineOp.Add;
        foreach (var piece in pieces)
        {
            var line = new Scope(this, scope.Axes, isOpen: op is LineOp.Add && Chance(0.4));
            var value = Value(line, random.Next(1, 3));
            var indices = others.Select(a => (Expr)new AxisValue(a)).ToList();
            indices.Insert(place, piece);
            body.Add(Line(new(name, indices.ToEquatable()), op, value, line));
        }
        Computed(name, dims.ToEquatable(), isOutput: true);
    }

    /// <summary>The shape of a softmax or a norm: a sum over an axis that then divides.</summary>
    void AddRatio()
    {
        var scope = Anchored();
        var axis = scope.Axes.OrderBy(_ => random.Next()).FirstOrDefault();
        if (axis is null) return;
        var rest = scope.Axes.Where(a => a != axis).ToList();
        var (inner, outer) = (Dims(scope.Axes, 0), Dims(rest, 0));
        var (e, z, y) = (Name(ComputedNames), Name(ComputedNames), Name(ComputedNames));
        var (eCell, zCell) = (Target(e, inner), Target(z, outer));
        Expr value = Value(scope, 1);
        var guard = Traversal.Conjunction(scope.Guards);
        if (Chance(0.4)) guard = Traversal.Conjunction([.. scope.Guards, Condition(scope)]);
        body.Add(new Line(eCell, LineOp.Set, Function("exp", Function("tanh", value)), guard));
        body.Add(new Line(zCell, LineOp.Add, Chance(0.7) ? eCell : Function("square", eCell), Chance(0.5) ? guard : null));
        var divisor = Plus(zCell, new Number(0.5));
        body.Add(new Line(Target(y, inner), LineOp.Set, Over(eCell, Chance(0.5) ? divisor : Function("sqrt", divisor)), Chance(0.3) ? guard : null));
        Computed(e, inner);
        Computed(z, outer);
        Computed(y, inner);
    }

    /// <summary>x': whole, through an index, cells overwritten, and again.</summary>
    void AddUpdate()
    {
        var free = operands.Where(o => o.Kind is OperandKind.Float && domains[o.Name].Axis is null && !names.Contains(o.Name + "'")).ToList();
        var fresh = free.Count > 0 && Chance(0.5) ? null : NewOperandFor(Open()).Name;
        var operand = fresh is null ? Pick(free) : operands.First(o => o.Name == fresh);
        if (operand.Kind is not OperandKind.Float) return;
        var dims = operand.Dims;
        var name = operand.Name + "'";
        names.Add(name);
        var whole = Target(name, dims);
        switch (Pick(4, 3, 5, 1))
        {
            case 0: Write(whole, Pick([LineOp.Set, LineOp.Add, LineOp.Subtract]), isOpen: false); break;
            case 1: Write(whole, Chance(0.5) ? LineOp.Add : LineOp.Subtract, isOpen: true); break;
            case 2:
                for (var lines = random.Next(1, 4); lines > 0; lines--)
                {
                    var isSet = Chance(0.7);
                    var cell = Chance(0.7) ? Cell(isSet) : whole;
                    Write(cell, isSet ? LineOp.Set : LineOp.Add, isOpen: !isSet && Chance(0.5));
                }
                break;
            default: Write(whole, Pick([LineOp.Multiply, LineOp.Max, LineOp.Min]), isOpen: Chance(0.4)); break;
        }
        if (body.OfType<Line>().Any(l => l.Target.Tensor == name))
        {
            readable.Add(new(name, dims));
            outputs.Add(new(name, dims));
        }
        else names.Remove(name);

        void Write(Access target, LineOp op, bool isOpen)
        {
            var scope = new Scope(this, target.Axes(), isOpen);
            body.Add(Line(target, op, Value(scope, random.Next(1, 3)), scope));
        }

        // One dimension at a number, a scalar operand or gathered cells, which '=' wants distinct.
        Access Cell(bool isSet)
        {
            var indices = dims.Select(d => d.Index).ToList();
            var places = Enumerable.Range(0, dims.Count).Where(d => !dims[d].IsComposite && dims[d].Axes[0] != ".." && sizes[dims[d].Axes[0]] > 0
                && dims.Count(o => o.Axes.Contains(dims[d].Axes[0])) == 1).ToList();
            if (places.Count == 0) return whole;
            var place = Pick(places);
            var axis = dims[place].Axes[0];
            var scope = new Scope(this, dims.Where((_, d) => d != place).SelectMany(d => d.Axes), isOpen: false);
            switch (Pick(2, 3, 3))
            {
                case 0: indices[place] = new Number(random.Next(sizes[axis])); break;
                case 1: indices[place] = Gathered(axis, new Scope(this, [], isOpen: false))!; break;
                default:
                    var rows = NewAxis(random.Next(sizes[axis] + 1));
                    var made = AddOperand(OperandKind.Int, [new(rows)], new(Axis: axis, AreDistinct: isSet));
                    indices[place] = new Access(made.Name, [new AxisValue(rows)]);
                    break;
            }
            return new(name, indices.ToEquatable());
        }
    }
}
