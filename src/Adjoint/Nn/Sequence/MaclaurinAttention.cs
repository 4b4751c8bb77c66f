using System.Collections.Concurrent;

namespace Adjoint;

/// <summary>Softmax attention with exp replaced by its Maclaurin series up to a degree: linear in the length, and a causal
/// position costs the same at every place.</summary>
/// <remarks>Of even degree the series is above 0 everywhere; of odd degree weights may be negative, and a sum of them 0.</remarks>
public sealed class MaclaurinAttention : AttentionRule
{
    readonly ConcurrentDictionary<(int Width, DType Type), MaclaurinWords> tables = [];
    readonly int degree;
    readonly bool isSymmetric, isCausal;
    readonly double? scale;

    /// <param name="isSymmetric">One feature for each product of elements; otherwise one for each order of its factors.</param>
    /// <param name="isCausal">Whether each position reads only itself and earlier ones.</param>
    /// <param name="scale">Of q k; 1 / sqrt(c) if none is given.</param>
    public MaclaurinAttention(int degree = 2, bool isSymmetric = true, bool isCausal = false, double? scale = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        (this.degree, this.isSymmetric, this.isCausal, this.scale) = (degree, isSymmetric, isCausal, scale);
    }

    internal override bool IsCausal => isCausal;

    public override Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? lengths = null)
    {
        if (isCausal && q.Shape[2] != k.Shape[2])
            throw new ShapeException($"{this}: {q.Shape[2]} positions read a source of {k.Shape[2]}, and both are read together, position "
                + "by position.\nHint: ScaledDotProduct reads sources of any length.", "source", [.. k.Shape]);
        var words = WordsOf(q);
        Tensor query = Folded(q) * ScaleOf(q), key = Folded(k), value = Folded(v);
        Tensor y;
        if (!isCausal && k.Shape[2] == 0) y = query.Attention(key, value); // 0, where the quotient of two empty sums is none
        else if (lengths is null)
            y = isCausal ? FirstTwo(LinearAttentionOps.AttentionMaclaurinCausal.Call(
                [FirstTwo(query), FirstTwo(key), FirstTwo(value), words.Word, words.Degree, words.Weight]))
                : query.AttentionMaclaurin(key, value, words.Word, words.Degree, words.Weight);
        else
        {
            var place = Tensor.Arange(k.Shape[2], lengths.Type);
            var outside = place.GreaterOrEqual(lengths.Repeat(q.Shape[1], 0).Unsqueeze(-1));
            Tensor queries = words.Features(query), values = value.MaskedFill(outside.Unsqueeze(-1), 0);
            // Without a key the first one stays in, with the value 0: the quotient of two empty sums is none.
            var keys = words.Features(key).MaskedFill(outside.And(place.Greater(0)).Unsqueeze(-1), 0);
            y = isCausal ? FirstTwo(FirstTwo(queries).LinearAttentionCausal(FirstTwo(keys), FirstTwo(values)))
                : queries.LinearAttention(keys, values);
        }
        return y.Reshape([.. q.Shape[..^1], v.Shape[^1]]);
    }

    public override Tensor Step(Tensor q, Tensor k, Tensor v, KvCache cache, Module owner)
    {
        if (!isCausal) throw NotCausal();
        var words = WordsOf(q);
        var (n, m) = (q.Shape[0] * q.Shape[1], words.Count);
        var state = cache.MemoryOf(owner, q.Type, [n, m, v.Shape[3]], [n, m]);
        Tensor query = words.Features(Folded(q) * ScaleOf(q)), key = words.Features(Folded(k)), value = Folded(v);
        var made = q.Shape[2] == 1
            ? LinearAttentionOps.LinearAttentionStep.CallAll([query.Squeeze(1), key.Squeeze(1), value.Squeeze(1), state[0], state[1]])
            : LinearAttentionOps.LinearAttentionRun.CallAll([query, key, value, state[0], state[1]]);
        Tensor.Assign((state[0], made[1]), (state[1], made[2]));
        return made[0].Reshape([.. v.Shape]);
    }

    public override string ToString() => $"Maclaurin {degree}{(isCausal ? ", causal" : "")}";

    double ScaleOf(Tensor q) => scale ?? 1 / Math.Sqrt(q.Shape[^1]);

    MaclaurinWords WordsOf(Tensor q) =>
        tables.GetOrAdd((q.Shape[^1], q.Type), at => MaclaurinWords.Of(at.Width, degree, isSymmetric, at.Type));

    static Tensor FirstTwo(Tensor x) => x.Transpose(0, 1);
}

/// <summary>The products of elements that the series is made of.</summary>
/// <param name="Word">Which elements: [m, degree].</param> <param name="Degree">How many: [m].</param>
/// <param name="Weight">[m]</param>
sealed record MaclaurinWords(Tensor Word, Tensor Degree, Tensor Weight)
{
    public int Count => Degree.Shape[0];

    public Tensor Features(Tensor x) => x.MaclaurinFeatures(Word, Degree, Weight);

    /// <summary>All words of up to so many letters; symmetric: one of each set, weighted by the number of its orders.</summary>
    public static MaclaurinWords Of(int letters, int degree, bool isSymmetric, DType type)
    {
        List<int[]> words = [[]];
        for (var (first, d) = (0, 1); d <= degree; d++)
            for (var end = words.Count; first < end; first++)
                for (var letter = isSymmetric && d > 1 ? words[first][^1] : 0; letter < letters; letter++)
                    words.Add([.. words[first], letter]);
        var weights = words.Select(w => Math.Sqrt((isSymmetric ? Orders(w) : 1) / Factorial(w.Length))).ToArray();
        return new(Tensor.Of<int>([.. words.SelectMany(w => w.Concat(Enumerable.Repeat(0, degree - w.Length)))], words.Count, degree),
            Tensor.Of<int>([.. words.Select(w => w.Length)], words.Count), Tensor.Of(HostArray.FromDoubles(type, [words.Count], weights)));
    }

    static double Orders(int[] word) =>
        word.GroupBy(letter => letter).Aggregate(Factorial(word.Length), (n, same) => n / Factorial(same.Count()));

    static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (product, i) => product * i);
}
