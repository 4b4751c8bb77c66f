using Xunit;

namespace Adjoint.Tests;

public sealed class OptimizerGoldenTests
{
    // f = w0² + 10 w1², from (1, -2); its gradient is derived.
    static readonly LoopProgram Bowl = Parser.Parse("bowl(w[i], scale[i]) -> f\n  f += scale[i] * square(w[i])");

    static NdArray BowlGradient(NdArray w) =>
        Gradient.OfLoss(Bowl, new() { ["w"] = w, ["scale"] = NdArray.Vector(1, 10) }, "f")["dw"];

    public static TheoryData<string, string, string> Updates => new()
    {
        { "sgd", "sgd", "rate=0.04" },
        { "momentum", "momentum", "rate=0.01" },
        { "rmsprop", "rmsprop", "rate=0.01" },
        { "adam", "adam", "rate=0.1" },
        { "adam_l2", "adam_l2", "rate=0.1" },
        { "adamw", "adamw", "rate=0.1" },
        { "course_adam", "adam_course", "rate=0.1" },
    };

    [Theory]
    [MemberData(nameof(Updates))]
    public void Five_steps_in_a_bowl(string expected, string name, string attribute)
    {
        var golden = new GoldenCase("s4_optimizers");
        var op = Catalogue.Find(name)!;
        var rate = double.Parse(attribute.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture);
        var attributes = new Dictionary<string, double> { [attribute.Split('=')[0]] = rate };
        var w = NdArray.Vector(1, -2);
        var state = op.Program.Operands.Where(o => o.Name is not ("w" or "g"))
            .ToDictionary(o => o.Name, o => o.Dims.Count == 0 ? NdArray.Scalar(0) : NdArray.Zeros(2));
        var path = new List<double>(w.Values);
        for (var step = 0; step < 5; step++)
        {
            var run = Forward.Of(op.Program, new(state) { ["w"] = w, ["g"] = BowlGradient(w) }, attributes);
            w = run["w'"];
            foreach (var key in state.Keys) state[key] = run[key + "'"];
            path.AddRange(w.Values);
        }
        golden.Equal(new NdArray([6, 2], [.. path]), expected);
    }

    // u = W x for one example after the other, each followed by an update with the gradient of half the squared error.
    [Fact]
    public void Units_of_an_input_matter_unless_columns_are_divided_by_its_variance()
    {
        var golden = new GoldenCase("s4_units");
        var scale = golden.In("scale");
        var eta = golden.Number("eta");
        var variance = golden.Out("sigma2_train");
        golden.Equal(Column(golden.In("X"), (mean, square) => square - mean * mean), "sigma2_train");
        golden.Equal(Column(golden.In("X"), (mean, _) => mean), "mu_train");
        golden.Equal(Column(golden.In("X"), (_, square) => square), "second_moment_x");
        var ones = NdArray.Vector(1, 1);

        Check("sgd", Unscaled(ones), Scaled(ones));
        Check("quarter_x_tilde", Unscaled(ones), Scaled(NdArray.Vector(4, 1)));
        // The rule as printed takes the input before it was rescaled: eta/4 * x is an eighth of eta * (2x).
        Check("seed_literal", Unscaled(ones), Scaled(NdArray.Vector(8, 1)));
        Check("sigma2", Unscaled(variance),
            Scaled(new NdArray([2], [.. variance.Values.Zip(scale.Values, (v, s) => v * s * s)])));

        // With its own batch for the variance the op finds the divisor itself.
        var x = golden.In("X");
        var own = Forward.Of(CourseOptimizerOps.UnitInvariant, new()
        {
            ["w"] = golden.In("W0"), ["gu"] = golden.In("Y"), ["x"] = x,
        });
        var given = Forward.Of(CourseOptimizerOps.UnitInvariantGiven, new()
        {
            ["w"] = golden.In("W0"), ["gu"] = golden.In("Y"), ["x"] = x, ["variance"] = variance,
        });
        GoldenCase.Near(given["w'"], own["w'"], Tolerance.DoubleRounding, "unit_invariant");

        (NdArray, NdArray) Unscaled(NdArray divisor) => Train(golden, ones, divisor, eta);
        (NdArray, NdArray) Scaled(NdArray divisor) => Train(golden, scale, divisor, eta);

        void Check(string name, (NdArray U, NdArray W1) original, (NdArray U, NdArray W1) rescaled)
        {
            golden.Equal(original.U, name, "u_original");
            golden.Equal(rescaled.U, name, "u_rescaled");
            golden.Equal(original.U.Values.Zip(rescaled.U.Values, (a, b) => Math.Abs(a - b)).Max(), name, "max_diff");
            golden.Equal(NdArray.Vector(rescaled.W1[0, 0], rescaled.W1[1, 0]), name, "W1_tilde_col0");
            golden.Equal(NdArray.Vector(original.W1[0, 0] / 2, original.W1[1, 0] / 2), name, "half_W1_col0");
        }
    }

