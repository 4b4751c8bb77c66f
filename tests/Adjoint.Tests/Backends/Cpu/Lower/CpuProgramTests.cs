using Xunit;

namespace Adjoint.Tests;

public sealed class CpuProgramTests
{
    const string Softmax = """
        softmax(x[..,j]) -> y
          m[..]  max= x[..,j]
          e[..,j]  = exp(x[..,j] - m[..])
          z[..]   += e[..,j]
          y[..,j]  = e[..,j] / z[..]
        """;

    public static TheoryData<string> Widths => [.. KernelRun.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_width_equals_the_reference(string width)
    {
        foreach (var name in new[] { "softmax", "layer_norm", "conv1d", "lstm", "adam", "cross_entropy", "embedding" })
        {
            if (Catalogue.Find(name) is not { } op) continue;
            var program = Reverse.Of(op.Program)!.Combined;
            var inputs = RandomInputs.Draw(program, new(7), op.Inputs with { MinSize = 3, MaxSize = 19 });
            var options = new CpuOptions { Target = CodeTarget.Of(width) };
            Same(Reference.Run(program, inputs, op.Inputs.Attributes).Outputs,
                CpuRun.Run(CpuRun.Compile(program, inputs, DType.Float64, op.Inputs.Attributes, options), program,
                    inputs, DType.Float64), Tolerance.CpuDouble);
        }
    }

    [Fact]
    public void One_and_two_threads_give_the_same_bits()
    {
        using var one = new Team(1);
        using var two = new Team(2);
        foreach (var text in new[] { Softmax, "scale(x[..,j], w[j]) -> y\n  y[..,j] = x[..,j] * w[j]",
            "columns(x[..,j]) -> y\n  y[j] += x[..,j]" })
        {
            var program = Parser.Parse(text);
            var random = new SplitMix64(5);
            var inputs = new Dictionary<string, NdArray>
            {
                ["x"] = NdArray.Generate([67, 129], _ => random.Uniform(-2, 2)),
                ["w"] = NdArray.Generate([129], _ => random.Uniform(-2, 2)),
            };
            if (program.FindOperand("w") is null) inputs.Remove("w");
            var results = new[] { one, two }.Select(team =>
            {
                var compiled = CpuRun.Compile(program, inputs, DType.Float32, null,
                    new() { Team = team, OperationsPerChunk = 512 });
                return CpuRun.Run(compiled, program, inputs, DType.Float32);
            }).ToList();
            Same(results[0], results[1], 0);
            Same(Reference.Run(program, inputs).Outputs, results[1], Tolerance.CpuSingle);
        }
    }

    [Fact]
    public void A_softmax_is_one_kernel_whose_intermediate_rows_stay_out_of_memory()
    {
        var program = Parser.Parse(Softmax);
        var compiled = CpuRun.Compile(program, new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(3, 40) },
            DType.Float32);
        Assert.Equal(1, compiled.Kernels);
        Assert.Empty(compiled.Fallbacks);
        // x and y; m and z are locals, e is a row
        Assert.DoesNotContain("float*)buffers[2]", compiled.Print(), StringComparison.Ordinal);
        Assert.Equal(0, compiled.ArenaBytes);
    }

