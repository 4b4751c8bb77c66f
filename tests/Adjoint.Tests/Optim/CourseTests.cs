using Xunit;

namespace Adjoint.Tests;

public sealed class CourseTests
{
    // The course's own framework multiplies x W with W [inputs, outputs]; here weights are [outputs, inputs].
    [Fact]
    public void A_perceptron_learns_as_in_the_golden_case()
    {
        var golden = new GoldenCase("s3_edf_mlp");
        Linear first = new(3, 5), second = new(5, 3);
        var model = new Sequential(("first", first), ("sigmoid", Activation.Sigmoid()), ("second", second));
        model.Initialize(0, DType.Float64);
        model.Load(new Dictionary<string, Tensor>
        {
            ["first.weight"] = Of(golden.In("W1")).T, ["first.bias"] = Of(golden.In("b1")),
            ["second.weight"] = Of(golden.In("W2")).T, ["second.bias"] = Of(golden.In("b2")),
        });
        var x = Of(golden.In("x"));
        var label = Tensor.Of(golden.In("y").Values.Select(y => (long)y).ToArray(), 4);
        golden.Equal(Array(first.Forward(x).Sigmoid()), "hidden");
        golden.Equal(Array(model.Forward(x).Softmax()), "Q");
        golden.Equal(NdArray.Vector([.. Enumerable.Range(0, 4).Select(b =>
            model.Forward(x)[b..(b + 1)].CrossEntropy(label[b..(b + 1)]).Item())]), "ell");
        var before = model.State();
        var sgd = new Sgd(model.Parameters, golden.Number("eta"));
        var loss = model.Forward(x).CrossEntropy(label);
        sgd.Step(loss);
        golden.Equal(loss.Item(), "mean");
        golden.Equal(Array((before["first.weight"] - first.Weight).T / sgd.Rate), "gW1");
        golden.Equal(Array((before["first.bias"] - first.Bias!) / sgd.Rate), "gb1");
        golden.Equal(Array((before["second.weight"] - second.Weight).T / sgd.Rate), "gW2");
        golden.Equal(Array((before["second.bias"] - second.Bias!) / sgd.Rate), "gb2");
        golden.Equal(model.Forward(x).CrossEntropy(label).Item(), "mean_after_step");
    }

    [Theory]
    [InlineData(false, "u_original")]
    [InlineData(true, "u_rescaled")]
    public void The_unit_invariant_rule_does_not_see_units(bool isRescaled, string expected)
    {
        var golden = new GoldenCase("s4_units");
        var scale = isRescaled ? golden.In("scale").Values : [1, 1];
        var layer = new Linear(2, 2, bias: false);
        layer.Initialize(0, DType.Float64);
        layer.Load(new Dictionary<string, Tensor>
        {
            ["weight"] = Of(NdArray.Generate([2, 2], i => golden.In("W0").Values[i] / scale[i % 2])),
        });
        var optimizer = new UnitInvariantSgd(layer.Parameters, golden.Number("eta"));
        optimizer.SetVariance(layer.Weight, Of(NdArray.Generate([2], j =>
            golden.Out("sigma2_train").Values[j] * scale[j] * scale[j])));
        var outputs = new List<double>();
        for (var n = 0; n < 4; n++)
        {
            var u = layer.Forward(Of(NdArray.Generate([1, 2], j => golden.In("X")[n, j] * scale[j])));
            var target = Of(NdArray.Generate([1, 2], i => golden.In("Y")[n, i]));
            optimizer.Step((u - target).SumSquare() * 0.5);
            outputs.AddRange(u.ToArray<double>());
        }
        golden.Equal(new NdArray([4, 2], [.. outputs]), "sigma2", expected);
    }

    static Tensor Of(NdArray array) => Tensor.Of(array.Values, array.ShapeToArray());

    static NdArray Array(Tensor tensor) => new(tensor.Shape.ToArray(), tensor.ToArray<double>());
}