    [Fact]
    public void RmsProp_is_not_invariant_under_units()
    {
        var golden = new GoldenCase("s4_units");
        var original = RmsProp(golden, NdArray.Vector(1, 1));
        var rescaled = RmsProp(golden, golden.In("scale"));
        golden.Equal(original.U, "rmsprop", "u_original");
        golden.Equal(rescaled.U, "rmsprop", "u_rescaled");
        golden.Equal(original.U.Values.Zip(rescaled.U.Values, (a, b) => Math.Abs(a - b)).Max(), "rmsprop", "max_diff");
        golden.Equal(NdArray.Vector(rescaled.W1[0, 0], rescaled.W1[1, 0]), "rmsprop", "W1_tilde_col0");
    }

    [Fact]
    public void Doubling_an_input_moves_the_weight_by_three_halves_of_the_step()
    {
        var golden = new GoldenCase("s4_units");
        var ones = NdArray.Vector(1, 1);
        var (_, w1) = Train(golden, ones, ones, golden.Number("eta"));
        var (_, rescaled) = Train(golden, golden.In("scale"), ones, golden.Number("eta"));
        var start = golden.In("W0");
        // w1 / 2 - rescaled, in units of one step of the original column.
        golden.Equal((w1[0, 0] / 2 - rescaled[0, 0]) / (start[0, 0] - w1[0, 0]), "gap_coefficient");
    }

    static (NdArray U, NdArray W1) Train(GoldenCase golden, NdArray scale, NdArray divisor, double rate) =>
        Train(golden, scale, (w, gu, x) => Forward.Of(CourseOptimizerOps.UnitInvariantGiven.Program,
            new() { ["w"] = w, ["gu"] = gu, ["x"] = x, ["variance"] = divisor },
            new() { ["rate"] = rate })["w'"]);

    static (NdArray U, NdArray W1) RmsProp(GoldenCase golden, NdArray scale)
    {
        var v = NdArray.Zeros(2, 2);
        return Train(golden, scale, (w, gu, x) =>
        {
            var g = Gradient.Of(ProductOps.MatMulTransposed, new() { ["x"] = x, ["w"] = w },
                new() { ["y"] = gu })["dw"];
            var run = Forward.Of(OptimizerOps.RmsProp, new() { ["w"] = w, ["g"] = g, ["v"] = v },
                new() { ["rate"] = golden.Number("eta"), ["rho"] = 0.9, ["eps"] = 1e-12 });
            v = run["v'"];
            return run["w'"];
        });
    }

    static (NdArray U, NdArray W1) Train(GoldenCase golden, NdArray scale,
        Func<NdArray, NdArray, NdArray, NdArray> update)
    {
        var (inputs, targets, start) = (golden.In("X"), golden.In("Y"), golden.In("W0"));
        var w = NdArray.Generate([2, 2], i => start.Values[i] / scale.Values[i % 2]);
        var outputs = new List<double>();
        NdArray? first = null;
        for (var n = 0; n < 4; n++)
        {
            var x = NdArray.Generate([1, 2], j => inputs[n, j] * scale.Values[j]);
            var u = Forward.Of(ProductOps.MatMulTransposed, new() { ["x"] = x, ["w"] = w })["y"];
            outputs.AddRange(u.Values);
            w = update(w, NdArray.Generate([1, 2], i => u.Values[i] - targets[n, i]), x);
            first ??= w;
        }
        return (new([4, 2], [.. outputs]), first!);
    }

    static NdArray Column(NdArray x, Func<double, double, double> ofMoments) => NdArray.Generate([2], j =>
    {
        var column = Enumerable.Range(0, 4).Select(n => x[n, j]).ToList();
        return ofMoments(column.Average(), column.Average(value => value * value));
    });
}
