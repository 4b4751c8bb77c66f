namespace Adjoint.Cli;

/// <summary>One update of ten million parameters, in few tensors or many.</summary>
static class UpdateWorkloads
{
    const int Count = 10_000_000;

    public static IEnumerable<Workload> All => [Adam(1), Adam(50), Adam(500)];

    static Workload Adam(int tensors) => new($"adam_{tensors}", () =>
    {
        var parameters = new Parameters();
        var gradients = new List<Tensor>();
        for (var n = 0; n < tensors; n++)
        {
            parameters.Add(Workload.Random(1, Count / tensors));
            gradients.Add(Workload.Random(1, Count / tensors));
        }
        return () => parameters.Adam([], gradients);
    });
}
