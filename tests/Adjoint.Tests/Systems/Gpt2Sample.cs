namespace Adjoint.Tests;

/// <summary>A small checkpoint with Hugging Face's names and random numbers, written without the library's own table of names.</summary>
static class Gpt2Sample
{
    public const int Tokens = 50, Context = 16, Width = 32, Heads = 4, Blocks = 2;

    /// <summary>Numbers large enough that every part of the model shows in the scores.</summary>
    public static OrderedDictionary<string, HostArray> Arrays(ulong seed = 1, int blocks = Blocks)
    {
        var random = new SplitMix64(seed);
        var arrays = new OrderedDictionary<string, HostArray>();
        Add("wte.weight", 0.4, Tokens, Width);
        Add("wpe.weight", 0.4, Context, Width);
        for (var n = 0; n < blocks; n++)
        {
            Norm($"h.{n}.ln_1");
            Linear($"h.{n}.attn.c_attn", Width, 3 * Width);
            Linear($"h.{n}.attn.c_proj", Width, Width);
            Norm($"h.{n}.ln_2");
            Linear($"h.{n}.mlp.c_fc", Width, 4 * Width);
            Linear($"h.{n}.mlp.c_proj", 4 * Width, Width);
        }
        Norm("ln_f");
        return arrays;

        void Linear(string name, int inputs, int outputs)
        {
            Add($"{name}.weight", 0.3, inputs, outputs);
            Add($"{name}.bias", 0.3, outputs);
        }

        void Norm(string name)
        {
            Add($"{name}.weight", 1.5, Width);
            Add($"{name}.bias", 0.3, Width);
        }

        void Add(string name, double limit, params int[] shape) => arrays.Add(name, HostArray.FromDoubles(DType.Float32, shape,
            [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.Uniform(-limit, limit))]));
    }

    /// <summary>Writes model.safetensors.</summary>
    public static string In(ScratchFolder folder, IEnumerable<KeyValuePair<string, HostArray>> arrays)
    {
        Safetensors.Write(folder.PathOf("model.safetensors"), arrays);
        return folder.PathOf("model.safetensors");
    }

    /// <summary>The same numbers to read every time.</summary>
    public static int[] Text(int length, ulong seed = 2)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Integer(0, Tokens - 1))];
    }
}
