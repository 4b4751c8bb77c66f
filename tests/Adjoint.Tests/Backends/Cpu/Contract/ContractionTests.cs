using Xunit;

namespace Adjoint.Tests;

public sealed unsafe class ContractionTests
{
    static readonly string[] Widths = ["512", "256", "128", "scalar"];

    [Fact]
    public void Random_contractions_are_exact_at_every_width_and_stay_inside_their_arrays()
    {
        var seed = Environment.TickCount;
        var random = new System.Random(seed);
        var contractions = new RandomContractions(random);
        using var team = new Team(2);
        for (var i = 0; i < 300; i++)
        {
            var shape = contractions.Next();
            var contraction = new ContractionCase(shape, random);
            var type = random.Next(3) == 0 ? DType.Float64 : DType.Float32;
            var threads = random.Next(1, 3);
            var fault = contraction.Fault(type, Widths[i % 4], threads, random.Next(2) == 0, threads > 1 ? team : null);
            Assert.True(fault is null, $"seed {seed}, case {i}: {fault}\n{Describe(shape)}");
        }
    }

    [Fact]
    public void Tiles_that_lie_in_place_beside_tiles_that_are_packed_are_exact_for_all_rows()
    {
        // Columns in runs of 16, tiles of 12: some end in a run, some reach into the next.
        var shape = new ContractionShape(
            new ContractionAxis(ContractionGroup.Row, 7, StrideA: 1, StrideOut: 144),
            new ContractionAxis(ContractionGroup.Column, 9, StrideB: 32, StrideOut: 16),
            new ContractionAxis(ContractionGroup.Column, 16, StrideB: 1, StrideOut: 1),
            new ContractionAxis(ContractionGroup.Sum, 2, StrideA: 7, StrideB: 16));
        foreach (var width in Widths)
            Assert.Null(new ContractionCase(shape, new System.Random(1)).Fault(DType.Float32, width, 1, atEnd: true));
    }

    [Fact]
    public void Tiles_of_unequal_widths_that_look_up_rows_are_exact()
    {
        // 65 columns: two tiles of 8 and seven of 7 where a vector has four lanes; rows of b lie at no constant step.
        var shape = new ContractionShape(
            new ContractionAxis(ContractionGroup.Sum, 2, StrideA: 528, StrideB: 1056),
            new ContractionAxis(ContractionGroup.Row, 33, StrideOut: -65),
            new ContractionAxis(ContractionGroup.Column, 65, StrideB: 1, StrideOut: 1),
            new ContractionAxis(ContractionGroup.Sum, 16, StrideB: 66));
        foreach (var width in Widths)
            Assert.Null(new ContractionCase(shape, new System.Random(1)).Fault(DType.Float32, width, 1, atEnd: true));
    }

    [Fact]
    public void Products_of_all_odd_sizes_are_exact()
    {
        int[] sizes = [0, 1, 2, 7, 8, 9, 17, 64, 65];
        var random = new System.Random(5);
        foreach (var m in sizes)
            foreach (var n in sizes)
                foreach (var k in sizes)
                {
                    var shape = ContractionShape.Product(m, n, k, random.Next(2) == 0, random.Next(2) == 0);
                    var type = random.Next(3) == 0 ? DType.Float64 : DType.Float32;
                    var fault = new ContractionCase(shape, random).Fault(type, Widths[random.Next(4)], 1, random.Next(2) == 0);
                    Assert.True(fault is null, $"{fault}\n{Describe(shape)}");
                }
    }

    [Theory]
    [InlineData(100, 300, 700, false, false)]
    [InlineData(30, 700, 600, true, false)]
    [InlineData(30, 200, 1500, false, true)]
    [InlineData(1, 2000, 3000, false, false)]
    [InlineData(2000, 1, 300, false, false)]
    [InlineData(4, 500, 1000, true, true)]
    [InlineData(30, 1000, 1024, false, false)]
    [InlineData(1024, 70, 40, true, false)]
    [InlineData(205, 90, 1500, true, false)]
    [InlineData(1024, 2000, 300, true, false)]
    [InlineData(2100, 140, 1024, true, false)] // more panels than are kept at once
    public void Products_of_several_blocks_are_exact(int m, int n, int k, bool transposeA, bool transposeB)
    {
        var contraction = new ContractionCase(ContractionShape.Product(m, n, k, transposeA, transposeB), new System.Random(m));
        using var team = new Team(3);
        Assert.Null(contraction.Fault(DType.Float32, "512", 3, atEnd: true, team));
        Assert.Null(contraction.Fault(DType.Float32, "256", 1, atEnd: true));
        Assert.Null(contraction.Fault(DType.Float64, "512", 1, atEnd: false));
    }

