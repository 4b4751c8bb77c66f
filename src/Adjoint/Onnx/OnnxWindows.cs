namespace Adjoint;

// Convolution and pooling share their geometry: along each axis output p, tap k and input m are tied by
// m = stride*p + dilation*k - before.

/// <summary>Where windows lie along the spatial axes of a node.</summary>
sealed class OnnxWindows
{
    // How the catalogue calls the axes: nothing where there is one, rows and columns where there are two.
    static readonly string[][] Suffixes = [[""], ["_h", "_w"]];
    static readonly string[][] Befores = [["pad_left"], ["pad_top", "pad_left"]];
    static readonly string[][] Afters = [["pad_right"], ["pad_bottom", "pad_right"]];

    readonly string mode;

    OnnxWindows(OnnxCall call, IEnumerable<int> sizes, IEnumerable<int> kernel)
    {
        Sizes = [.. sizes];
        Kernel = [.. kernel];
        Strides = call.Integers("strides") ?? OnnxShapes.Ones(Rank);
        Dilations = call.Integers("dilations") ?? OnnxShapes.Ones(Rank);
        var pads = call.Integers("pads") ?? new int[2 * Rank];
        (Before, After) = (pads[..Rank], pads[Rank..]);
        Outputs = new int[Rank];
        mode = call.Text("auto_pad", "NOTSET");
    }

    public int[] Sizes { get; }
    public int[] Kernel { get; }
    public int[] Strides { get; }
    public int[] Dilations { get; }
    public int[] Before { get; }
    public int[] After { get; }
    public int[] Outputs { get; }
    public int Rank => Sizes.Length;

    /// <summary>Names of the axes of inputs, taps and outputs.</summary>
    public (string[] M, string[] K, string[] P) Axes =>
        (OnnxLoops.Axes("m", Rank), OnnxLoops.Axes("k", Rank), OnnxLoops.Axes("p", Rank));

    /// <summary><c>m0 == 2*p0 + 1*k0 - 1 and m1 == …</c></summary>
    public string Relations => OnnxLoops.All(Enumerable.Range(0, Rank).Select(Relation));

    public string Relation(int d) => $"m{d} == {Strides[d]}*p{d} + {Dilations[d]}*k{d} - {Before[d]}";

    /// <summary>Windows over an input: as many as fit.</summary>
    public static OnnxWindows Over(OnnxCall call, IEnumerable<int> sizes, IEnumerable<int> kernel)
    {
        var windows = new OnnxWindows(call, sizes, kernel);
        for (var d = 0; d < windows.Rank; d++) windows.Fit(d, call.Flag("ceil_mode"));
        return windows;
    }

    /// <summary>Windows that spread an input: the output is what they reach.</summary>
    public static OnnxWindows Onto(OnnxCall call, IEnumerable<int> sizes, IEnumerable<int> kernel)
    {
        var windows = new OnnxWindows(call, sizes, kernel);
        var extra = call.Integers("output_padding") ?? new int[windows.Rank];
        var wanted = call.Integers("output_shape");
        for (var d = 0; d < windows.Rank; d++)
            windows.Reach(d, extra[d], wanted?[wanted.Length - windows.Rank + d]);
        return windows;
    }

    /// <summary>Strides, dilations and padding under the names of the catalogue, for one or two axes.</summary>
    public IEnumerable<(string, double)> Sides() => Enumerable.Range(0, Rank).SelectMany<int, (string, double)>(d =>
    [
        ("stride" + Suffixes[Rank - 1][d], Strides[d]),
        ("dilation" + Suffixes[Rank - 1][d], Dilations[d]),
        (Befores[Rank - 1][d], Before[d]),
        (Afters[Rank - 1][d], After[d]),
    ]);

    /// <summary>What a transposed convolution adds at the end beyond the reach of its windows.</summary>
    public IEnumerable<(string, double)> Extra() => Enumerable.Range(0, Rank).Select(d =>
    {
        var reach = Strides[d] * (Sizes[d] - 1) + Span(d) - Before[d] - After[d];
        return ("output_pad" + Suffixes[Rank - 1][d], (double)(Outputs[d] - reach));
    });

    // From the first tap to behind the last.
    int Span(int d) => Dilations[d] * (Kernel[d] - 1) + 1;

    void Fit(int d, bool isCeiling)
    {
        if (mode.StartsWith("SAME", StringComparison.Ordinal))
        {
            Outputs[d] = (Sizes[d] + Strides[d] - 1) / Strides[d];
            Share(d, (Outputs[d] - 1) * Strides[d] + Span(d) - Sizes[d]);
            return;
        }
        var room = Sizes[d] + Before[d] + After[d] - Span(d);
        Outputs[d] = (isCeiling ? (room + Strides[d] - 1) / Strides[d] : room / Strides[d]) + 1;
        // A window that would start in the padding behind the input is none.
        if (isCeiling && (Outputs[d] - 1) * Strides[d] >= Sizes[d] + Before[d]) Outputs[d]--;
    }

    // Same padding means an output of stride times the input; a shape that is asked for cuts in the same way.
    void Reach(int d, int extra, int? wanted)
    {
        var reach = Strides[d] * (Sizes[d] - 1) + extra + Span(d);
        if (mode.StartsWith("SAME", StringComparison.Ordinal)) wanted ??= Sizes[d] * Strides[d];
        if (wanted is { } size) Share(d, reach - size);
        Outputs[d] = wanted ?? reach - Before[d] - After[d];
    }

    void Share(int d, int padding)
    {
        padding = Math.Max(0, padding);
        Before[d] = mode == "SAME_UPPER" ? padding / 2 : padding - padding / 2;
        After[d] = padding - Before[d];
    }
}
