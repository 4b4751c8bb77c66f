namespace Adjoint.Tests;

/// <summary>GPT-2 in plain loops over doubles, straight from the arrays of a checkpoint: it shares nothing with the library.</summary>
sealed class Gpt2Loops(IReadOnlyDictionary<string, HostArray> file, int heads)
{
    const double Eps = 1e-5;

    readonly int width = file["wpe.weight"].Shape[1];
    readonly int blocks = file.Keys.Count(k => k.EndsWith("ln_1.bias", StringComparison.Ordinal));

    /// <summary>Scores after each token: [t][v].</summary>
    public double[][] Logits(int[] tokens)
    {
        double[] wte = Numbers("wte.weight"), wpe = Numbers("wpe.weight");
        var x = tokens.Select((token, t) => Enumerable.Range(0, width).Select(i => wte[token * width + i] + wpe[t * width + i]).ToArray()).ToArray();
        for (var n = 0; n < blocks; n++)
        {
            x = Sum(x, Attention(Norm(x, $"h.{n}.ln_1"), $"h.{n}.attn"));
            x = Sum(x, Layer(Apply(Layer(Norm(x, $"h.{n}.ln_2"), $"h.{n}.mlp.c_fc"), Gelu), $"h.{n}.mlp.c_proj"));
        }
        var vocabulary = wte.Length / width;
        return [.. Norm(x, "ln_f").Select(row => Enumerable.Range(0, vocabulary)
            .Select(v => Enumerable.Range(0, width).Sum(i => row[i] * wte[v * width + i])).ToArray())];
    }

    double[][] Attention(double[][] x, string name)
    {
        var all = Layer(x, $"{name}.c_attn"); // [t][q k v]
        var size = width / heads;
        var read = x.Select(_ => new double[width]).ToArray();
        for (var h = 0; h < heads; h++)
            for (var t = 0; t < x.Length; t++)
            {
                var weights = new double[t + 1];
                for (var s = 0; s <= t; s++)
                {
                    for (var c = h * size; c < (h + 1) * size; c++) weights[s] += all[t][c] * all[s][width + c];
                    weights[s] = Math.Exp(weights[s] / Math.Sqrt(size));
                }
                var total = weights.Sum();
                for (var s = 0; s <= t; s++)
                    for (var c = h * size; c < (h + 1) * size; c++) read[t][c] += weights[s] / total * all[s][2 * width + c];
            }
        return Layer(read, $"{name}.c_proj");
    }

    // The weight is [in, out].
    double[][] Layer(double[][] x, string name)
    {
        double[] weight = Numbers($"{name}.weight"), bias = Numbers($"{name}.bias");
        return [.. x.Select(row => bias.Select((b, j) => b + row.Select((value, i) => value * weight[i * bias.Length + j]).Sum()).ToArray())];
    }

    double[][] Norm(double[][] x, string name)
    {
        double[] gain = Numbers($"{name}.weight"), bias = Numbers($"{name}.bias");
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + Eps);
            return row.Select((v, i) => gain[i] * (v - mean) / deviation + bias[i]).ToArray();
        })];
    }

    static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    static double[][] Apply(double[][] x, Func<double, double> function) => [.. x.Select(row => row.Select(function).ToArray())];

    static double[][] Sum(double[][] x, double[][] y) => [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => p + q).ToArray())];

    double[] Numbers(string name) => file[name].ToDoubles();
}
