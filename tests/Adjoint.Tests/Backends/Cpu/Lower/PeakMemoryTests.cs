using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

// The least memory that a schedule of steps can do with is known before it is laid out: what lives at one time. The
// arena is no larger.

public sealed class PeakMemoryTests
{
    [Fact]
    public void The_arenas_of_ops_and_their_reverses_are_what_lives_at_one_time()
    {
        foreach (var op in Catalogue.Ops)
        {
            var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
            foreach (var seed in new ulong[] { 1, 2, 3 })
                foreach (var engine in new[] { 0, double.PositiveInfinity })
                {
                    var options = op.Inputs with { MinSize = 3, MaxSize = 20 };
                    var inputs = RandomInputs.Draw(program, new(seed), options);
                    var compiled = CpuRun.Compile(program, inputs, DType.Float32, op.Inputs.Attributes,
                        new() { ContractsFrom = engine });
                    Assert.True(compiled.ArenaBytes == compiled.PeakBytes,
                        $"{program.Name}, seed {seed}: {compiled.ArenaBytes} for {compiled.PeakBytes} bytes");
                }
        }
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("vae")]
    [InlineData("lstm")]
    [InlineData("lstm_scan")]
    [InlineData("gpt")]
    [InlineData("cnn_8")]
    [InlineData("dcgan")]
    [InlineData("wgan_gp")]
    [InlineData("speech_lstm")]
    [InlineData("speech_attention")]
    [InlineData("attention_512_both")]
    [InlineData("attention_512_causal_both")]
    public void The_arena_of_a_training_step_is_what_lives_at_one_time(string name)
    {
        var plan = Assert.IsType<CpuPlan>(WorkloadBench.StepOf(Workload.All.Single(w => w.Name == name).Prepare()).PlanOf());
        Assert.True(plan.PeakBytes > 0);
        Assert.Equal(plan.PeakBytes, plan.ArenaBytes);
    }

    [Fact]
    public void A_pointwise_line_writes_over_what_it_reads_for_the_last_time()
    {
        // The products keep the three apart; each bias and each function lies where its argument was.
        var program = Parser.Parse("""
            layers(x[b,i], w[i,j], v[j,k], c[j]) -> y
              s[b,j] += x[b,i] * w[i,j]
              n[j] max= s[b,j]
              h[b,j] = tanh(s[b,j] - n[j] + c[j])
              m[j] max= h[b,j]
              g[b,j] = h[b,j] / m[j]
              y[b,k] += g[b,j] * v[j,k]
            """);
        var random = new SplitMix64(5);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Generate([64, 32], _ => random.Uniform(-1, 1)),
            ["w"] = NdArray.Generate([32, 128], _ => random.Uniform(-1, 1)),
            ["v"] = NdArray.Generate([128, 16], _ => random.Uniform(-1, 1)),
            ["c"] = NdArray.Generate([128], _ => random.Uniform(-1, 1)),
        };
        var compiled = CpuRun.Compile(program, inputs, DType.Float32, null, new() { ContractsFrom = double.PositiveInfinity });
        Assert.Equal(compiled.PeakBytes, compiled.ArenaBytes);
        Assert.InRange(compiled.ArenaBytes, 1, (64 + 2) * 128 * sizeof(float));
        Assert.True(CpuRun.Run(compiled, program, inputs, DType.Float32)["y"].IsNear(
            Reference.Run(program, inputs).Outputs["y"], Tolerance.CpuSingle));
    }
}
