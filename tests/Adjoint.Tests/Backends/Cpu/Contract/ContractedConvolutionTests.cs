using Xunit;

namespace Adjoint.Tests;

public sealed unsafe class ContractedConvolutionTests
{
    public static TheoryData<string> Cases() =>
    [
        // batch groups in out, height width, kernel, stride pad dilation
        "2 1 3 4, 8 9, 3 3, 1 1 1",
        "1 1 1 16, 28 28, 3 3, 1 0 1",
        "3 1 4 5, 1 17, 1 3, 1 1 1",
        "2 1 3 4, 1 33, 1 5, 2 2 1",
        "2 1 2 3, 1 40, 1 4, 3 3 2",
        "1 2 3 4, 9 7, 3 2, 2 1 1",
        "2 3 1 1, 10 10, 3 3, 1 1 1",
        "2 1 5 20, 8 8, 4 4, 2 1 1",
        "1 1 2 3, 12 11, 3 3, 3 2 2",
        "2 4 2 2, 7 7, 1 1, 1 0 1",
        "1 1 2 2, 6 6, 5 5, 1 4 1",
        "9 1 3 2, 4 4, 4 4, 2 1 1",
        "3 1 20 18, 14 14, 4 4, 2 1 1",
        "4 1 40 17, 7 7, 3 3, 1 1 1",
        "2 2 8 35, 9 7, 4 3, 2 1 1",
        "9 1 40 18, 3 1, 3 2, 1 1 1",
        .. ManySums,
    ];

