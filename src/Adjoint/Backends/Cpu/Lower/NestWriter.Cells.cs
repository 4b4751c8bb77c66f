namespace Adjoint;

sealed partial class NestWriter
{
    readonly Dictionary<string, CodeLocal> pointers = [];
    readonly List<Dictionary<string, CodeExpr>> bases = []; // starts of rows, by tensor and form
    CodeLocal? status;
    string? lane; // the vector axis while single lanes of a gather are written

    CodeExpr Read(Access access)
    {
        access = lodgers.GetValueOrDefault(access.Tensor, access);
        var place = program[access.Tensor];
        var offset = Offset(access);
        loaded.Add(place.Name);
        if (vector is null || !access.Axes().Contains(vector))
        {
            if (isChecked || line.IsSafe(access)) return Code.Convert(Load(place, offset), element);
            var isInside = Inside(access);
            return code.Let(place.Name, Code.Convert(
                Code.Select(isInside, Load(place, offset), Code.Constant(new CodeType(place.Element), 0L)), element));
        }
        if (!offset.Symbols.Any(s => s != vector && program.AxesOf(s).Contains(vector)))
        {
            var (pointer, index) = Address(place, offset);
            return lanes!.Load(pointer, index, Stride(offset));
        }
        return lanes!.Gather(lane => AtLane(lane, () => Load(place, offset)));
    }

    CodeConstant? Stride(IndexForm offset) => offset[vector!] == 1 ? null : new(CodeType.Int64, offset[vector!]);

    CodeExpr Load(TensorPlace place, IndexForm offset)
    {
        var (pointer, index) = Address(place, offset);
        return pointer[index];
    }

    // One lane as a scalar; its index is computed for it alone.
    CodeExpr AtLane(CodeExpr number, Func<CodeExpr> write)
    {
        var (axis, index, whole) = (vector!, vectorIndex, lanes);
        (vector, lanes, lane) = (null, null, axis);
        positions[axis] = code.Let("at", index + number);
        bases.Add([]);
        var value = write();
        bases.RemoveAt(bases.Count - 1);
        positions[axis] = index;
        (vector, lanes, lane) = (axis, whole, null);
        return value;
    }

    IndexForm Offset(Access access) =>
        rows.TryGetValue(access.Tensor, out var row) ? row.Offset(program, access) : program.Offset(access);

    CodeLocal Pointer(TensorPlace place)
    {
        if (pointers.TryGetValue(place.Name, out var pointer)) return pointer;
        if (rows.TryGetValue(place.Name, out var row))
            return pointers[place.Name] = code.Row(place.Name, place.Element, row.Count);
        buffers.Add(place);
        return pointers[place.Name] = code.Buffer(place.Name, place.Element);
    }

    // Cells of this chunk, instead of those of the tensor.
    void Open(PartialSum sum)
    {
        var place = sum.Place;
        var own = FusedStep.Scratch - buffers.Count(b => b?.Buffer <= FusedStep.Scratch);
        buffers.Add(place with { Buffer = own });
        var parts = code.Buffer($"{place.Name}_parts", place.Element);
        var part = code.Begin / Code.Constant(CodeType.Int64, sum.Chunk);
        var cells = (CodeLocal)code.Let($"{place.Name}_part", parts + part * sum.Stride);
        pointers[place.Name] = cells;
        if (sum.IsFirst) return;
        code.VectorLoop("cell", 0, place.Count, place.Element, (cell, lanes) =>
            lanes.Store(cells, cell, Code.Constant(lanes.Type, PartialSums.Identity(sum.Op))));
    }

    /// <summary>A cell as the start of its row and the steps along it.</summary>
    (CodeExpr Pointer, CodeExpr Index) Address(TensorPlace place, IndexForm offset)
    {
        var axis = vector is not null && offset[vector] != 0 ? vector : loops.Count > 0 ? loops[^1] : null;
        if (axis is null || offset[axis] == 0) return (Base(place, offset), Code.Constant(CodeType.Int64, 0L));
        return (Base(place, offset.Without(axis)), positions[axis] * offset[axis]);
    }

    CodeExpr Base(TensorPlace place, IndexForm offset)
    {
        var pointer = Pointer(place);
        if (offset.IsConstant) return pointer + offset.Constant;
        var key = place.Name + offset.Key;
        for (var scope = bases.Count - 1; scope >= 0; scope--)
            if (bases[scope].TryGetValue(key, out var found)
                && (lane is null || scope == bases.Count - 1 || !Mentions(offset, lane))) return found;
        return bases[^1][key] = code.Let($"{place.Name}_at", pointer + Position(offset));
    }

