using Adjoint.Cli;

namespace Adjoint.Bench;

/// <summary>Convolutions and their gradients through the contraction engine.</summary>
static unsafe class Convolutions
{
    /// <summary>Batch, channels in and out, side of the image, window, stride and padding.</summary>
    /// <param name="IsLine">The image is one row.</param>
    readonly record struct Size(int Batch, int In, int Out, int Side, int Window, int Stride, int Pad, bool IsLine = false)
    {
        public int Height => IsLine ? 1 : Side;
        public int WindowHeight => IsLine ? 1 : Window;
        public int PadAbove => IsLine ? 0 : Pad;
        public int SideOut => (Side + 2 * Pad - Window) / Stride + 1;
        public int HeightOut => IsLine ? 1 : SideOut;

        public override string ToString() => IsLine ? $"{Batch}x{In}x{Side}_{Out}x{Window}/{Stride}"
            : $"{Batch}x{In}x{Side}x{Side}_{Out}x{Window}x{Window}/{Stride}";
    }

    static readonly Size[] Sizes =
    [
        new(64, 64, 128, 14, 4, 2, 1), new(64, 128, 256, 14, 4, 2, 1), new(64, 1, 64, 28, 4, 2, 1), new(64, 1, 128, 28, 4, 2, 1), new(64, 1, 8, 28, 3, 1, 1),
        new(64, 8, 16, 14, 3, 1, 0), new(64, 32, 64, 14, 3, 1, 1), new(16, 64, 64, 28, 3, 1, 1),
        new(16, 80, 128, 500, 3, 2, 1, IsLine: true), new(16, 128, 128, 250, 3, 2, 1, IsLine: true),
    ];

    public static int Run(string[] args)
    {
        var filter = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";
        using var team = new Team(Team.DefaultThreads);
        var peak = MachineSpeed.OperationsOfCore() * team.Threads / 1e9;
        Console.WriteLine(FormattableString.Invariant($"threads {team.Threads}, peak {peak:F0} GFLOP/s\n{"",-32} ")
            + "  GFLOP/s   best     ms  packing ms");
        foreach (var size in Sizes)
            foreach (var (name, shape) in new[] { ("forward", Forward(size)), ("dx", OfImage(size)), ("dw", OfWeight(size)) })
                if ($"{size} {name}".Contains(filter, StringComparison.Ordinal)) Measure($"{size} {name}", size, shape, team);
        return 0;
    }

    static ContractionShape Forward(Size s) => new(
    [
        new(ContractionGroup.Row, s.Batch, s.In * s.Height * s.Side, 0, s.Out * s.HeightOut * s.SideOut),
        new(ContractionGroup.Column, s.Out, 0, s.In * s.WindowHeight * s.Window, s.HeightOut * s.SideOut),
        new(ContractionGroup.Row, s.HeightOut, 0, 0, s.SideOut), new(ContractionGroup.Row, s.SideOut, 0, 0, 1),
        new(ContractionGroup.Sum, s.In, s.Height * s.Side, s.WindowHeight * s.Window),
        new(ContractionGroup.Sum, s.WindowHeight, 0, s.Window), new(ContractionGroup.Sum, s.Window, 0, 1),
    ],
    [
        new(false, s.Height, s.Side, [0, 0, s.Stride, 0, 0, 1, 0], -s.PadAbove), new(false, s.Side, 1, [0, 0, 0, s.Stride, 0, 0, 1], -s.Pad),
    ]);

    static ContractionShape OfImage(Size s) => new(
    [
        new(ContractionGroup.Row, s.Batch, s.Out * s.HeightOut * s.SideOut, 0, s.In * s.Height * s.Side),
        new(ContractionGroup.Column, s.In, 0, s.WindowHeight * s.Window, s.Height * s.Side),
        new(ContractionGroup.Row, s.Height, 0, 0, s.Side), new(ContractionGroup.Row, s.Side, 0, 0, 1),
        new(ContractionGroup.Sum, s.Out, s.HeightOut * s.SideOut, s.In * s.WindowHeight * s.Window),
        new(ContractionGroup.Sum, s.WindowHeight, 0, s.Window), new(ContractionGroup.Sum, s.Window, 0, 1),
    ],
    [
        new(false, s.HeightOut, s.SideOut, [0, 0, 1, 0, 0, -1, 0], s.PadAbove, s.Stride), new(false, s.SideOut, 1, [0, 0, 0, 1, 0, 0, -1], s.Pad, s.Stride),
    ]);

