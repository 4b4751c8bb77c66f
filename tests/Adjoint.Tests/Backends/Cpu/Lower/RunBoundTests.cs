using Xunit;

namespace Adjoint.Tests;

// Bounds that only a run knows: one program, every value, also those outside of the axis.

public sealed class RunBoundTests
{
    const int Rows = 3, Columns = 37;

    [Theory]
    [InlineData("y[b] += x[b,u]  if u <= n")]
    [InlineData("y[b] max= x[b,u]  if u < length[b]")]
    [InlineData("y[b,u] = x[b,u] * 2  if u < length[b]")]
    [InlineData("y[u,b] = x[b,u]  if u < length[b]")]
    [InlineData("y[b] += x[b,u]  if length[b] <= u")]
    [InlineData("y[b] += x[b,u] * w[u]  if n - 3 < u and u <= n")]
    [InlineData("y[b] += x[b,u]  if u < length[b] and w[u] > 0")]
    [InlineData("y[b,u] = x[b,u]  if 2 * u < n + b")]
    [InlineData("y[u] += x[b,u]  if u < length[b]")]
    [InlineData("y += x[b,u]  if u < n")]
    [InlineData("y[b] += x[b,u]  if u == n")]
    [InlineData("y[b,u] = where(u < n, x[b,u], w[u])")]
    [InlineData("e[b,u] = exp(x[b,u])  if u <= n\n  z[b] += e[b,u]  if u <= n\n  y[b,u] = e[b,u] / z[b]  if u <= n")]
    [InlineData("e[b,u] = exp(x[b,u])  if u <= n\n  y[b] += e[b,u]")]
    [InlineData("e[b,u] = exp(x[b,u])  if u < length[b]\n  y[u] += e[b,u]  if u < length[b]")]
    [InlineData("for t:\n    h[t,b] = 0.5 * h[t-1,b] + x[b,t]  if t < length[b]\n  y[b] += h[t,b]")]
    public void Every_value_gives_what_the_reference_gives(string lines)
    {
        var program = Parser.Parse($"bounded(x[b,u], w[u], int length[b], int n) -> y\n  {lines}"
            .Replace("for t:", "axis t < #u\n  for t:", StringComparison.Ordinal));
        var random = new SplitMix64(3);
        foreach (var width in KernelRun.Widths)
            foreach (var type in new[] { DType.Float32, DType.Float64 })
            {
                CpuProgram? compiled = null;
                foreach (var n in new[] { -2, 0, 1, 15, 16, Columns - 1, Columns, Columns + 5 })
                {
                    var inputs = Inputs(random, n);
                    compiled ??= CpuRun.Compile(program, inputs, type, null, new() { Target = CodeTarget.Of(width) });
                    var expected = Reference.Run(program, inputs).Outputs["y"];
                    var actual = CpuRun.Run(compiled, program, inputs, type)["y"];
                    Assert.True(actual.IsNear(expected, type is DType.Float32 ? Tolerance.CpuSingle : Tolerance.CpuDouble),
                        $"n = {n}\n{program}\n{actual}\n{expected}");
                }
            }
    }

    static Dictionary<string, NdArray> Inputs(SplitMix64 random, int n) => new()
    {
        ["x"] = NdArray.Generate([Rows, Columns], _ => random.Uniform(-1, 1)),
        ["w"] = NdArray.Generate([Columns], _ => random.Uniform(-1, 1)),
        ["length"] = NdArray.Generate([Rows], b => n + 7 * (b - 1)),
        ["n"] = NdArray.Generate([], _ => n),
    };

    [Fact]
    public void What_lies_beyond_the_bound_is_not_looked_at()
    {
        // Cells that cannot be read: a mask would read them all the same.
        var program = Parser.Parse("first(int place[u], x[v], int n) -> y\n  y += x[place[u]]  if u < n");
        var inputs = new Dictionary<string, NdArray>
        {
            ["place"] = NdArray.Generate([20], u => u < 5 ? u : 1000),
            ["x"] = NdArray.Generate([8], v => v),
            ["n"] = NdArray.Generate([], _ => 5),
        };
        var compiled = CpuRun.Compile(program, inputs, DType.Float32);
        Assert.Equal(0 + 1 + 2 + 3 + 4, CpuRun.Run(compiled, program, inputs, DType.Float32)["y"].Values.Single());
    }

    [Theory]
    [InlineData(1, 40, 50, 64)]
    [InlineData(5, 33, 150, 20)]
    public void Products_end_where_each_example_does(int batch, int rows, int columns, int width)
    {
        var program = Catalogue.Find("attention_padded")!.Program;
        var random = new SplitMix64(7);
        using var one = new Team(1);
        using var two = new Team(2);
        var compiled = new List<CpuProgram>();
        foreach (var length in new[] { 1, 2, 17, 32, columns - 1, columns, columns + 3 })
        {
            var inputs = new Dictionary<string, NdArray>
            {
                ["q"] = Random(batch, rows, width),
                ["k"] = Random(batch, columns, width),
                ["v"] = Random(batch, columns, width / 2),
                ["length"] = NdArray.Generate([batch], b => Math.Max(1, length - b)),
            };
            if (compiled.Count == 0)
                foreach (var team in new[] { one, two })
                    compiled.Add(CpuRun.Compile(program, inputs, DType.Float32, null, new() { Team = team, ContractsFrom = 0 }));
            Assert.All(compiled, c => Assert.Equal(2, c.Contractions));
            var expected = Reference.Run(program, inputs).Outputs["y"];
            var results = compiled.Select(c => CpuRun.Run(c, program, inputs, DType.Float32)["y"]).ToList();
            Assert.True(results[0].IsNear(expected, Tolerance.CpuSingle), $"length {length}");
            Assert.Equal(results[0].Values, results[1].Values);
        }

        NdArray Random(params int[] shape) => NdArray.Generate(shape, _ => random.Uniform(-1, 1));
    }

    [Fact]
    public void The_gradient_of_padded_attention_ends_where_each_example_does()
    {
        var program = Reverse.Of(Catalogue.Find("attention_padded")!.Program)!.Combined;
        foreach (var seed in new ulong[] { 1, 2, 3 })
        {
            var inputs = RandomInputs.Draw(program, new(seed),
                Catalogue.Find("attention_padded")!.Inputs with { MinSize = 5, MaxSize = 24 });
            var compiled = CpuRun.Compile(program, inputs, DType.Float64, null, new() { ContractsFrom = 0 });
            var actual = CpuRun.Run(compiled, program, inputs, DType.Float64);
            foreach (var (name, expected) in Reference.Run(program, inputs).Outputs)
                Assert.True(actual[name].IsNear(expected, Tolerance.CpuDouble), name);
        }
    }
}
