namespace Adjoint.Bench;

/// <summary>What the cores can do at most: products and sums of numbers that never leave the registers.</summary>
static unsafe class Peak
{
    const int Chains = 20, Turns = 200_000;

    /// <summary>Operations a second of one core, in float32.</summary>
    public static double Measure()
    {
        var code = new CodeBuilder("peak", CodeTarget.Host);
        var vector = CodeTarget.Host.Vector(Element.Float);
        var kept = code.Buffer("kept", Element.Float);
        var factor = code.Let("factor", kept[0]);
        var sums = new CodeLocal[Chains];
        for (var i = 0; i < Chains; i++) sums[i] = code.Variable("sum", Code.Constant(vector, (double)i));
        var factors = code.Let("factors", Code.Broadcast(factor, vector.Lanes));
        code.For("turn", code.Begin, code.End, _ =>
        {
            foreach (var sum in sums) code.Assign(sum, Code.Fma(factors, factors, sum));
        });
        foreach (var sum in sums) code.Store(kept, 0, sum);
        var entry = IlWriter.Compile(code.Build());
        var cells = stackalloc float[64];
        cells[0] = 0.5f;
        var buffers = stackalloc void*[1];
        buffers[0] = cells;
        var operations = 2.0 * Chains * vector.Lanes * Turns;
        var (address, least) = ((nint)buffers, double.MaxValue);
        for (var i = 0; i < 5; i++)
            least = Math.Min(least, Timing.Of(() => entry((void**)address, null, null, 0, Turns), 1e-3).Least);
        return operations / least;
    }
}
