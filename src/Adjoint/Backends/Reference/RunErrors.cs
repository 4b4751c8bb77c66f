using System.Diagnostics;
using System.Globalization;

namespace Adjoint;

/// <summary>Messages of a run: what is wrong, the line with carets, and where the run stood.</summary>
[StackTraceHidden]
static class RunErrors
{
    public static LoopRunException Outside(ProgramFrame frame, Line line, Access access, Cells cells, long[] indices)
    {
        var d = 0;
        while ((ulong)(indices[d] - cells.From[d]) < (ulong)cells.Sizes[d]) d++;
        var owned = cells.Sizes[d] == 0 ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{cells.From[d]} … {cells.From[d] + cells.Sizes[d] - 1}");
        var what = ReferenceEquals(access, line.Target) ? "written" : "read";
        return new($"{frame.Program.Name}: {access.Tensor} is {what} outside its cells: "
            + $"index {Text(indices[d])} of dimension {d}, which has {owned}.\n{LoopErrors.Marked(line, access)}\n"
            + $"  {access.Tensor} : {Shape(cells.Sizes)}, indices {Shape(indices)}{At(frame, line)}");
    }

    public static LoopRunException WrittenTwice(ProgramFrame frame, Line line, bool wasSet)
    {
        var indices = new LineCompiler(frame, line).Indices(line.Target).Select(i => Text(i()));
        var cell = line.Target.Indices.Count == 0
            ? line.Target.Tensor : $"{line.Target.Tensor}[{string.Join(',', indices)}]";
        var before = wasSet ? "which '=' has written before" : "to which a line has added before";
        return new($"{frame.Program.Name}: '=' writes {cell}, {before}.\n"
            + LoopErrors.Marked(line, line.Target) + At(frame, line));
    }

    public static LoopRunException IndexIsNoInteger(ProgramFrame frame, Line line, Expr index, double value) =>
        new($"{frame.Program.Name}: the index {index} is {Text(value)}, not an integer.\n"
            + LoopErrors.Marked(line, index) + At(frame, line));

    public static LoopRunException AttributeIsNoInteger(ProgramFrame frame, Line line, AttributeValue attribute) =>
        new($"{frame.Program.Name}: the attribute {attribute.Name} is {Text(frame.Extents.Attribute(attribute.Name))} "
            + $"and is used in an index, which takes integers.\n{LoopErrors.Marked(line, attribute)}");

    public static LoopRunException DivisionByZero(ProgramFrame frame, Line line, Binary division) =>
        new($"{frame.Program.Name}: an index divides by zero.\n{LoopErrors.Marked(line, division)}{At(frame, line)}");

    public static LoopRunException NoValues(LoopProgram program, Line line, Access access) =>
        new($"{program.Name}: {access.Tensor} is given by its shape alone and has no values to read.\n"
            + LoopErrors.Marked(line, access));

    public static LoopRunException Missing(LoopProgram program, Operand operand) =>
        new($"{program.Name}: operand {operand.Name} is not given.\n  {Printer.Signature(program)}");

    public static LoopRunException Unknown(LoopProgram program, string name) =>
        new($"{program.Name}: there is no operand {name}.\n  {Printer.Signature(program)}");

    public static ShapeException OtherShape(LoopProgram program, string name, int[] bound, IReadOnlyList<int> given) =>
        new($"{program.Name}: {name} is {Shape(given)}; the program was compiled for {Shape(bound)}.", name,
            [.. given]);

    public static LoopRunException OperandIsNoInteger(LoopProgram program, string name, double value,
        IEnumerable<int> index) =>
        new($"{program.Name}: {name} holds integers, and element {Shape(index)} is {Text(value)}.\n"
            + $"  {Printer.Signature(program)}");

    public static LoopRunException TooLarge(LoopProgram program, string name, int[] sizes) =>
        new($"{program.Name}: {name} would have more cells than an array holds.\n  {name} : {Shape(sizes)}");

    public static LoopRunException UnknownShape(LoopProgram program, Operand operand) =>
        new($"{program.Name}: the size of the random operand {operand.Name} follows from no other operand.\n"
            + $"  {Printer.Signature(program)}\nHint: give {operand.Name} itself.");

    static string At(ProgramFrame frame, Line line)
    {
        var axes = line.Axes();
        var positions = axes.Select(a => $"{a} = {Text(frame.Positions.At[frame.Positions[a]])}");
        return axes.Count == 0 ? "" : "\n  at " + string.Join(", ", positions);
    }

    static string Shape<T>(IEnumerable<T> sizes) where T : IFormattable =>
        $"[{string.Join(", ", sizes.Select(s => s.ToString(null, CultureInfo.InvariantCulture)))}]";

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
