namespace Adjoint;

/// <summary>What the closures of a program read as integers: positions along axes, scalar int operands.</summary>
sealed class Positions
{
    readonly Dictionary<string, int> slots = [];
    readonly List<long> extents = []; // -1: a scalar operand, whose value no extent bounds

    public Positions(LoopProgram program, IReadOnlySet<string> integers, Extents sizes)
    {
        foreach (var axis in AxesOf(program.Body))
            if (slots.TryAdd(axis, extents.Count)) extents.Add(sizes[axis]);
        foreach (var operand in program.Operands)
        {
            if (operand.Dims.Count > 0 || !integers.Contains(operand.Name)) continue;
            slots.Add(operand.Name, extents.Count);
            extents.Add(-1);
        }
        At = new long[extents.Count];
    }

    /// <summary>The current values, by slot.</summary>
    public long[] At { get; }

    public int this[string name] => slots[name];
    public int? Find(string name) => slots.TryGetValue(name, out var slot) ? slot : null;
    public long Extent(int slot) => extents[slot];
    public bool IsAxis(int slot) => extents[slot] >= 0;

    static IEnumerable<string> AxesOf(EquatableArray<Statement> body) => body.SelectMany(s => s is TimeLoop loop
        ? AxesOf(loop.Body).Prepend(loop.Axis)
        : ((Line)s).Axes());
}
