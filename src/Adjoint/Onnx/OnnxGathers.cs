using System.Globalization;

namespace Adjoint;

// Reading at positions that are values. Positions below 0 count from the end and are made positive first, since an
// index of a loop is a cell.

/// <summary>Operators that read at given positions.</summary>
static class OnnxGathers
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Gather"] = Gather,
        ["GatherElements"] = GatherElements,
        ["GatherND"] = GatherPoints,
        ["ReverseSequence"] = call => call.Result(ReverseInTime(
            call.Array(0), call.Integer("time_axis", 0), call.Integer("batch_axis", 1), call.Array(1))),
        ["TopK"] = TopK,
    };

    public static NdArray Positive(NdArray at, int size) =>
        NdArray.Generate(at.ShapeToArray(), i => at.Values[i] < 0 ? at.Values[i] + size : at.Values[i]);

    /// <summary>Coordinates of points, along the last axis.</summary>
    public static NdArray PositivePoints(NdArray at, IEnumerable<int> sizes)
    {
        int[] size = [.. sizes.Take(at.Shape[^1])];
        return NdArray.Generate(
            at.ShapeToArray(), i => at.Values[i] < 0 ? at.Values[i] + size[i % size.Length] : at.Values[i]);
    }

    /// <summary><c>at[n0,0]</c>, <c>at[n0,1]</c>: the coordinates of a point, one index each.</summary>
    public static IEnumerable<string> Coordinates(string[] axes, int count) => Enumerable.Range(0, count)
        .Select(q => $"at{OnnxLoops.At([.. axes, q.ToString(CultureInfo.InvariantCulture)])}");

    /// <summary>Turns round the first <paramref name="lengths"/> steps of every sequence.</summary>
    public static NdArray ReverseInTime(NdArray x, int time, int batch, NdArray lengths)
    {
        var axes = OnnxLoops.Axes("a", x.Rank);
        var steps = x.Shape[time];
        var at = NdArray.Generate([x.Shape[batch], steps], i =>
            i % steps < lengths.Values[i / steps] ? lengths.Values[i / steps] - 1 - i % steps : i % steps);
        var index = $"at[a{batch},a{time}]";
        return OnnxLoops.Run($"""
            reverse_in_time(x{OnnxLoops.At(axes)}, int {index}) -> y
              y{OnnxLoops.At(axes)} = x{OnnxLoops.At(axes.Select((a, d) => d == time ? index : a))}
            """, x, at);
    }

    static OnnxValue[] Gather(OnnxCall call)
    {
        var (x, at) = (call.Array(0), call.Array(1));
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var places = Positive(at, x.Shape[axis]).Reshape(at.Count);
        var y = OnnxLayout.AlongLast(x, [axis], keep: true, rows => OnnxLoops.Run("gather_columns", rows, places));
        return call.Result(y.Reshape([.. x.Shape.Take(axis), .. at.Shape, .. x.Shape.Skip(axis + 1)]));
    }

    // Beside the axis the positions may cover only the first cells of x.
    static OnnxValue[] GatherElements(OnnxCall call)
    {
        var (x, at) = (call.Array(0), call.Array(1));
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var rows = OnnxSlices.Corner(x, [.. at.Shape.Select((size, d) => d == axis ? x.Shape[d] : size)]);
        int[] order = [.. Enumerable.Range(0, x.Rank).Where(d => d != axis), axis];
        var places = OnnxLayout.Transpose(Positive(at, x.Shape[axis]), order);
        return call.Result(
            OnnxLayout.AlongLast(rows, [axis], keep: true, r => OnnxLoops.Run("gather_elements", r, places)));
    }

    // The last axis of the positions holds the coordinates of a point; the first axes may run along with x.
    static OnnxValue[] GatherPoints(OnnxCall call)
    {
        var (x, at) = (call.Array(0), call.Array(1));
        var batch = call.Integer("batch_dims", 0);
        var (count, n) = (at.Shape[^1], OnnxLoops.Axes("n", at.Rank - 1));
        var rest = OnnxLoops.Axes("a", x.Rank - batch - count);
        var cells = OnnxLoops.At([.. n[..batch], .. OnnxLoops.Axes("i", count), .. rest]);
        return call.Result(OnnxLoops.Run($"""
            gather_points(x{cells}, int at{OnnxLoops.At([.. n, "q"])}) -> y
              y{OnnxLoops.At([.. n, .. rest])} = x{OnnxLoops.At([.. n[..batch], .. Coordinates(n, count), .. rest])}
            """, x, PositivePoints(at, x.Shape.Skip(batch))));
    }

    // The place of an element is the number of elements before it: quadratic, and every tie by position.
    static OnnxValue[] TopK(OnnxCall call)
    {
        var axis = call.Axis(call.Integer("axis", -1), call[0].Rank);
        var before = call.Flag("largest", true) ? ">" : "<";
        var loops = $"""
            top(x[..,j]) -> y[..,k], at[..,k]
              axis k < {(int)call.Array(1).Values[0]}
              axis i < #j
              place[..,j] += 1  if x[..,i] {before} x[..,j] or x[..,i] == x[..,j] and i < j
              y[..,k] += x[..,j]  if place[..,j] == k
              at[..,k] += j  if place[..,j] == k
            """;
        NdArray Output(int output) =>
            OnnxLayout.AlongLast(call.Array(0), [axis], keep: true, x => OnnxLoops.Run(loops, [], x)[output]);
        return [.. call.Result(Output(0)), OnnxValue.Of(DType.Int64, Output(1))];
    }
}
