using Xunit;

namespace Adjoint.Tests;

// A penalty on the length of a gradient: the critic's reverse is part of the loss, so the loss is a program that
// contains the derived reverse, and its gradient is of second order.

public sealed class GradientPenaltyGoldenTests
{
    static readonly LoopProgram Critic = Parser.Parse("""
        critic(x[b,i], w[j,i], bias[j], v[j]) -> score
          a[b,j] += x[b,i] * w[j,i]
          a[b,j] += bias[j]
          h[b,j] = tanh(a[b,j])
          score[b] += v[j] * h[b,j]
        """);

    [Fact]
    public void Gradients_of_the_penalty()
    {
        var golden = new GoldenCase("s0_wgan_gp_double_backward");
        var parameters = new Dictionary<string, NdArray>
        {
            ["w"] = golden.In("W"), ["bias"] = golden.In("b"), ["v"] = golden.In("v"),
        };
        var real = Scores(golden.In("real"));
        var fake = Scores(golden.In("fake"));
        golden.Equal(real, "D_real");
        golden.Equal(fake, "D_fake");

        var mixed = Forward.Of(RandomOps.Interpolate.Program,
            new() { ["x"] = golden.In("real"), ["z"] = golden.In("fake"), ["u"] = golden.In("alpha") })["y"];
        golden.Equal(mixed, "x_hat");

        // Critic and reverse as one program; each score has gradient 1.
        var slope = Reverse.Of(Critic)!.Combined;
        var operands = new Dictionary<string, NdArray>(parameters)
        {
            ["x"] = mixed, ["dscore"] = NdArray.Generate([5], _ => 1),
        };
        var g = Forward.Of(slope, operands)["dx"];
        golden.Equal(Forward.Of(ReductionOps.NormL2, new() { ["x"] = g })["y"], "grad_norm");

        var penalty = Gradient.OfLoss(DivergenceOps.GradientPenalty, new() { ["g"] = g }, "loss",
            new() { ["weight"] = 1, ["eps"] = 0 });
        golden.Equal(penalty["loss"], "GP");
        var critic = Forward.Of(DivergenceOps.WassersteinCritic, new() { ["real"] = real, ["fake"] = fake });
        golden.Equal(critic["loss"].Values[0] + golden.Number("lam") * penalty["loss"].Values[0], "critic_loss");

        // The reverse of forward and reverse: only dx has a gradient, the penalty's.
        var second = Reverse.Of(slope)!;
        var run = Gradient.Of(slope, operands, new() { ["dx"] = penalty["dg"] });
        golden.Equal(run[second.Gradients["w"]], "dGP_dW");
        golden.Equal(run[second.Gradients["bias"]], "dGP_db");
        golden.Equal(run[second.Gradients["v"]], "dGP_dv");

        NdArray Scores(NdArray x) => Forward.Of(Critic, new(parameters) { ["x"] = x })["score"];
    }
}
