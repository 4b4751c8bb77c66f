using Xunit;

namespace Adjoint.Tests;

// One step from known states by the formulas of PyTorch's documentation; sgd, momentum, rmsprop and the forms of adam
// also stand in the golden files.

public sealed class OptimizerOpsTests
{
    const double W = 2, G = -0.5, M = 0.3, V = 0.2, Rate = 0.1;

    [Theory]
    [InlineData("sgd", W - Rate * (G + 0.01 * W))]
    [InlineData("nesterov", W - Rate * (G + 0.9 * (0.9 * M + G)))]
    [InlineData("lion", W - Rate * (1 + 0.01 * W))] // 0.9 M + 0.1 G is above 0
    [InlineData("momentum_decoupled", W - 0.1 * 4 * Rate * (0.9 * M + G))]
    [InlineData("sgd_decoupled", W - 4 * Rate * G)]
    public void Steps_without_roots(string op, double expected) =>
        Numbers.Equal(NdArray.Vector(expected), Step(op, 0)["w'"], op);

    [Fact]
    public void Steps_with_roots()
    {
        var (m, v) = (0.9 * M + 0.1 * G, 0.999 * V + 0.001 * G * G);
        Check("adagrad", V + G * G, sum => W - Rate * G / Math.Sqrt(sum), "v'");
        Check("rmsprop", 0.99 * V + 0.01 * G * G, mean => W - Rate * G / Math.Sqrt(mean), "v'");
        Check("adam", v, mean => W - Rate * (m / (1 - Math.Pow(0.9, 3))) / Math.Sqrt(mean / (1 - Math.Pow(0.999, 3))),
            "v'");
        Check("adamw", v, mean => W - Rate * 0.01 * W - Rate * (m / (1 - Math.Pow(0.9,
            3))) / Math.Sqrt(mean / (1 - Math.Pow(0.999, 3))), "v'");
        Check("adamax", Math.Max(0.999 * V, 0.5), top => W - Rate * m / (1 - Math.Pow(0.9, 3)) / top, "v'");
        Check("adam_course", 2 / 3.0 * V + G * G / 3, mean => W - Rate * (2 / 3.0 * M + G / 3) / Math.Sqrt(mean), "v'");
        Check("rmsprop_decoupled", 2 / 3.0 * V + G * G / 3, mean => W - Rate * G / (Math.Sqrt(mean) + 1), "v'", eps: 1);
        Check("adam_decoupled", 2 / 3.0 * V + G * G / 3,
            mean => W - Rate * (2 / 3.0 * M + G / 3) / (Math.Sqrt(mean) + 1), "v'", eps: 1);
        var delta = Math.Sqrt(0.7) / Math.Sqrt(0.9 * V + 0.1 * G * G) * G;
        Check("adadelta", 0.9 * 0.7 + 0.1 * delta * delta, _ => W - Rate * delta, "s'");

        static void Check(string op, double state, Func<double, double> weight, string stateName, double eps = 0)
        {
            var run = Step(op, eps);
            Numbers.Equal(NdArray.Vector(state), run[stateName], op);
            Numbers.Equal(NdArray.Vector(weight(state)), run["w'"], op);
        }
    }

    [Fact]
    public void The_decay_of_adam_l2_is_part_of_its_gradient()
    {
        var run = Step("adam_l2", 0);
        var g = G + 0.01 * W;
        Numbers.Equal(NdArray.Vector(0.9 * M + 0.1 * g), run["m'"]);
        Numbers.Equal(NdArray.Vector(0.999 * V + 0.001 * g * g), run["v'"]);
        Numbers.Equal(3, run["step'"]);
    }

    [Fact]
    public void Clipping_averaging_and_shrinking()
    {
        Numbers.Equal(NdArray.Vector(0.6, -0.8), Forward.Of("clip_norm", NdArray.Vector(3, -4)));
        Numbers.Equal(NdArray.Vector(0.3, -0.4), Forward.Of("clip_norm", NdArray.Vector(0.3, -0.4)));
        Numbers.Equal(NdArray.Vector(1.25),
            Forward.Of("average_weights", [("keep", 0.75)], NdArray.Vector(1), NdArray.Vector(2)));
        Numbers.Equal(NdArray.Vector(1.9),
            Forward.Of("shrinkage", [("rate0", 0.1), ("examples", 1)], NdArray.Vector(2), NdArray.Vector(1)));
    }

    // The second step of two: step counts from 2 to 3. Attributes an op lacks are left out.
    static RunResult Step(string name, double eps)
    {
        var program = Catalogue.Find(name)!.Program;
        var states = new Dictionary<string, NdArray>
        {
            ["w"] = NdArray.Vector(W), ["g"] = NdArray.Vector(G), ["m"] = NdArray.Vector(M), ["v"] = NdArray.Vector(V),
            ["s"] = NdArray.Vector(0.7), ["step"] = NdArray.Scalar(2),
        };
        var attributes = new Dictionary<string, double>
        {
            ["rate"] = Rate, ["rate0"] = Rate, ["eps"] = eps,
            ["batch"] = 4, ["decay"] = 0.01
        };
        return Forward.Of(program, states.Where(s => program.FindOperand(s.Key) is not null).ToDictionary(),
            attributes.Where(a => program.Attributes.Any(n => n.Name == a.Key)).ToDictionary());
    }
}
