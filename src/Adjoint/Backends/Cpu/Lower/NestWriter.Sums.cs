namespace Adjoint;

sealed partial class NestWriter
{
    /// <summary>A sum (product, maximum) on its way: over lanes, or a local of the lanes or a scalar.</summary>
    readonly record struct Running(CodeLocal? Local, Accumulator? Lanes);

    readonly Dictionary<LinePlan, Running> running = [];

    Running Begin(LinePlan plan, LoopNode node)
    {
        var op = plan.Line.Op;
        var start = PartialSums.Identity(op);
        if (plan.Vector is not null && plan.Line.Summed.Contains(plan.Vector))
        {
            var loop = Find(node, plan)!;
            return new(null,
                new(code, plan.Line.Target.Tensor, element, start, (a, b) =>
                    Combined(op, a, b), Unroll(loop, [.. loop.Plans])));
        }
        return new(code.Variable(plan.Line.Target.Tensor, Code.Constant(lanes?.Type ?? new CodeType(element), start)),
            null);
    }

    // Its own loop: others along the same axis may have other parts.
    static LoopNode? Find(LoopNode node, LinePlan plan)
    {
        if (node.Axis == plan.Vector) return node.Plans.Contains(plan) ? node : null;
        foreach (var item in node.Items)
            if (item is LoopNode inner && Find(inner, plan) is { } found) return found;
        return null;
    }

    void Add(LinePlan plan, Running sum, CodeExpr value, CodeExpr? mask)
    {
        var op = plan.Line.Op;
        if (mask is null && op is LineOp.Add or LineOp.Subtract
            && value is CodeOperation { Op: CodeOp.Multiply } product)
        {
            // One instruction, and rounded once.
            if (sum.Lanes is { } dot) dot.AddProduct(lanes!, product.Args[0], product.Args[1]);
            else code.Assign(sum.Local!, Code.Fma(product.Args[0], product.Args[1], sum.Local!));
            return;
        }
        if (sum.Lanes is { } accumulator)
        {
            value = code.Let("term", mask is null ? value : Code.Select(mask, value, Scalar(PartialSums.Identity(op))));
            accumulator.Add(lanes!, Code.Typed(value, lanes!.Type));
            return;
        }
        var next = code.Let("next", Combined(op, sum.Local!, value));
        code.Assign(sum.Local!, mask is null ? next : Code.Select(mask, next, sum.Local!));
    }

    void Finish(LinePlan plan)
    {
        line = plan.Line;
        running.Remove(plan, out var sum);
        var total = sum.Lanes is { } accumulator ? accumulator.Result() : code.Let("total", sum.Local!);
        if (Factor(plan) is { } factor) total = Operation(factor.Operator, total, Value(factor.Value));
        Store(plan, total, null, plan.IsFirst);
    }

    // A constant factor or divisor of every summand is applied once, to the sum; so is an argument, as a factor.
    CodeExpr Summand(LinePlan plan) => Value(Factor(plan) is null ? plan.Line.Value : ((Binary)plan.Line.Value).Left);

    (Arithmetic Operator, Expr Value)? Factor(LinePlan plan) =>
        plan.Line.Op is LineOp.Add or LineOp.Subtract && plan.IsRegister
        && plan.Line.Value is Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide } product
        && (program.Constant(product.Right) is { } value ? double.IsFinite(value) && value != 0
            : product.Operator is Arithmetic.Multiply && NumberFunction.Fits(program, product.Right))
            ? (product.Operator, product.Right) : null;

    // As a local sums: `-=` is subtracted when the sum is complete.
    CodeExpr Combined(LineOp op, CodeExpr all, CodeExpr one) => PartialSums.Combined(code, op, all, one);

    /// <summary>Writes a value, or combines it with what the cell holds.</summary>
    /// <param name="isFirst">The cell holds nothing yet.</param>
    void Store(LinePlan plan, CodeExpr value, CodeExpr? mask, bool isFirst)
    {
        var target = plan.Line.Target;
        var place = program[target.Tensor];
        if (!line.IsSafe(target))
        {
            var isInside = Inside(target);
            code.If(isInside, () => Scoped(() => Write(place)));
            Forget(target.Tensor);
            return;
        }
        var stored = Write(place);
        Forget(target.Tensor);
        if (mask is null && element == place.Element) Remember(target, stored);

        CodeExpr Write(TensorPlace place)
        {
            var offset = Offset(target);
            var isVector = vector is not null && offset[vector] != 0;
            var isStored = !unstored.Contains(place.Name);
            var (pointer, index) = isStored ? Address(place, offset) : (value, value);
            var stride = isVector ? Stride(offset) : null;
            var op = plan.Line.Op;
            if (isFirst && place.Updates is null && op is LineOp.Subtract) value = Scalar(0) - value;
            else if ((!isFirst || place.Updates is not null) && op is not LineOp.Set)
            {
                var old = code.Let("old", isFirst ? Value(new Access(place.Updates!, target.Indices)) : Old());
                value = op is LineOp.Subtract ? old - value : Combined(op, old, value);
            }
            if (mask is not null) value = Code.Select(mask, value, Old());
            if (isVector) value = Code.Typed(value, lanes!.Type);
            value = code.Let(place.Name, value);
            if (!isStored) return value;
            if (isVector) lanes!.Store(pointer, index, value, stride);
            else code.Store(pointer, index, Code.Convert(value, place.Element));
            return value;

            CodeExpr Old()
            {
                if (Known(target) is { } now) return now;
                loaded.Add(place.Name);
                return isVector ? lanes!.Load(pointer, index, stride) : Code.Convert(pointer[index], element);
            }
        }
    }

    // Counters: integers from integers without a detour, else from a number in double.
    void SetInteger(LinePlan plan)
    {
        var target = plan.Line.Target;
        var place = program[target.Tensor];
        var form = IsInteger(plan.Line.Value) ? program.Form(plan.Line.Value) : null;
        CodeExpr value;
        if (form is not null) value = Position(form);
        else
        {
            known.Add([]);
            element = Element.Double;
            value = Code.Convert(code.Let("number", Value(plan.Line.Value)), Element.Int64);
            element = program.Element;
            known.RemoveAt(known.Count - 1);
        }
        value = code.Let("whole", value);
        if (line.IsSafe(target)) Write();
        else code.If(Inside(target), () => Scoped(Write));
        Forget(target.Tensor);

        void Write()
        {
            var (pointer, index) = Address(place, plan.Line.TargetOffset);
            if (plan.Line.Op is not LineOp.Set)
            {
                loaded.Add(place.Name);
                var old = code.Let("old", Code.Convert(pointer[index], Element.Int64));
                value = plan.Line.Op switch
                {
                    LineOp.Add => old + value,
                    LineOp.Subtract => old - value,
                    LineOp.Multiply => old * value,
                    LineOp.Max => Code.MaxNative(old, value),
                    _ => Code.MinNative(old, value),
                };
            }
            code.Store(pointer, index, Code.Convert(value, place.Element));
        }
    }

    bool IsInteger(Expr expr) => expr switch
    {
        Number number => number.Value == Math.Floor(number.Value),
        AxisValue or ExtentValue => true,
        AttributeValue attribute => program.Argument(attribute.Name) < 0 &&
            program.Extents.Attribute(attribute.Name) is var value && value == Math.Floor(value),
        Access access => program[access.Tensor].IsInteger,
        Negate negate => IsInteger(negate.Value),
        Binary { Operator: not Arithmetic.Divide } binary => IsInteger(binary.Left) && IsInteger(binary.Right),
        _ => false,
    };
}
