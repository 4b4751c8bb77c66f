namespace Adjoint.Cli;

/// <summary>One update of ten million parameters, in few tensors or many.</summary>
static class UpdateWorkloads
{
    const int Count = 10_000_000;

    public static IEnumerable<Workload> All =>
    [
        Adam("adam_1", 1, _ => [Count]), Adam("adam_50", 50, _ => [Count / 50]), Adam("adam_500", 500, _ => [Count / 500]),
        // No two alike, and the same number in all.
        Adam("adam_500_shapes", 500, n => [50 + n % 100, 181 + 10 * (n / 100)]),
    ];

    static Workload Adam(string name, int tensors, Func<int, int[]> shape) => new(name, () =>
    {
        var parameters = new Parameters();
        var gradients = new List<Tensor>();
        for (var n = 0; n < tensors; n++)
        {
            parameters.Add(Workload.Random(1, shape(n)));
            gradients.Add(Workload.Random(1, shape(n)));
        }
        return () => parameters.Adam([], gradients);
    });
}
