namespace Adjoint.Tests;

/// <summary>A member of <see cref="Tensor"/> and the op it is, tried on drawn inputs.</summary>
/// <param name="Call">From the operands of the op in order, and its attributes by name.</param>
sealed record MemberCase(Op Op, Func<Tensor[], Func<string, double>, Tensor> Call)
{
    const int Seed = 11;
    const double Width = 1e-5;

    public (NdArray Expected, NdArray Found) Values()
    {
        var inputs = Inputs();
        var expected = Reference.Run(Op.Program, inputs, Op.Inputs.Attributes).Outputs[Op.Program.Outputs[0].Name];
        return (expected, Array(Run(inputs, out _)));
    }

    /// <summary>Slope along a drawn direction, by differences and by <see cref="Tensor.Backward()"/>; null where
    /// nothing
    /// has one.</summary>
    public (double Expected, double Found)? Slope()
    {
        var inputs = Inputs();
        var random = new SplitMix64(Seed + 1);
        var y = Run(inputs, out var leaves);
        if (!y.NeedsGrad) return null;
        var weights = Array(y).Values.Select(_ => random.Uniform(-1, 1)).ToArray();
        var direction = leaves.Where(l => l.NeedsGrad).ToDictionary(l => l,
            l => l.ToArray<double>().Select(_ => random.Uniform(-1, 1)).ToArray());
        y.Backward(Tensor.Of(HostArray.FromDoubles(DType.Float64, [.. y.Shape], weights)));
        var found = direction.Sum(d => d.Key.Grad is { } grad
            ? grad.ToArray<double>().Zip(d.Value, (g, v) => g * v).Sum() : 0);
        return ((Moved(Width) - Moved(-Width)) / (2 * Width), found);

        double Moved(double by)
        {
            var moved = inputs.ToDictionary(i => i.Key, i => i.Value.Copy());
            foreach (var (leaf, steps) in direction)
            {
                var values = moved[Op.Program.Operands[System.Array.IndexOf(leaves, leaf)].Name].Values;
                for (var i = 0; i < values.Length; i++) values[i] += by * steps[i];
            }
            return Array(Run(moved, out _)).Values.Zip(weights, (v, w) => v * w).Sum();
        }
    }

    Dictionary<string, NdArray> Inputs() => RandomInputs.Draw(Op.Program, new SplitMix64(Seed), Op.Inputs);

    Tensor Run(Dictionary<string, NdArray> inputs, out Tensor[] leaves)
    {
        var integers = IntegerTensors.Operands(Op.Program);
        leaves = [.. Op.Program.Operands.Where(o => inputs.ContainsKey(o.Name)).Select(o =>
        {
            var isInteger = integers.Contains(o.Name);
            var type = isInteger ? DType.Int32 : DType.Float64;
            var leaf = Tensor.Of(HostArray.FromDoubles(type, inputs[o.Name].ShapeToArray(), inputs[o.Name].Values));
            return isInteger ? leaf : leaf.WithGrad();
        })];
        var defaults = Op.Program.Attributes.ToDictionary(a => a.Name, a => a.Default);
        return Call(leaves, name => Op.Inputs.Attributes?.GetValueOrDefault(name, defaults[name]) ?? defaults[name]);
    }

    static NdArray Array(Tensor y) => new([.. y.Shape], y.ToHost().ToDoubles());

    public override string ToString() => Op.Name;
}