    [Fact]
    public void Sums_of_loops_along_one_axis_each_have_their_own_parts()
    {
        var program = Parser.Parse("""
            sums(x[b,j]) -> y, z
              y[b] += exp(sin(x[b,j])) * log(2 + square(x[b,j])) * tanh(exp(x[b,j])) * sqrt(abs(x[b,j]))
              z[b] += x[b,j] - y[b]
            """);
        var random = new SplitMix64(5);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Generate([3, 200], _ => random.Uniform(-1, 1)),
        };
        Same(Reference.Run(program, inputs).Outputs,
            CpuRun.Run(CpuRun.Compile(program, inputs, DType.Float64), program, inputs, DType.Float64),
            Tolerance.CpuDouble);
    }

    [Fact]
    public void Pointwise_lines_that_follow_each_other_are_one_loop_without_memory_between()
    {
        var program = Parser.Parse("""
            chain(x[..]) -> y
              a[..] = x[..] * 2
              b[..] = exp(a[..])
              y[..] = b[..] + a[..]
            """);
        var compiled = CpuRun.Compile(program, new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(100) },
            DType.Float32);
        Assert.Equal(1, compiled.Kernels);
        Assert.Equal(0, compiled.ArenaBytes);
    }

    [Theory]
    [InlineData("log_softmax", 4, 200)]
    [InlineData("batch_norm", 3, 200)]
    public void A_number_for_each_row_does_not_part_the_loops_over_rows(string name, int rows, int length)
    {
        var program = Reverse.Of(Catalogue.Find(name)!.Program)!.Combined;
        var sizes = new Dictionary<string, int> { ["b"] = 2, ["c"] = rows, ["j"] = length };
        var inputs = RandomInputs.Draw(program, new(7), new() { MinSize = length, MaxSize = length, Sizes = sizes });
        var compiled = CpuRun.Compile(program, inputs, DType.Float64);
        Assert.Equal(1, compiled.Kernels);
        Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, DType.Float64),
            Tolerance.CpuDouble);
    }

    [Theory]
    [InlineData("y[j,i] = x[i,j]")]
    [InlineData("y[j,i] = x[i,j] * 2 + sqrt(abs(z[j,i]))")]
    [InlineData("y[j,i] = x[i,j] + x[i,j] * z[j,i]  if i > j")]
    [InlineData("y[j,i] += x[i,j] - x[i,j + 1]  if j + 1 < #j")]
    [InlineData("y[j,i] = where(x[i,j] > 0, x[i,j], w[i,j])")]
    public void Reads_across_the_lanes_are_turned_in_squares(string line)
    {
        var program = Parser.Parse($"turned(x[i,j], z[j,i], w[i,j]) -> y[j,i]\n  {line}");
        var random = new SplitMix64(3);
        foreach (var (i, j) in new[] { (1, 1), (7, 9), (16, 16), (37, 53), (64, 17), (33, 130) })
            foreach (var width in KernelRun.Widths)
                foreach (var type in new[] { DType.Float32, DType.Float64 })
                {
                    var inputs = new Dictionary<string, NdArray>
                    {
                        ["x"] = NdArray.Generate([i, j], _ => random.Uniform(-2, 2)),
                        ["z"] = NdArray.Generate([j, i], _ => random.Uniform(-2, 2)),
                        ["w"] = NdArray.Generate([i, j], _ => random.Uniform(-2, 2)),
                    };
                    var compiled = CpuRun.Compile(program, inputs, type, null,
                        new() { Target = CodeTarget.Of(width), OperationsPerChunk = 512 });
                    Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, type),
                        type is DType.Float64 ? Tolerance.CpuDouble : Tolerance.CpuSingle);
                }
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 1)]
    public void A_window_runs_in_lanes_along_its_outputs(int size, int stride, int pad)
    {
        var op = Catalogue.Find("max_pool2d")!;
        var program = Reverse.Of(op.Program)!.Combined;
        var attributes = new Dictionary<string, double> { ["size"] = size, ["stride"] = stride, ["pad"] = pad };
        var sizes = new Dictionary<string, int> { ["b"] = 2, ["c"] = 3, ["m"] = 37, ["n"] = 70 };
        var inputs = RandomInputs.Draw(program, new(7), new() { Sizes = sizes, Attributes = attributes });
        var compiled = CpuRun.Compile(program, inputs, DType.Float64, attributes);
        Assert.Empty(compiled.Fallbacks);
        Assert.Matches(@"for \(long q\w* = \w+; q\w* < \w+; q\w* \+= \d+\)", compiled.Print());
        Same(Reference.Run(program, inputs, attributes).Outputs,
            CpuRun.Run(compiled, program, inputs, DType.Float64), Tolerance.CpuDouble);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("layer_norm")]
    [InlineData("lstm")]
    [InlineData("conv2d")]
    [InlineData("max_pool2d")]
    [InlineData("adam")]
    [InlineData("transpose")]
    public void The_text_of_kernels_computes_the_same_bits(string name)
    {
        var op = Catalogue.Find(name)!;
        var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
        var inputs = RandomInputs.Draw(program, new(7), op.Inputs with { MinSize = 3, MaxSize = 18 });
        foreach (var width in (string[])["512", "128"])
        {
            var options = new CpuOptions
            {
                Target = CodeTarget.Of(width),
                OperationsPerChunk = 512,
                ContractsFrom = double.PositiveInfinity,
            };
            var expected = Run(options);
            foreach (var (output, values) in Run(options with { FromText = KernelRun.Compile }))
                Assert.Equal(expected[output].Values, values.Values);
        }

        Dictionary<string, NdArray> Run(CpuOptions options) =>
            CpuRun.Run(CpuRun.Compile(program, inputs, DType.Float32, op.Inputs.Attributes, options), program, inputs,
                DType.Float32);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var program = Reverse.Of(Catalogue.Find("lstm")!.Program)!.Combined;
        var inputs = RandomInputs.Draw(program, new(3), new() { MinSize = 4, MaxSize = 5 });
        var compiled = CpuRun.Compile(program, inputs, DType.Float32, null, new() { ContractsFrom = 0 });
        using var memory = Storage.AllocateZeroed(1 << 20);
        nint[] operands = [.. program.Operands.Select((_, i) => At(i))],
            outputs = [.. program.Outputs.Select((_, i) => At(i + operands.Length))];
        for (var i = 0; i < 3; i++) compiled.Run(operands, outputs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        compiled.Run(operands, outputs);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        unsafe nint At(int i) => (nint)memory.Pointer + (i << 14);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void A_gathered_row_that_does_not_exist_is_an_error(int token)
    {
        var program = Parser.Parse("embedding(w[v,d], int tok[t]) -> y\n  y[t,d] = w[tok[t],d]");
        var inputs = new Dictionary<string,
            NdArray>
        { ["w"] = NdArray.Zeros(5, 20), ["tok"] = NdArray.Vector(0, token, 4) };
        var compiled = CpuRun.Compile(program, inputs, DType.Float32);
        var error = Assert.Throws<LoopRunException>(() => CpuRun.Run(compiled, program, inputs, DType.Float32));
        Assert.Contains($"w is read outside its cells: index {token} of dimension 0, which has 0 … 4.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_products_go_to_the_contraction_engine_by_the_shape_of_their_loops()
    {
        Assert.Equal(1, Contractions("y(a[i,k], b[k,j]) -> c\n  c[i,j] += a[i,k] * b[k,j]", ([24, 33], [33, 40])));
        Assert.Equal(1, Contractions(
            "y(a[n,i,m], b[j,i,k]; stride = 2, pad = 1) -> c\n  axis p < (#m + 2*pad - #k) / stride + 1\n"
            + "  c[n,j,p] += a[n,i,m] * b[j,i,k]  if m == stride*p + k - pad", ([2, 8, 30], [16, 8, 3])));
        Assert.Equal(1, Contractions(
            "y(a[n,j,p], b[j,i,k]; stride = 2, pad = 1, size = 30) -> c\n  axis m < size\n"
            + "  c[n,i,m] += a[n,j,p] * b[j,i,k]  if m == stride*p + k - pad", ([2, 16, 15], [16, 8, 3])));
        Assert.Equal(1, Contractions(
            "y(a[n,i,m], b[n,j,p]; pad = 1, size = 3) -> c\n  axis k < size\n"
            + "  c[j,i,k] += b[n,j,p] * a[n,i,m]  if m == p + k - pad", ([20, 1, 30], [20, 8, 30])));
        Assert.Equal(0, Contractions("y(a[i,k], b[i,k]) -> c\n  c[i] += a[i,k] * b[i,k]", ([200, 330], [200, 330])));
    }

    static int Contractions(string text, (int[] A, int[] B) shapes)
    {
        var program = Parser.Parse(text);
        var random = new SplitMix64(9);
        var inputs = new Dictionary<string, NdArray>
        {
            ["a"] = NdArray.Generate(shapes.A, _ => random.Uniform(-1, 1)),
            ["b"] = NdArray.Generate(shapes.B, _ => random.Uniform(-1, 1)),
        };
        var compiled = CpuRun.Compile(program, inputs, DType.Float64);
        Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, DType.Float64),
            Tolerance.CpuDouble);
        return compiled.Contractions;
    }

    static void Same(IReadOnlyDictionary<string, NdArray> expected, IReadOnlyDictionary<string, NdArray> actual,
        double tolerance)
    {
        foreach (var (output, values) in expected) Assert.True(actual[output].IsNear(values, tolerance),
            $"{output}: {actual[output].DistanceTo(values)}");
    }
}
