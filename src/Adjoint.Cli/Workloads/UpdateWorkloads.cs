namespace Adjoint.Cli;

/// <summary>One update of ten million parameters, in few tensors or many.</summary>
static class UpdateWorkloads
{
    const int Count = 10_000_000;

    public static IEnumerable<Workload> All =>
    [
        Of("adam_1", 1, _ => [Count]), Of("adam_50", 50, _ => [Count / 50]), Of("adam_500", 500, _ => [Count / 500]),
        // No two alike, and the same number in all.
        Of("adam_500_shapes", 500, n => [50 + n % 100, 181 + 10 * (n / 100)]),
    ];

    static Workload Of(string name, int tensors, Func<int, int[]> shape) => new(name, () =>
    {
        var parameters = Workload.Made(new Weights(tensors, shape)).Parameters.ToList();
        var gradients = parameters.ConvertAll(p => Workload.Random(1, p.Shape.ToArray()));
        var optimizer = new Adam(parameters);
        return () =>
        {
            foreach (var (parameter, gradient) in parameters.Zip(gradients)) parameter.Value.Grad = gradient;
            optimizer.Step();
            return [];
        };
    });

    /// <summary>Parameters that nothing is computed with.</summary>
    sealed class Weights : Module
    {
        public Weights(int tensors, Func<int, int[]> shape)
        {
            for (var n = 0; n < tensors; n++) Parameter(FormattableString.Invariant($"w{n}"), shape(n), Init.Uniform(-1, 1));
        }
    }
}
