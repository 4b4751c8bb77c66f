namespace Adjoint;

/// <summary>What a program becomes on this processor, for people to read.</summary>
public static class KernelText
{
    // Long enough that loops over vectors look as they do in earnest.
    const int Size = 64;

    /// <summary>The kernels of a program as C# that compiles, in the order in which they run.</summary>
    /// <param name="inputs">Extents and attributes; extents it does not tell are 64.</param>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    public static string Of(LoopProgram program, InputOptions? inputs = null)
    {
        inputs ??= new();
        var shapes = RandomSizes.Draw(program, new(1), inputs with { MinSize = Size, MaxSize = Size });
        var integers = IntegerTensors.Operands(program);
        var types = program.Operands.Where(o => o.Kind is not OperandKind.Shape)
            .ToDictionary(o => o.Name, o => integers.Contains(o.Name) ? DType.Int64 : DType.Float32);
        var compiled = CpuProgram.Compile(program, shapes, types, inputs.Attributes);
        var lines = compiled.Contractions switch
        {
            0 => "",
            1 => "// One line is a sum of products and goes to the contraction engine.\n",
            var several => $"// {several} lines are sums of products and go to the contraction engine.\n",
        };
        return lines + compiled.Print();
    }
}
