namespace Adjoint;

// An equation is a line of loops in other letters: "ij,jk->ik" is y[i,k] += x0[i,j] * x1[j,k]. The dots stand for the
// axes that an operand has besides its letters; they broadcast.

/// <summary>Sums of products given by an equation.</summary>
static class OnnxEinsum
{
    const string Dots = "...";

    public static OnnxValue[] Run(OnnxCall call)
    {
        var equation = call.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != call.InputCount || sides.Length > 2)
            throw call.NotCovered($"equation '{equation}' for {call.InputCount} inputs", "a term for each input");
        var hidden = terms.Select((term, i) => Hidden(call.Array(i), term)).ToArray();
        var common = OnnxLayout.Broadcast(call, hidden);
        NdArray[] operands = [.. terms.Select((term, i) => Filled(call.Array(i), term, hidden[i], common))];
        var reads = terms.Select((term, i) => $"x{i}{OnnxLoops.At(Axes(term, common.Length))}").ToArray();
        var result = OnnxLoops.At(Axes(sides.Length == 2 ? sides[1] : Implied(terms), common.Length));
        return call.Result(OnnxLoops.Run($"""
            einsum({string.Join(", ", reads)}) -> y
              y{result} += {string.Join(" * ", reads)}
            """, operands));
    }

    // The sizes that the dots of a term stand for.
    static int[] Hidden(NdArray x, string term)
    {
        var start = term.IndexOf(Dots, StringComparison.Ordinal);
        return start < 0 ? [] : [.. x.Shape.Skip(start).Take(x.Rank - (term.Length - Dots.Length))];
    }

    static NdArray Filled(NdArray x, string term, int[] hidden, int[] common)
    {
        var start = term.IndexOf(Dots, StringComparison.Ordinal);
        if (start < 0) return x;
        int[] before = [.. x.Shape.Take(start)], after = [.. x.Shape.Skip(start + hidden.Length)];
        var ones = OnnxShapes.Ones(common.Length - hidden.Length);
        var lined = x.Reshape([.. before, .. ones, .. hidden, .. after]);
        return OnnxLayout.Expand(lined, [.. before, .. common, .. after]);
    }

    static IEnumerable<string> Axes(string term, int dots) => term.Replace(Dots, ".", StringComparison.Ordinal)
        .SelectMany(c => c == '.' ? OnnxLoops.Axes("a", dots)
            : [char.IsUpper(c) ? $"upper_{char.ToLowerInvariant(c)}" : $"lower_{c}"]);

    // Without an arrow: the letters that stand once, in the order of the alphabet, behind the dots.
    static string Implied(string[] terms)
    {
        var letters = string.Concat(terms).Replace(".", "", StringComparison.Ordinal);
        var dots = terms.Any(term => term.Contains(Dots, StringComparison.Ordinal)) ? Dots : "";
        return dots + string.Concat(letters.GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
    }
}
