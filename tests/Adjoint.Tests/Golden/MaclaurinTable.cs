namespace Adjoint.Tests;

/// <summary>The word table of the Maclaurin series of exp: what each feature multiplies, and its weight.</summary>
sealed record MaclaurinTable(NdArray Word, NdArray Degree, NdArray Weight)
{
    public int Count => Degree.Count;

    public Dictionary<string, NdArray> Operands => new() { ["word"] = Word, ["degree"] = Degree, ["weight"] = Weight };

    /// <summary>All words of up to <paramref name="degree"/> letters; symmetric: sorted ones for all orders.</summary>
    public static MaclaurinTable Of(int letters, int degree, bool symmetric = false)
    {
        var words = new List<int[]> { Array.Empty<int>() };
        for (var (first, d) = (0, 1); d <= degree; d++)
        {
            var end = words.Count;
            for (; first < end; first++)
            {
                var word = words[first];
                for (var letter = symmetric && word.Length > 0 ? word[^1] : 0; letter < letters; letter++)
                    words.Add([.. word, letter]);
            }
        }
        var width = Math.Max(1, degree);
        return new(
            NdArray.Generate([words.Count, width], i => words[i / width].ElementAtOrDefault(i % width)),
            NdArray.Generate([words.Count], m => words[m].Length),
            NdArray.Generate([words.Count],
                m => Math.Sqrt((symmetric ? Orders(words[m]) : 1) / Factorial(words[m].Length))));
    }

    static double Orders(int[] word) =>
        word.GroupBy(letter => letter).Aggregate(Factorial(word.Length), (n, g) => n / Factorial(g.Count()));

    static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (product, i) => product * i);
}
