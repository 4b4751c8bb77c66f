namespace Adjoint;

/// <summary>Runs the step on the reference interpreter: slow, and the law.</summary>
sealed unsafe class ReferencePlan(StepProgram step) : Plan
{
    public override void Run(ReadOnlySpan<Storage> operands, ReadOnlySpan<Storage> outputs,
        ReadOnlySpan<double> numbers)
    {
        var given = new Dictionary<string, NdArray>();
        for (var i = 0; i < operands.Length; i++)
        {
            var leaf = step.Leaves[i];
            given[step.Program.Operands[i].Name] = leaf.Draws is { } kind
                ? RandomKey.Of(operands[i]).Draw(kind, [.. leaf.Shape])
                : new([.. leaf.Shape], ToDoubles(operands[i], leaf.Type, leaf.Count));
        }
        var attributes = new Dictionary<string, double>();
        for (var i = 0; i < numbers.Length; i++) attributes[step.Program.Attributes[i].Name] = numbers[i];
        var result = Reference.Run(step.Program, given, attributes);
        for (var i = 0; i < outputs.Length; i++)
            FromDoubles(result.Outputs[step.Program.Outputs[i].Name].Values, outputs[i], step.Results[i].Type);
    }

    static double[] ToDoubles(Storage storage, DType type, long count)
    {
        var array = new HostArray(type, [checked((int)count)]);
        new ReadOnlySpan<byte>(storage.Pointer, array.Bytes.Length).CopyTo(array.Bytes);
        return array.ToDoubles();
    }

    static void FromDoubles(double[] values, Storage storage, DType type)
    {
        var array = HostArray.FromDoubles(type, [values.Length], values);
        array.Bytes.CopyTo(new Span<byte>(storage.Pointer, array.Bytes.Length));
    }
}
