using System.Globalization;

namespace Adjoint.Bench;

/// <summary>Matrix products through the contraction engine.</summary>
static unsafe class Products
{
    static readonly (int Batch, int M, int N, int K)[] Shapes =
    [
        (1, 64, 64, 64), (1, 128, 128, 128), (1, 256, 256, 256), (1, 512, 512, 512), (1, 1024, 1024, 1024),
        (1, 2048, 2048, 2048), (1, 32, 1024, 256), (1, 32, 2048, 512), (1, 64, 512, 512), (1, 1, 1024, 256),
        (1, 512, 35, 256), (1, 2048, 256, 64), (64, 128, 128, 64),
        (1, 1, 16, 1), (1, 14, 32, 1), (1, 64, 64, 1), (1, 14, 32, 64),
    ];

    public static int Run(string[] args)
    {
        var isJson = args.Contains("--json");
        var filter = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";
        var forms = args.Contains("--forms") ? new[] { "nn", "nt", "tn" } : ["nn"];
        using var team = new Team(Team.DefaultThreads);
        foreach (var (batch, m, n, k) in Shapes)
            foreach (var form in forms)
            {
                var name = batch > 1 ? $"bmm_{batch}x({m}x{n}x{k})" : $"gemm_{m}x{n}x{k}";
                if (form != "nn") name += $"_{form}";
                if (name.Contains(filter, StringComparison.Ordinal)) Measure(name, Shape(batch, m, n, k, form), team, isJson);
            }
        return 0;
    }

    static ContractionShape Shape(int batch, int m, int n, int k, string form)
    {
        var product = ContractionShape.Product(m, n, k, form[0] == 't', form[1] == 't');
        return product with
        {
            Axes = [new(ContractionGroup.Batch, batch, (long)m * k, (long)k * n, (long)m * n), .. product.Axes],
        };
    }

    static void Measure(string name, ContractionShape shape, Team team, bool isJson)
    {
        var (batch, m) = (shape.Count(ContractionGroup.Batch), shape.Count(ContractionGroup.Row));
        var (n, k) = (shape.Count(ContractionGroup.Column), shape.Count(ContractionGroup.Sum));
        using Storage a = Fill(batch * m * k, 7919), b = Fill(batch * k * n, 104729), cells = Fill(batch * m * n, 1);
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, team.Threads);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        var time = Timing.Of(
            () => plan.Run(a.Pointer, b.Pointer, cells.Pointer, false, workspace.Pointer, team), shape.Operations / 1e11);
        var (median, best) = (shape.Operations / time.Median / 1e9, shape.Operations / time.Least / 1e9);
        Console.WriteLine(isJson
            ? string.Create(CultureInfo.InvariantCulture, $$"""
                {"workload":"{{name}}","lib":"adjoint","threads":{{team.Threads}},"median_ms":{{time.Median * 1e3:F5}},"min_ms":{{time.Least * 1e3:F5}},"gflops_median":{{median:F1}},"gflops_best":{{best:F1}}}
                """)
            : string.Create(CultureInfo.InvariantCulture, $"{name,-24} {median,7:F1} ({best:F1}) {time.Least * 1e9:F0} ns"));
    }

    static Storage Fill(long count, long factor)
    {
        var storage = Storage.Allocate(count * sizeof(float));
        var span = storage.AsSpan<float>();
        for (var i = 0; i < span.Length; i++) span[i] = i * factor % 1000 / 1000f - 0.5f;
        return storage;
    }
}