    [Fact]
    public void Tiles_read_in_place_and_packed_ones_between_them_are_exact()
    {
        // Columns of b in runs of 64 that out joins: tiles of 48 columns lie inside a run or reach into the next one.
        var shape = new ContractionShape(
            new ContractionAxis(ContractionGroup.Row, 9, StrideA: 34, StrideOut: 16400),
            new ContractionAxis(ContractionGroup.Row, 16, StrideOut: 1025),
            new ContractionAxis(ContractionGroup.Column, 8, StrideB: 64, StrideOut: 128),
            new ContractionAxis(ContractionGroup.Column, 2, StrideB: 512, StrideOut: 64),
            new ContractionAxis(ContractionGroup.Column, 64, StrideB: 1, StrideOut: 1));
        Assert.Null(new ContractionCase(shape, new System.Random(1)).Fault(DType.Float32, "512", 1, atEnd: true));
    }

    [Fact]
    public void Runs_that_lie_outside_a_window_as_a_whole_leave_their_neighbours_alone()
    {
        var shape = new ContractionShape(
            [new ContractionAxis(ContractionGroup.Sum, 8, StrideA: 5, StrideB: 16640),
            new ContractionAxis(ContractionGroup.Column, 65, StrideB: 256, StrideOut: 2),
            new ContractionAxis(ContractionGroup.Column, 64, StrideB: 4, StrideOut: 130),
            new ContractionAxis(ContractionGroup.Sum, 2, StrideA: 1, StrideB: 2)],
            [new ContractionWindow(IsOfB: true, 19, Stride: 15, [0, 1, -3, -3], Constant: 7, Divisor: 3)]);
        foreach (var width in Widths)
            Assert.Null(new ContractionCase(shape, new System.Random(1)).Fault(DType.Float32, width, 1, atEnd: true));
    }

    [Theory]
    [InlineData(64, 64, 64)]
    [InlineData(37, 300, 1100)]
    [InlineData(3, 1000, 700)]
    [InlineData(500, 20, 2000)]
    public void Any_number_of_threads_gives_the_same_bits(int m, int n, int k)
    {
        var shape = ContractionShape.Product(m, n, k);
        var random = new System.Random(m);
        var a = Enumerable.Range(0, m * k).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var b = Enumerable.Range(0, k * n).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var one = Run(shape, a, b, m * n, 1);
        Assert.Equal(one, Run(shape, a, b, m * n, 2));
        Assert.Equal(one, Run(shape, a, b, m * n, 5));
        Assert.Equal(one, Run(shape, a, b, m * n, 5, threadsAtWork: 2));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var plan = ContractionPlan.Of(ContractionShape.Product(100, 300, 200), DType.Float32, CodeTarget.Host, 2);
        using var team = new Team(2);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        using var arrays = Storage.AllocateZeroed(4 * 110_000);
        var a = (float*)arrays.Pointer;
        for (var i = 0; i < 100; i++) plan.Run(a, a + 20_000, a + 80_000, false, workspace.Pointer, team);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) plan.Run(a, a + 20_000, a + 80_000, false, workspace.Pointer, team);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(13, 70)]
    [InlineData(40, 33)]
    public void The_epilogue_sees_every_finished_cell_once(int m, int n)
    {
        const int K = 3000;
        var shape = ContractionShape.Product(m, n, K);
        // Rows apart, columns apart, and a batch that is innermost: tiles in place and tiles that are scattered.
        var apart = new ContractionShape(
            new ContractionAxis(ContractionGroup.Row, m, StrideA: K, StrideOut: 2 * n),
            new ContractionAxis(ContractionGroup.Column, n, StrideB: 1, StrideOut: 2),
            new ContractionAxis(ContractionGroup.Sum, K, StrideA: 1, StrideB: n));
        var a = Enumerable.Repeat(1f, m * K).ToArray();
        var b = Enumerable.Repeat(1f, K * n).ToArray();
        foreach (var (s, gap) in new[] { (shape, 1), (apart, 2) })
        {
            var cells = Run(s, a, b, m * n * gap, 2, epilogue: static (context, cells, cell, rows, rowStep, columns) =>
            {
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < columns; j++)
                        ((float*)cells)[i * rowStep + j] += cell + i * rowStep + j;
            });
            for (var i = 0; i < m * n; i++) Assert.Equal(K + gap * i, cells[gap * i]);
        }
    }

    static float[] Run(
        ContractionShape shape, float[] a, float[] b, int count, int threads, int? threadsAtWork = null, TileEpilogue? epilogue = null)
    {
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, threads);
        using var team = new Team(threadsAtWork ?? threads);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        var result = new float[count];
        fixed (float* first = a, second = b, cells = result)
            plan.Run(first, second, cells, false, workspace.Pointer, team, epilogue: epilogue);
        return result;
    }

    static string Describe(ContractionShape shape) =>
        $"{string.Join("\n", shape.Axes)}\n{string.Join("\n", shape.Windows.Select(w => $"{w} {string.Join(" ", w.Coefficients)}"))}";
}
