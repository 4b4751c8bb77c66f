using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

// How fast they are is for bench/results; that they are what they are called is for here.

public sealed class WorkloadTests
{
    [Fact]
    public void Names_are_distinct_and_need_no_quotes_in_a_shell() => Assert.Equal(Workload.All.Count,
        Workload.All.Select(w => w.Name).Where(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Distinct().Count());

    [Theory]
    [InlineData("mlp", 2 * 3 * 64 * (784 * 512 + 512 * 512 + 512 * 10))]
    [InlineData("product_64x512x512", 2 * 64 * 512 * 512)]
    [InlineData("attention_512", 4L * 4 * 512 * 512 * 64)]
    public void The_operations_counted_are_those_of_the_products_and_little_more(string name, long products)
    {
        var workload = Workload.All.Single(w => w.Name == name);
        var operations = WorkloadBench.Number(WorkloadBench.CostOf(WorkloadBench.StepOf(workload.Prepare())).Operations);
        // The first layer of a network has no gradient of its input; updates and functions are the rest.
        Assert.InRange(operations / products, 0.7, 1.2);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("vae")]
    public void A_training_step_learns(string name)
    {
        using var seed = Tensor.Seed(1);
        var body = Workload.All.Single(w => w.Name == name).Prepare();
        var step = Step.Capture((Tensor[] _) =>
        {
            var parts = body();
            Tensor.Assign(parts.Updates);
            return parts.Results;
        });
        var first = step.Run()[0].Item();
        for (var i = 0; i < 20; i++) step.Run();
        Assert.InRange(step.Run()[0].Item(), 0, first);
    }
}
