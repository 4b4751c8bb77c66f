namespace Adjoint;

/// <summary>The reads and writes of a program that may leave their tensor, numbered for the kernels that report
/// them.</summary>
sealed class Sites(BoundProgram program)
{
    readonly List<(Line Line, Access Access, int Dimension)> all = [];

    /// <summary>The number of an access and its dimension, from 1.</summary>
    public int Add(BoundLine line, Access access, int dimension)
    {
        var site = (line.Source, access, dimension);
        var known = all.IndexOf(site);
        if (known >= 0) return known + 1;
        all.Add(site);
        return all.Count;
    }

    /// <param name="cell">Counted from the first cell of the dimension.</param>
    public LoopRunException Error(int site, long cell)
    {
        var (line, access, d) = all[site - 1];
        var extent = program[access.Tensor].Extent;
        var (from, size) = (extent.From[d], extent.Sizes[d]);
        var what = access.Tensor == line.Target.Tensor ? "written" : "read";
        return new(FormattableString.Invariant(
                $"{program.Program.Name}: {access.Tensor} is {what} outside its cells: index {cell + from} ")
            + FormattableString.Invariant($"of dimension {d}, which has ")
            + (size == 0 ? "none" : FormattableString.Invariant($"{from} … {from + size - 1}"))
            + $".\n{LoopErrors.Marked(line, access)}");
    }
}