    static readonly string[] ManySums =
    [
        "6 1 3 5, 12 13, 3 3, 1 1 1",
        "9 1 1 7, 28 27, 4 4, 2 1 1",
        "8 1 2 3, 20 20, 3 3, 2 2 2",
        "40 1 2 1, 9 8, 3 3, 1 1 1",
        "3 1 2 3, 1 700, 1 5, 1 2 1",
        "5 1 3 4, 16 15, 3 3, 1 0 1",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_convolution_and_its_gradients_are_its_definition(string text)
    {
        var convolution = Parse(text);
        var random = new System.Random(text.Length);
        var x = Numbers(convolution.InputCount);
        var weights = Numbers(convolution.WeightCount);
        var dy = Numbers(convolution.ResultCount);
        var (y, dx, dw) = (new float[dy.Length], new float[x.Length], new float[weights.Length]);
        convolution.ForEachProduct((i, k, o) =>
        {
            y[o] += weights[k] * x[i];
            dx[i] += weights[k] * dy[o];
            dw[k] += dy[o] * x[i];
        });
        Assert.Equal(y, Run(convolution.Forward(), weights, x, y.Length));
        Assert.Equal(dx, Run(convolution.InputGradient(), weights, dy, dx.Length));
        Assert.Equal(dw, Run(convolution.WeightGradient(), dy, x, dw.Length));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-4, 5))];
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convolutions_stay_inside_their_arrays_at_every_width(string text)
    {
        var convolution = Parse(text);
        var random = new System.Random(text.Length);
        using var team = new Team(2);
        foreach (var shape in new[] { convolution.Forward(), convolution.InputGradient(), convolution.WeightGradient() })
        {
            var contraction = new ContractionCase(shape, random);
            foreach (var width in new[] { "512", "256", "128", "scalar" })
                Assert.Null(contraction.Fault(DType.Float32, width, 1, atEnd: true));
            Assert.Null(contraction.Fault(DType.Float32, "256", 2, atEnd: false, team));
            Assert.Null(contraction.Fault(DType.Float64, "512", 2, atEnd: false, team));
        }
    }

    [Theory]
    [InlineData("3 1 20 18, 14 14, 4 4, 2 1 1")]
    [InlineData("2 2 8 35, 9 7, 4 3, 2 1 1")]
    public void Numbers_of_short_rows_meet_vectors_of_weights(string text)
    {
        var plan = ContractionPlan.Of(Parse(text).Forward(), DType.Float32, CodeTarget.Of("256"), 1);
        Assert.All(plan.Pieces, p => Assert.NotNull(p.Image));
    }

    [Fact]
    public void Lanes_run_along_long_sums_of_few_weights()
    {
        foreach (var text in ManySums)
            Assert.All(ContractionPlan.Of(Parse(text).WeightGradient(), DType.Float32, CodeTarget.Of("256"), 1).Pieces, p => Assert.NotNull(p.SumRows));
    }

    [Theory]
    [InlineData("6 1 3 5, 12 13, 3 3, 1 1 1", 4, 20, 500)]
    [InlineData("6 1 3 5, 12 13, 3 3, 1 1 1", 5, 27, 9)]
    [InlineData("5 1 3 4, 16 15, 3 3, 1 0 1", 0, 5, 800)]
    [InlineData("5 1 3 4, 16 15, 3 3, 1 0 1", 3, 26, 0)]
    public void Long_sums_of_few_weights_may_end_anywhere(string text, int rows, int columns, int sums)
    {
        var convolution = Parse(text);
        var random = new System.Random(8);
        float[] x = Numbers(convolution.InputCount), dy = Numbers(convolution.ResultCount);
        var (ends, all) = (new ContractionEnds(rows, columns, sums), new float[convolution.WeightCount]);
        var (taps, plane) = (convolution.In * convolution.Kernel.H * convolution.Kernel.W, convolution.Result.H * convolution.Result.W);
        convolution.ForEachProduct((i, k, o) =>
        {
            var sum = o / plane / convolution.Out * plane + o % plane;
            if (k / taps < rows && k % taps < columns && sum < sums) all[k] += dy[o] * x[i];
        });
        Assert.Equal(all, Run(convolution.WeightGradient(), dy, x, all.Length, ends));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-4, 5))];
    }

    [Fact]
    public void Pieces_of_a_strided_gradient_read_one_copy()
    {
        var plan = ContractionPlan.Of(Parse("3 1 20 18, 14 14, 4 4, 2 1 1").InputGradient(), DType.Float32, CodeTarget.Of("256"), 1);
        Assert.Equal(4, plan.Pieces.Count);
        Assert.Single(plan.Pieces.Select(p => p.Table!.Margins).Distinct());
    }

    [Fact]
    public void Weights_may_end_before_their_last_vector_does()
    {
        const int Ends = 10;
        var convolution = Parse("2 1 20 18, 6 7, 3 3, 1 1 1");
        var random = new System.Random(7);
        float[] x = Numbers(convolution.InputCount), weights = Numbers(convolution.WeightCount);
        var whole = Run(convolution.Forward(), weights, x, convolution.ResultCount);
        var part = Run(convolution.Forward(), weights, x, convolution.ResultCount, ContractionEnds.All.With(ContractionGroup.Row, Ends));
        var plane = convolution.Result.H * convolution.Result.W;
        Assert.Equal(whole.Select((y, i) => i / plane % convolution.Out < Ends ? y : 0), part);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-4, 5))];
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Taps_outside_the_image_take_no_part_and_what_is_not_finite_inside_spreads(float value)
    {
        var convolution = Parse("2 1 2 3, 7 8, 3 3, 1 1 1");
        var random = new System.Random(4);
        foreach (var isWeight in new[] { true, false })
        {
            var x = Numbers(convolution.InputCount);
            var weights = Numbers(convolution.WeightCount);
            var dy = Numbers(convolution.ResultCount);
            if (isWeight) weights[0] = weights[8] = value;
            else dy[3] = x[5] = value;
            var (y, dx, dw) = (new float[dy.Length], new float[x.Length], new float[weights.Length]);
            convolution.ForEachProduct((i, k, o) =>
            {
                y[o] += weights[k] * x[i];
                dx[i] += weights[k] * dy[o];
                dw[k] += dy[o] * x[i];
            });
            Assert.Contains(y, float.IsFinite);
            Assert.Contains(y, cell => !float.IsFinite(cell));
            Assert.Equal(y, Run(convolution.Forward(), weights, x, y.Length));
            Assert.Equal(dx, Run(convolution.InputGradient(), weights, dy, dx.Length));
            Assert.Equal(dw, Run(convolution.WeightGradient(), dy, x, dw.Length));
        }

        // Without 0, which would make NaN of infinity inside as well.
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(1, 5))];
    }

    static float[] Run(ContractionShape shape, float[] a, float[] b, int count, ContractionEnds? ends = null)
    {
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, 1);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        var result = new float[count];
        fixed (float* first = a, second = b, cells = result) plan.Run(first, second, cells, false, workspace.Pointer, ends: ends);
        return result;
    }

    static ContractedConvolution Parse(string text)
    {
        var n = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
        return new(n[0], n[1], n[2], n[3], (n[4], n[5]), (n[6], n[7]), n[8], n[9], n[10]);
    }
}
