using System.Globalization;

namespace Adjoint;

/// <summary>Looks whether a line has made a NaN or an infinity.</summary>
/// <param name="line">The line that has just run; null for an operand before the first.</param>
sealed unsafe class FiniteStep(BoundProgram program, TensorPlace place, Line? line) : CpuStep
{
    public override IEnumerable<int> Touches => [place.Buffer];

    public override string Text => $"look at {place.Name}";

    /// <exception cref="LoopRunException">Names the line, the cell, and the cells it comes from.</exception>
    public override void Run(CpuFrame frame)
    {
        // An extreme over nothing is infinite and means no harm.
        var isExtreme = line?.Op is LineOp.Max or LineOp.Min;
        for (long i = 0; i < place.Count; i++)
        {
            var value = Value(frame, place, i);
            if (double.IsFinite(value) || isExtreme && !double.IsNaN(value)) continue;
            throw new LoopRunException(Message(frame, i, value));
        }
    }

    string Message(CpuFrame frame, long cell, double value)
    {
        var index = IndexOf(cell);
        var what = $"{place.Name}[{string.Join(",", index)}] = {Shown(value)}";
        if (line is null)
            return $"{program.Program.Name}: an operand holds a value that is not finite: {what}.\n"
                + "Hint: look at where it comes from; no loop has run yet.";
        var text = $"{program.Program.Name}: the first value that is not finite is {what}.\n  {Printer.Print((Statement)line)}\n";
        var positions = new Dictionary<string, long>();
        for (var d = 0; d < index.Length; d++)
            if (line.Target.Indices[d] is AxisValue axis) positions[axis.Axis] = index[d];
        foreach (var read in line.Reads().Distinct())
            if (CellOf(read, positions) is { } from)
                text += $"  {read.Tensor}[{string.Join(",", from.Index)}] = {Shown(Value(frame, program[read.Tensor], from.Cell))}\n";
        return text.TrimEnd('\n');
    }

    // Where every index is the position of a target axis, the cell is known.
    (long[] Index, long Cell)? CellOf(Access read, Dictionary<string, long> positions)
    {
        var from = program[read.Tensor];
        var (index, cell) = (new long[read.Indices.Count], 0L);
        for (var d = 0; d < index.Length; d++)
        {
            if (read.Indices[d] is not AxisValue axis || !positions.TryGetValue(axis.Axis, out index[d])) return null;
            cell += (index[d] - from.Extent.From[d]) * from.Strides[d];
        }
        return (index, cell);
    }

    long[] IndexOf(long cell)
    {
        var index = new long[place.Strides.Length];
        for (var d = 0; d < index.Length; d++)
        {
            index[d] = cell / place.Strides[d] + place.Extent.From[d];
            cell %= place.Strides[d];
        }
        return index;
    }

    static double Value(CpuFrame frame, TensorPlace place, long cell)
    {
        var cells = frame.Buffers[place.Buffer];
        return place.Element switch
        {
            Element.Double => ((double*)cells)[cell],
            Element.Float => ((float*)cells)[cell],
            Element.Int32 => ((int*)cells)[cell],
            _ => ((long*)cells)[cell],
        };
    }

    static string Shown(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
