namespace Adjoint;

/// <summary>A training step of one size: what its cost says, and what it took.</summary>
/// <param name="CostBytes">The most that its text has alive at once.</param>
/// <param name="PlanBytes">Of leaves, results and the arena of the plan.</param>
/// <param name="Rounds">Seconds, round by round.</param>
sealed record GrowthPoint(int Size, Rational Counted, double CostBytes, double PlanBytes, double[] Rounds)
{
    public double Operations => (double)Counted.Numerator / (double)Counted.Denominator;

    public double Seconds => Rounds.Min();
}

/// <summary>Sizes of a step.</summary>
readonly record struct GrowthSizes(int Length, int Width, int Batch)
{
    public GrowthSizes With(string over, int size) => over switch
    {
        "length" => this with { Length = size },
        "width" => this with { Width = size },
        _ => this with { Batch = size },
    };
}

/// <summary>A layer whose forward and backward are one step: from a gradient in memory to those of all weights.</summary>
/// <param name="Make">The layer of a width.</param>
/// <param name="Shape">Of what it reads and makes.</param>
sealed record GrowthModel(string Name, Func<int, Layer> Make, Func<GrowthSizes, int[]> Shape)
{
    public static IReadOnlyList<GrowthModel> All { get; } =
    [
        new("transformer block", width => new TransformerBlock(new(width, 4)), s => [s.Batch, s.Length, s.Width]),
        new("LSTM layer", width => new Lstm(width, width), s => [s.Length, s.Batch, s.Width]),
    ];

    public Step Of(GrowthSizes sizes)
    {
        var layer = Make(sizes.Width);
        layer.Initialize(1);
        var (x, dy) = (Made(2), Made(3));
        return Step.Capture((Tensor[] _) =>
        {
            foreach (var weight in layer.Parameters) weight.Value.Grad = null;
            layer.Forward(x).Backward(dy);
            return [.. layer.Parameters.Select(p => p.Value.Grad!)];
        });

        Tensor Made(ulong seed)
        {
            var (random, shape) = (new SplitMix64(seed), Shape(sizes));
            return Tensor.Of(HostArray.FromDoubles(DType.Float32, shape, NdArray.Generate(shape, _ => 0.1 * random.Normal()).Values));
        }
    }

    /// <summary>Seconds of a step with a team of its own.</summary>
    public unsafe double Seconds(GrowthSizes sizes, int threads, CancellationToken cancellation)
    {
        var text = Of(sizes).Text(new([], [], []));
        using var team = new Team(threads);
        var program = CpuProgram.Compile(text.Program, text.Operands.ToDictionary(o => o.Key, o => o.Value.Shape.ToArray()),
            text.Operands.ToDictionary(o => o.Key, o => o.Value.Type), options: new() { Team = team, IsReported = false });
        Storage[] operands = [.. text.Operands.Values.Select(o => Tensor.Of(o).Values!)];
        Storage[] outputs = [.. text.Program.Outputs.Select(o =>
            Storage.Allocate(program.Extents.OutputShape(o.Name).Aggregate((long)sizeof(float), (bytes, size) => bytes * size)))];
        nint[] from = [.. operands.Select(o => (nint)o.Pointer)], to = [.. outputs.Select(o => (nint)o.Pointer)];
        var seconds = LabClock.Seconds([() => program.Run(from, to)], cancellation).Min(round => round[0]);
        foreach (var storage in operands.Concat(outputs)) storage.Dispose();
        return seconds;
    }
}

/// <summary>Steps that differ in one size.</summary>
sealed record GrowthSeries(GrowthModel Model, string Over, int[] Sizes, GrowthSizes Rest)
{
    public GrowthPoint[] Measure(CancellationToken cancellation)
    {
        Step[] steps = [.. Sizes.Select(size => Model.Of(Rest.With(Over, size)))];
        var rounds = LabClock.Seconds([.. steps.Select(step => (Action)(() => step.Run()))], cancellation);
        return [.. steps.Select((step, n) =>
        {
            var cost = Cost.Of(step.Text(new([], [], [])).Program);
            return new GrowthPoint(Sizes[n], cost.Operations.Value, (double)cost.PeakBytes.Value.Numerator, step.Bytes(), [.. rounds.Select(r => r[n])]);
        })];
    }

    /// <summary>Operations as a polynomial of the size: of second degree at most, so three sizes tell it, and the others whether it is
    /// one.</summary>
    /// <returns>Its degree, and whether it says what is counted at every size.</returns>
    public (Polynomial Operations, int Degree, bool IsExact) Formula(IReadOnlyList<GrowthPoint> points)
    {
        var n = Polynomial.Symbol("n");
        var (sum, second) = (Polynomial.Zero, Polynomial.Zero);
        for (var i = 0; i < 3; i++)
        {
            var (product, divisor) = (Polynomial.Constant(points[i].Counted), 1L);
            for (var j = 0; j < 3; j++)
                if (j != i) (product, divisor) = (product * (n - points[j].Size), divisor * (points[i].Size - points[j].Size));
            var share = Polynomial.Constant(new(1, divisor));
            (sum, second) = (sum + product * share, second + Polynomial.Constant(points[i].Counted) * share);
        }
        return (sum, second.Value.IsZero ? 1 : 2, points.All(p => sum.Substitute(_ => (Polynomial)p.Size).Value == p.Counted));
    }

    public static IEnumerable<GrowthSeries> All(bool isShort)
    {
        var rest = isShort ? new GrowthSizes(16, 16, 2) : new GrowthSizes(128, 128, 8);
        (string Over, int[] Sizes)[] over = isShort
            ? [("length", [8, 16, 24, 32]), ("width", [8, 16, 24, 32]), ("batch", [2, 4, 6, 8])]
            : [("length", [64, 128, 256, 512, 1024]), ("width", [64, 128, 192, 256, 384]), ("batch", [2, 4, 8, 16, 32])];
        return GrowthModel.All.SelectMany(model => over.Select(o => new GrowthSeries(model, o.Over, o.Sizes, rest)));
    }
}