    static ContractionShape OfWeight(Size s) => new(
    [
        new(ContractionGroup.Row, s.Out, s.HeightOut * s.SideOut, 0, s.In * s.WindowHeight * s.Window),
        new(ContractionGroup.Column, s.In, 0, s.Height * s.Side, s.WindowHeight * s.Window),
        new(ContractionGroup.Column, s.WindowHeight, 0, 0, s.Window), new(ContractionGroup.Column, s.Window, 0, 0, 1),
        new(ContractionGroup.Sum, s.Batch, s.Out * s.HeightOut * s.SideOut, s.In * s.Height * s.Side),
        new(ContractionGroup.Sum, s.HeightOut, s.SideOut, 0), new(ContractionGroup.Sum, s.SideOut, 1, 0),
    ],
    [
        new(true, s.Height, s.Side, [0, 0, 1, 0, 0, s.Stride, 0], -s.PadAbove), new(true, s.Side, 1, [0, 0, 0, 1, 0, 0, s.Stride], -s.Pad),
    ]);

    static void Measure(string name, Size size, ContractionShape shape, Team team)
    {
        using Storage image = Fill((long)size.Batch * size.In * size.Height * size.Side), weight = Fill((long)size.In * size.Out * size.WindowHeight * size.Window),
            result = Fill((long)size.Batch * size.Out * size.HeightOut * size.SideOut);
        var (a, b, cells) = name.EndsWith("dx", StringComparison.Ordinal) ? (result, weight, image)
            : name.EndsWith("dw", StringComparison.Ordinal) ? (result, image, weight) : (image, weight, result);
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, team.Threads);
        using var workspace = Storage.Allocate(plan.WorkspaceBytes);
        var (first, second, third, room) = ((nint)a.Pointer, (nint)b.Pointer, (nint)cells.Pointer, (nint)workspace.Pointer);
        var operations = 2.0 * size.Batch * size.In * size.Out * size.HeightOut * size.SideOut * size.WindowHeight * size.Window;
        var (ours, _, _) = Timing.Of(() => plan.Run((void*)first, (void*)second, (void*)third, false, (void*)room, team), null,
            operations / 5e10, team.Threads == 1);
        var packing = plan.Pieces.Where(p => p.Table is null && p.SumRows is null).Sum(p => Packing(p, (byte*)(p.Piece.IsSwapped ? first : second)));
        var text = string.Join("; ", plan.Pieces.Take(1).Select(p => FormattableString.Invariant(
            $"{p.RowsA.Count}x{p.ColumnsB.Count}x{p.SumsA.Count} in {p.RowParts.Largest}x{p.Width} of {p.ColumnParts.Run}, sums {p.SumParts.Largest}, block {p.BlockTiles}")));
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-32} {operations / ours.Median / 1e9,8:F1} {operations / ours.Least / 1e9,6:F1} {ours.Least * 1e3,6:F2} {packing * 1e3,8:F2}  {text}"));
    }

    // All tiles of b once.
    static double Packing(PiecePlan p, byte* b)
    {
        using var panel = Storage.Allocate((long)p.SumParts.Largest * p.Width * sizeof(float));
        var at = (nint)panel.Pointer;
        var origin = (nint)b + (nint)p.OffsetB * sizeof(float);
        return Timing.Of(() =>
        {
            Span<int> windows = stackalloc int[AxisList.MostWindows];
            p.OriginB.CopyTo(windows);
            for (var s = 0; s < p.SumParts.Parts; s++)
                for (var c = 0; c < p.ColumnParts.Parts; c++)
                {
                    var ((sum, sums), (column, width)) = (p.SumParts[s], p.ColumnParts[c]);
                    p.ReaderB.Pack((byte*)origin, windows, column, width, sum, sums, (width + p.Lanes - 1) / p.Lanes * p.Lanes, (byte*)at);
                }
        }, null, 1e-3, true).Ours.Least;
    }

    static Storage Fill(long count)
    {
        var storage = Storage.Allocate(count * sizeof(float));
        var span = storage.AsSpan<float>();
        for (var i = 0; i < span.Length; i++) span[i] = i * 7919L % 1000 / 1000f - 0.5f;
        return storage;
    }
}
