namespace Adjoint.Cli;

/// <summary>Matrix products: rows by columns by terms of each sum.</summary>
static class ProductWorkloads
{
    public static IEnumerable<Workload> All =>
    [
        Of(64, 64, 64), Of(128, 128, 128), Of(256, 256, 256), Of(512, 512, 512), Of(1024, 1024, 1024),
        Of(2048, 2048, 2048), Of(32, 1024, 256), Of(32, 2048, 512), Of(64, 512, 512), Of(1, 1024, 256),
        Of(512, 35, 256), Of(2048, 256, 64), Batched(64, 128, 128, 64),
    ];

    static Workload Of(int m, int n, int k) => new($"product_{m}x{n}x{k}", () =>
    {
        Tensor x = Workload.Random(1, m, k), w = Workload.Random(1, k, n);
        return () => [x.MatMul(w)];
    });

    static Workload Batched(int b, int m, int n, int k) => new($"product_{b}_of_{m}x{n}x{k}", () =>
    {
        Tensor x = Workload.Random(1, b, m, k), z = Workload.Random(1, b, k, n);
        return () => [x.MatMul(z)];
    });
}
