using System.Collections.Concurrent;
using System.Globalization;

namespace Adjoint;

// The way from a rule to loops. A rule names an op of the catalogue, or writes a program for the ranks at hand; both
// run on the reference. Axes are a0, a1, …; numbers that shape the loops stand in the text, others are attributes.

/// <summary>Loop programs for nodes.</summary>
static class OnnxLoops
{
    static readonly ConcurrentDictionary<string, LoopProgram> Programs = new();

    /// <summary>The only output of a program.</summary>
    /// <param name="loops">The name of an op of the catalogue, or the text of a program.</param>
    /// <param name="operands">In the order of the signature.</param>
    public static NdArray Run(string loops, params ReadOnlySpan<NdArray> operands) => Run(loops, [], operands)[0];

    /// <summary>All outputs in the order of the signature.</summary>
    public static NdArray[] Run(
        string loops, ReadOnlySpan<(string Name, double Value)> attributes, params ReadOnlySpan<NdArray> operands)
    {
        var program = Programs.GetOrAdd(loops, Program);
        var named = new Dictionary<string, NdArray>();
        for (var i = 0; i < operands.Length; i++) named[program.Operands[i].Name] = operands[i];
        var numbers = new Dictionary<string, double>();
        foreach (var (name, value) in attributes) numbers[name] = value;
        var result = Reference.Run(program, named, numbers);
        return [.. program.Outputs.Select(output => result[output.Name])];
    }

    /// <summary>Names of axes: <c>a0, a1, a2</c>.</summary>
    public static string[] Axes(string letter, int count) =>
        [.. Enumerable.Range(0, count).Select(d => $"{letter}{d}")];

    /// <summary><c>[a0,a1]</c>, or nothing for a scalar.</summary>
    public static string At(params IEnumerable<string> indices)
    {
        var text = string.Join(',', indices);
        return text.Length == 0 ? "" : $"[{text}]";
    }

    /// <summary>One line <c>axis a0 &lt; 5</c> for each axis.</summary>
    public static string Extents(IEnumerable<string> axes, IEnumerable<int> sizes) =>
        string.Concat(axes.Zip(sizes, (axis, size) => $"  axis {axis} < {size}\n"));

    public static string Sum(params IEnumerable<string> terms) => string.Join(" + ", terms);

    public static string All(IEnumerable<string> conditions) => string.Join(" and ", conditions);

    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    static LoopProgram Program(string loops) => loops.Contains('(') ? Parser.Parse(loops)
        : Catalogue.Find(loops)?.Program ?? throw Throw.Internal($"a rule for ONNX names an unknown op '{loops}'");
}