    bool Mentions(IndexForm offset, string axis) => offset.Symbols.Any(s => program.AxesOf(s).Contains(axis));

    void PrepareBase(Access access, string axis, HashSet<string> written)
    {
        access = lodgers.GetValueOrDefault(access.Tensor, access);
        var offset = Offset(access).Without(axis);
        var isReady = offset.Symbols.All(s => program.Atom(s) is { } atom
            ? atom.Axes().TrueForAll(positions.ContainsKey) && IsFixed(atom, written)
                && (vector is null || !atom.Axes().Contains(vector))
            : positions.ContainsKey(s));
        if (isReady && !unstored.Contains(access.Tensor)) Base(program[access.Tensor], offset);
    }

    /// <summary>The value of a form as a scalar integer.</summary>
    CodeExpr Position(IndexForm form)
    {
        CodeExpr sum = Code.Constant(CodeType.Int64, form.Constant);
        // In the order of the loops, whatever the axes are called.
        foreach (var (symbol, factor) in form.Terms.OrderBy(t => Rank(t.Key)))
            sum = (program.Atom(symbol) is { } atom ? Integer(atom) : positions[symbol]) * factor + sum;
        return sum;
    }

    int Rank(string symbol) => program.Atom(symbol) is not null ? int.MaxValue
        : loops.IndexOf(symbol) is var loop and >= 0 ? integers.Count + loop : integers.IndexOf(symbol);

    // An index that no form describes.
    CodeExpr Integer(Expr expr)
    {
        switch (expr)
        {
            case Access access:
                if (element == program.Element
                    && !program[access.Tensor].IsInteger) return Code.Convert(code.Let("index", Value(access)),
                        Element.Int64);
                loaded.Add(access.Tensor);
                var place = program[access.Tensor];
                var offset = Offset(access);
                if (isChecked || line.IsSafe(access)) return Code.Convert(code.Let("index", Load(place, offset)),
                    Element.Int64);
                var isInside = Inside(access);
                return Code.Convert(code.Let("index",
                    Code.Select(isInside, Load(place, offset), Code.Constant(new CodeType(place.Element), 0L))),
                        Element.Int64);
            case AttributeValue attribute:
                return Code.Convert(Argument(program.Argument(attribute.Name)), Element.Int64);
            case Binary { Operator: Arithmetic.Divide or Arithmetic.Remainder } binary:
                var (a, b) = (Position(program.Form(binary.Left)),
                    code.Let("divisor", Position(program.Form(binary.Right))));
                if (b is not CodeConstant) b = code.Let("divisor",
                    Code.Select(Code.Equal(b, 0), Code.Constant(CodeType.Int64, 1L), b));
                return binary.Operator is Arithmetic.Divide ? code.FloorDivide(a, b) : code.FloorRemainder(a, b);
            case Binary binary:
                var (left, right) = (Position(program.Form(binary.Left)), Position(program.Form(binary.Right)));
                return Operation(binary.Operator, left, right);
            default: return Code.Convert(code.Let("index", Value(expr)), Element.Int64);
        }
    }

    // Whether a cell exists; where it does not, the run reports it.
    CodeExpr Inside(Access access)
    {
        var place = program[access.Tensor];
        var whole = code.Let("is_inside", Code.Constant(CodeType.Bool, 1L));
        CodeExpr? all = null;
        for (var d = 0; d < access.Indices.Count; d++)
        {
            var cell = program.Form(access.Indices[d]).Plus(-place.Extent.From[d]);
            if (program.IsNeverNegative(cell, line.Limits)
                && program.IsNeverNegative(cell.Times(-1).Plus(place.Extent.Sizes[d] - 1), line.Limits)) continue;
            var position = code.Let("cell", Position(cell));
            var isInside = code.Let("is_inside",
                position >= 0 & position < Code.Constant(CodeType.Int64, (long)place.Extent.Sizes[d]));
            var site = sites.Add(line, access, d);
            code.If(!isInside, () =>
            {
                code.Store(Status, 1, position);
                code.Store(Status, 0, Code.Constant(CodeType.Int64, (long)site));
            });
            all = all is null ? isInside : code.Let("is_inside", all & isInside);
        }
        return all ?? whole;
    }

    CodeLocal Status
    {
        get
        {
            if (status is null) buffers.Add(null);
            return status ??= code.Buffer("status", Element.Int64);
        }
    }
}
