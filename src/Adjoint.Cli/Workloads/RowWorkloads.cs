namespace Adjoint.Cli;

/// <summary>Functions of single numbers and of rows: memory should bound them.</summary>
static class RowWorkloads
{
    const int Rows = 4096, Columns = 1024, Numbers = Rows * Columns;

    public static IEnumerable<Workload> All =>
    [
        Forward("softmax", x => x.Softmax(), Rows, Columns),
        Both("softmax", x => x.Softmax(), Rows, Columns),
        new("layer_norm", () =>
        {
            var x = Workload.Random(1, Rows, Columns);
            Tensor gain = Tensor.Ones(Columns), bias = Tensor.Zeros(Columns);
            return () => [x.LayerNorm(gain, bias)];
        }),
        new("layer_norm_both", () =>
        {
            Tensor x = Workload.Random(1, Rows, Columns).WithGrad(), given = Workload.Random(1, Rows, Columns);
            Tensor gain = Tensor.Ones(Columns).WithGrad(), bias = Tensor.Zeros(Columns).WithGrad();
            return () => Workload.Both(x.LayerNorm(gain, bias), given, x, gain, bias);
        }),
        Forward("gelu", x => x.Gelu(), Numbers),
        Both("gelu", x => x.Gelu(), Numbers),
        Forward("tanh", x => x.Tanh(), Numbers),
    ];

    static Workload Forward(string name, Func<Tensor, Tensor> function, params int[] shape) => new(name, () =>
    {
        var x = Workload.Random(1, shape);
        return () => [function(x)];
    });

    static Workload Both(string name, Func<Tensor, Tensor> function, params int[] shape) => new(name + "_both", () =>
    {
        Tensor x = Workload.Random(1, shape).WithGrad(), given = Workload.Random(1, shape);
        return () => Workload.Both(function(x), given, x);
    });
}
