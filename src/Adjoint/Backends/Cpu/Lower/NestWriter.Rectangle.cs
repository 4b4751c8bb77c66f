namespace Adjoint;

sealed partial class NestWriter
{
    // Bounds of loops that the caller gives instead of the extent.
    readonly Dictionary<string, (CodeExpr From, CodeExpr To)> ranges = [];

    // Tensors whose cell lies in the one of another tensor until that is written.
    readonly Dictionary<string, Access> lodgers = [];

    /// <summary>A kernel of pointwise lines for some of their cells: the call's range along the column axis, rows from
    /// the last but one integer up to the last, and one position of every other axis.</summary>
    /// <param name="row">Null where there are no rows.</param>
    /// <param name="others">The axes of the lines but these two.</param>
    public static NestKernel WriteRectangle(BoundProgram program, Epilogue epilogue, string? row, string column,
        IReadOnlyList<string> others, CodeTarget target, Sites sites, IReadOnlySet<string> unstored)
    {
        var plans = epilogue.Lines;
        var writer = new NestWriter(program, program.Program.Name, target, sites, unstored,
            new Dictionary<string, RowBuffer>());
        writer.lodgers[epilogue.Product] = epilogue.Host;
        foreach (var axis in plans.SelectMany(p => p.Line.Loops).Distinct().Concat(others))
        {
            writer.positions[axis] = writer.code.Integer(axis);
            writer.integers.Add(axis);
        }
        foreach (var plan in plans)
        {
            foreach (var expression in plan.Line.Tests.Prepend(plan.Line.Value))
                expression.Visit(e => writer.uses[e] = writer.uses.GetValueOrDefault(e) + 1);
            writer.code.Remark(plan.Line.ToString());
        }
        var columns = new LoopNode(column, IsVector: true, [], program.Extents[column]);
        columns.Items.AddRange(plans.Select(p => new PointItem(p)));
        writer.ranges[column] = (writer.code.Begin, writer.code.End);
        var item = columns;
        if (row is not null)
        {
            item = new(row, IsVector: false, [], program.Extents[row]);
            item.Items.Add(columns);
            writer.ranges[row] = (writer.code.Integer("row_from"), writer.code.Integer("row_to"));
        }
        writer.Scoped(() => writer.Write(item, isParallel: false));
        return new(writer.code.Build(), writer.buffers, writer.integers, writer.numbers, writer.loaded);
    }
}
