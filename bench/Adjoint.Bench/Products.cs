using System.Globalization;
using Adjoint.Cli;

namespace Adjoint.Bench;

/// <summary>Matrix products through the contraction engine, beside oneDNN where the machine has it.</summary>
static unsafe class Products
{
    // b(mxnxk), then n or t for each operand as it lies or transposed, then what of it is causal: s, only sums up to the row;
    // o, only columns up to it (operations count as if all were wanted).
    static readonly (int Batch, int M, int N, int K, string Form)[] Shapes =
    [
        (1, 64, 64, 64, "nn"), (1, 128, 128, 128, "nn"), (1, 256, 256, 256, "nn"), (1, 512, 512, 512, "nn"),
        (1, 1024, 1024, 1024, "nn"), (1, 2048, 2048, 2048, "nn"), (1, 32, 1024, 256, "nn"), (1, 32, 2048, 512, "nn"),
        (1, 64, 512, 512, "nn"), (1, 1, 1024, 256, "nn"), (1, 512, 35, 256, "nn"), (1, 2048, 256, 64, "nn"),
        (64, 128, 128, 64, "nn"), (64, 125, 125, 32, "nt"), (64, 125, 32, 125, "nn"), (64, 125, 32, 125, "tn"),
        (1, 1024, 1024, 1024, "nt"), (1, 1024, 1024, 1024, "tn"), (1, 64, 512, 512, "nt"), (1, 512, 512, 64, "tn"),
        (1, 1, 1024, 256, "nt"), (1, 4, 1024, 256, "nt"), (1, 8, 1024, 256, "nn"), (1, 64, 10, 512, "nn"),
        (1, 512, 10, 64, "tn"), (1, 1024, 256, 2048, "tn"), (1, 256, 1024, 2048, "tn"), (1, 2048, 1024, 256, "nt"), (1, 2048, 256, 1024, "nt"), (64, 128, 64, 128, "nn"), (64, 4, 4, 4, "nn"),
        (1, 2048, 512, 2048, "tn"), (64, 128, 128, 64, "nto"), (64, 128, 64, 128, "nns"), (64, 128, 64, 128, "tns"),
    ];

    public static int Run(string[] args)
    {
        var isJson = args.Contains("--json");
        var filter = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";
        using var team = new Team(Team.DefaultThreads);
        var peak = MachineSpeed.OperationsOfCore() * team.Threads / 1e9;
        if (!isJson)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"threads {team.Threads}, peak {peak:F0} GFLOP/s\n{"",-22} ")
                + " GFLOP/s  best  of peak  oneDNN  best  ratio");
        foreach (var (batch, m, n, k, form) in Shapes)
        {
            var name = $"{(batch > 1 ? $"{batch}x" : "")}{m}x{n}x{k}_{form}";
            if (name.Contains(filter, StringComparison.Ordinal))
                Measure(name, batch, Shape(batch, m, n, k, form), form, team, peak, isJson);
        }
        return 0;
    }

    static ContractionShape Shape(int batch, int m, int n, int k, string form)
    {
        var product = ContractionShape.Product(m, n, k, form[0] == 't', form[1] == 't');
        return new([new(ContractionGroup.Batch, batch, (long)m * k, (long)k * n, (long)m * n), .. product.Axes], form[2..] switch
        {
            "s" => [new(false, Math.Max(m, k), 0, form[0] == 't' ? [0, -1, 0, 1] : [0, 1, 0, -1])],
            "o" => [new(false, m, 0, [0, 1, -1, 0], IsOfOut: true)],
            _ => [],
        });
    }

    static void Measure(
        string name, int batch, ContractionShape shape, string form, Team team, double peak, bool isJson)
    {
        var (m, n) = (shape.Count(ContractionGroup.Row), shape.Count(ContractionGroup.Column));
        var k = shape.Count(ContractionGroup.Sum);
        using Storage a = Fill(batch * m * k, 7919), b = Fill(batch * k * n, 104729), cells = Fill(batch * m * n, 1);
        var (first, second, result) = ((nint)a.Pointer, (nint)b.Pointer, (nint)cells.Pointer);
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, team.Threads);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        var (ours, theirs, ratio) = Timing.Of(
            () => plan.Run((void*)first, (void*)second, (void*)result, false, workspace.Pointer, team),
            OneDnn.IsPresent ? Peer : null, shape.Operations / 1e11, team.Threads == 1);
        Console.WriteLine(isJson
            ? string.Create(CultureInfo.InvariantCulture, $$"""
                {"workload":"{{name}}","threads":{{team.Threads}},"gflops":{{Rate(ours.Median):F1}},"best":{{Rate(ours.Least):F1}},"share":{{Rate(ours.Median) / peak:F3}},"onednn":{{Rate(theirs.Median):F1}},"ratio":{{ratio:F3}}}
                """)
            : Text($"{name,-22} {Rate(ours.Median),8:F1} {Rate(ours.Least),5:F0} ")
                + Text($"{Rate(ours.Median) / peak,8:P0} {Rate(theirs.Median),7:F1} ")
                + Text($"{Rate(theirs.Least),5:F0} {ratio,6:F2}"));

        static string Text(FormattableString text) => FormattableString.Invariant(text);

        double Rate(double seconds) => seconds > 0 ? shape.Operations / seconds / 1e9 : 0;

        void Peer()
        {
            for (var i = 0L; i < batch; i++)
                OneDnn.Multiply(form, m, n, k, (float*)first + i * m * k, (float*)second + i * k * n,
                    (float*)result + i * m * n);
        }
    }

    static Storage Fill(long count, long factor)
    {
        var storage = Storage.Allocate(count * sizeof(float));
        var span = storage.AsSpan<float>();
        for (var i = 0; i < span.Length; i++) span[i] = i * factor % 1000 / 1000f - 0.5f;
        return storage;
    }
}
