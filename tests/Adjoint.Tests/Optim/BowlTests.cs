using Xunit;

namespace Adjoint.Tests;

// f = w0² + 10 w1² from (1, -2), as the golden file has it: every optimizer in double, free and captured.

public sealed class BowlTests
{
    static readonly string[] Golden = ["sgd", "momentum", "rmsprop", "adam", "adam_l2", "adamw", "course_adam"];

    static readonly string[] Others =
    [
        "nesterov", "adagrad", "adadelta", "adamax", "lion", "sgd_decoupled", "momentum_decoupled", "rmsprop_decoupled",
        "adam_decoupled", "sgd_decayed", "momentum_decayed",
    ];

    static Optimizer Make(string name, IEnumerable<Parameter> w) => name switch
    {
        "sgd" => new Sgd(w, 0.04),
        "momentum" => new Momentum(w, 0.01),
        "rmsprop" => new RmsProp(w, 0.01),
        "adam" => new Adam(w, 0.1),
        "adam_l2" => new Adam(w, 0.1, weightDecay: 0.01),
        "adamw" => new AdamW(w, 0.1),
        "course_adam" => new AdamCourse(w, 0.1),
        "nesterov" => new Nesterov(w, 0.02, 0.8),
        "adagrad" => new Adagrad(w, 0.3),
        "adadelta" => new Adadelta(w, 0.9, 0.8),
        "adamax" => new Adamax(w, 0.1),
        "lion" => new Lion(w, 0.05, weightDecay: 0.1),
        "sgd_decoupled" => new SgdDecoupled(w, 0.01, 4),
        "momentum_decoupled" => new MomentumDecoupled(w, 0.01, 4, 0.8),
        "rmsprop_decoupled" => new RmsPropDecoupled(w, 0.02, 3, 2),
        "adam_decoupled" => new AdamDecoupled(w, 0.02, 2, 3, 2),
        "sgd_decayed" => new Sgd(w, 0.04, weightDecay: 0.1) { DecaysWeights = true },
        _ => new Momentum(w, 0.01, 0.9, weightDecay: 0.1),
    };

    // The rules once more, number by number. m, v and s begin at 0; t counts from 1.
    static (double W, double M, double V) Law(string name, double w, double g, double m, double v, int t)
    {
        double Mean(double before, double now, double n) => before + (now - before) / Math.Min(t, n);
        switch (name)
        {
            case "nesterov": return (w - 0.02 * (g + 0.8 * (0.8 * m + g)), 0.8 * m + g, 0);
            case "adagrad": return (w - 0.3 * g / (Math.Sqrt(v + g * g) + 1e-10), 0, v + g * g);
            case "adadelta":
                var square = 0.8 * v + 0.2 * g * g;
                var step = Math.Sqrt(m + 1e-6) / Math.Sqrt(square + 1e-6) * g; // m is the mean of squared steps
                return (w - 0.9 * step, 0.8 * m + 0.2 * step * step, square);
            case "adamax":
                var (mean, top) = (0.9 * m + 0.1 * g, Math.Max(0.999 * v, Math.Abs(g) + 1e-8));
                return (w - 0.1 / (1 - Math.Pow(0.9, t)) * mean / top, mean, top);
            case "lion":
                var decayed = w - 0.05 * 0.1 * w;
                return (decayed - 0.05 * Math.Sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g, 0);
            case "sgd_decoupled": return (w - 0.04 * g, 0, 0);
            case "momentum_decoupled": return (w - 0.2 * 0.04 * (0.8 * m + g), 0.8 * m + g, 0);
            case "rmsprop_decoupled":
                v = Mean(v, g * g, 3);
                return (w - 0.04 * g / (Math.Sqrt(v) + 2), 0, v);
            case "adam_decoupled":
                (m, v) = (Mean(m, g, 2), Mean(v, g * g, 3));
                return (w - 0.04 * m / (Math.Sqrt(v) + 2), m, v);
            case "sgd_decayed": return (w - 0.04 * 0.1 * w - 0.04 * g, 0, 0);
            default:
                m = 0.9 * m + g + 0.1 * w;
                return (w - 0.01 * m, m, 0);
        }
    }

    public static TheoryData<string, bool> Cases(bool isGolden)
    {
        var cases = new TheoryData<string, bool>();
        foreach (var name in isGolden ? Golden : Others)
        {
            cases.Add(name, false);
            cases.Add(name, true);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), true)]
    public void Five_steps_are_those_of_the_golden_case(string name, bool isCaptured) =>
        new GoldenCase("s4_optimizers").Equal(new NdArray([6, 2], Path(name, isCaptured)), name);

    [Theory]
    [MemberData(nameof(Cases), false)]
    public void Five_steps_are_those_of_the_formula(string name, bool isCaptured)
    {
        var expected = new double[12];
        for (var i = 0; i < 2; i++)
        {
            var (w, m, v) = (i == 0 ? 1.0 : -2, 0.0, 0.0);
            for (var t = 0; t < 6; t++)
            {
                expected[2 * t + i] = w;
                (w, m, v) = Law(name, w, (i == 0 ? 2 : 20) * w, m, v, t + 1);
            }
        }
        Numbers.Equal(new NdArray([6, 2], expected), new NdArray([6, 2], Path(name, isCaptured)), name);
    }

    static double[] Path(string name, bool isCaptured)
    {
        var bowl = new Bowl();
        bowl.Initialize(0, DType.Float64);
        bowl.Load(new Dictionary<string, Tensor> { ["w"] = Tensor.Of([1.0, -2.0], 2) });
        var optimizer = Make(name, bowl.Parameters);
        var scale = Tensor.Of([1.0, 10.0], 2);
        var step = Step.Capture(s => Loss(s));
        var path = new List<double>(bowl.W.Value.ToArray<double>());
        for (var n = 0; n < 5; n++)
        {
            _ = isCaptured ? step.Run(scale)[0] : Loss(scale);
            path.AddRange(bowl.W.Value.ToArray<double>());
        }
        return [.. path];

        Tensor Loss(Tensor s)
        {
            var loss = bowl.Forward(s);
            optimizer.Step(loss);
            return loss;
        }
    }

    sealed class Bowl : Layer
    {
        public Bowl() => W = Parameter("w", [2], Init.Zeros);

        public Parameter W { get; }

        protected override Tensor Run(Tensor scale) => (scale * ((Tensor)W).Square()).Sum();
    }
}
