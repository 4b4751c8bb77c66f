using Xunit;

namespace Adjoint.Tests;

public sealed class Gpt2Tests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 7)]
    [InlineData(1, 1)]
    public void Scores_are_those_of_the_reference_and_of_plain_loops(int batch, int length)
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays();
        var model = Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads);
        var tokens = Gpt2Sample.Text(batch * length);
        var scores = model.Forward(Tensor.Of(tokens, batch, length));
        var law = Law.Of(InDoubles(model).Forward(Tensor.Of(tokens, batch, length)))[0];
        double[] loops = [.. tokens.Chunk(length).SelectMany(row => new Gpt2Loops(arrays, Gpt2Sample.Heads).Logits(row)).SelectMany(row => row)];
        var compiled = scores.ToHost().ToDoubles();
        Assert.Equal(DType.Float32, scores.Type);
        Assert.True(loops.Max() - loops.Min() > 5, "scores that are all alike show nothing");
        Assert.Equal(loops, law, (a, b) => Math.Abs(a - b) <= Tolerance.Reordered);
        Assert.Equal(law, compiled, (a, b) => Math.Abs(a - b) <= Tolerance.GoldenSingle);
    }

    // The same weights, so that nothing on the way is rounded to float32.
    static Gpt2 InDoubles(Gpt2 model)
    {
        var exact = new Gpt2(model.Tokens, Gpt2Sample.Width, Gpt2Sample.Heads, Gpt2Sample.Blocks, model.Context);
        exact.Initialize(0, DType.Float64);
        exact.Load(model.State().ToDictionary(t => t.Key, t => t.Value.To(DType.Float64)));
        return exact;
    }

    [Fact]
    public void Token_by_token_scores_are_those_of_the_whole_text()
    {
        using var folder = new ScratchFolder();
        var model = Gpt2.Read(Gpt2Sample.In(folder, Gpt2Sample.Arrays()), Gpt2Sample.Heads);
        List<int> cached = [7], whole = [7];
        var growing = model.Continue();
        while (cached.Count < Gpt2Sample.Context)
        {
            var scores = model.Forward(Tensor.Of(whole.ToArray(), 1, whole.Count))[0, ^1].ToArray<float>();
            var next = growing.Next(cached[^1]).ToArray();
            Assert.Equal(scores, next, (a, b) => Math.Abs(a - b) <= Tolerance.GoldenSingle);
            whole.Add(Array.IndexOf(scores, scores.Max()));
            cached.Add(Array.IndexOf(next, next.Max()));
        }
        Assert.Equal(whole, cached);
        Assert.True(cached.Distinct().Count() > 2, "one token again and again shows nothing");
    }

    [Fact]
    public void What_is_written_is_what_was_read()
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays();
        var model = Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads);
        model.Write(folder.PathOf("again.safetensors"));
        using var written = SafetensorsFile.Open(folder.PathOf("again.safetensors"));
        Assert.Equal(arrays.Keys.Order(StringComparer.Ordinal), written.Names.Order(StringComparer.Ordinal));
        foreach (var (name, array) in arrays)
        {
            Assert.Equal(array.Shape, written.ShapeOf(name));
            Assert.Equal(array.Bytes, written.BytesOf(name));
        }
        Assert.Equal("pt", written.Metadata["format"]);
        Assert.Equal((Gpt2Sample.Tokens, Gpt2Sample.Context), (model.Tokens, model.Context));
        Assert.Equal(model.State().Keys.Order(StringComparer.Ordinal), Gpt2Names.All(Gpt2Sample.Blocks).Select(t => t.Model).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_model_made_here_is_read_with_its_sizes()
    {
        using var folder = new ScratchFolder();
        var model = new Gpt2(tokens: 11, width: 64, heads: 1, layers: 3, context: 5, hidden: 24);
        model.Initialize(4);
        model.Write(folder.PathOf("model.safetensors"));
        var read = Gpt2.Read(folder.PathOf("model.safetensors"));
        var tokens = Tensor.Of([1, 10, 4], 1, 3);
        Assert.Equal(model.Forward(tokens).ToArray<float>(), read.Forward(tokens).ToArray<float>());
        Assert.Equal(model.ParameterCount, read.ParameterCount);
    }

    [Fact]
    public void A_prefix_masks_and_the_repeated_table_are_passed_over()
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays();
        var plain = Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads).State();
        var dressed = arrays.ToDictionary(a => $"transformer.{a.Key}", a => a.Value);
        for (var n = 0; n < Gpt2Sample.Blocks; n++)
        {
            dressed[$"transformer.h.{n}.attn.bias"] = new(DType.Bool, 1, 1, Gpt2Sample.Context, Gpt2Sample.Context);
            dressed[$"transformer.h.{n}.attn.masked_bias"] = new(DType.Float32);
        }
        dressed["lm_head.weight"] = arrays["wte.weight"];
        var read = Gpt2.Read(Gpt2Sample.In(folder, dressed), Gpt2Sample.Heads).State();
        Assert.Equal(plain.Keys, read.Keys);
        Assert.All(plain, tensor => Assert.Equal(tensor.Value.ToArray<float>(), read[tensor.Key].ToArray<float>()));
    }

    [Theory]
    [InlineData(DType.Float64)]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void Numbers_of_another_width_become_float32(DType type)
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays().ToDictionary(a => a.Key, a => HostArray.FromDoubles(type, [.. a.Value.Shape], a.Value.ToDoubles()));
        var model = Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads);
        var scores = model.Forward(Tensor.Of(Gpt2Sample.Text(5), 1, 5)).ToHost();
        Assert.Equal(DType.Float32, scores.Type);
        var expected = new Gpt2Loops(arrays, Gpt2Sample.Heads).Logits(Gpt2Sample.Text(5)).SelectMany(row => row);
        Assert.Equal(expected, scores.ToDoubles(), (a, b) => Math.Abs(a - b) <= Tolerance.GoldenSingle);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_told_at_once()
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays(blocks: 1);
        arrays.Remove("ln_f.bias");
        arrays["h.0.attn.c_attn.weight"] = new(DType.Float32, 96, 32);
        arrays["h.0.ln_1.bias"] = new(DType.Int32, 32);
        arrays["h.0.crossattention.bias"] = new(DType.Float32, 3);
        var error = Assert.Throws<StateException>(() => Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads));
        Assert.Equal($"""
            Load: 13 of 16 tensors of GPT-2 in '{folder.PathOf("model.safetensors")}' fit; nothing was loaded.
              missing     ln_f.bias : float32[32]
              unexpected  h.0.crossattention.bias : float32[3]
              different   h.0.ln_1.bias : int32[32] is given, float32[32] is wanted
              different   h.0.attn.c_attn.weight : float32[96, 32] is given, float32[32, 96] is wanted
            """, error.Message, ignoreLineEndingDifferences: true);
        Assert.Equal(["ln_f.bias"], error.Missing);
        Assert.Equal(["h.0.crossattention.bias"], error.Unexpected);
        Assert.Equal(["h.0.ln_1.bias", "h.0.attn.c_attn.weight"], error.Different);
    }

    [Fact]
    public void A_file_of_something_else_is_told()
    {
        using var folder = new ScratchFolder();
        var other = Gpt2Sample.In(folder, [new("h.7.weight", new(DType.Float32, 2)), new("wte.weight", new(DType.Float32, 0, 4))]);
        var error = Assert.Throws<StateException>(() => Gpt2.Read(other));
        Assert.StartsWith("Load: 0 of 16 tensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("missing     h.0.mlp.c_fc.weight : float32[4, m]", error.Message, StringComparison.Ordinal);
        Assert.Contains("different   wte.weight : float32[0, 4] is given, float32[v, 4] is wanted", error.Message, StringComparison.Ordinal);
        // A block in the middle that is not there is missing, and none is made of a number alone.
        var arrays = Gpt2Sample.Arrays(blocks: 3);
        foreach (var name in arrays.Keys.Where(k => k.StartsWith("h.1.", StringComparison.Ordinal)).ToList()) arrays.Remove(name);
        arrays["h.2000000000.ln_1.bias"] = arrays["ln_f.bias"];
        error = Assert.Throws<StateException>(() => Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads));
        Assert.Equal(12, error.Missing.Count);
        Assert.Equal(["h.2000000000.ln_1.bias"], error.Unexpected);
    }

    [Fact]
    public void A_head_of_its_own_and_a_name_that_is_there_twice_are_told()
    {
        using var folder = new ScratchFolder();
        var arrays = Gpt2Sample.Arrays();
        arrays["lm_head.weight"] = Gpt2Sample.Arrays(seed: 5)["wte.weight"];
        arrays["transformer.ln_f.bias"] = arrays["ln_f.bias"];
        var error = Assert.Throws<StateException>(() => Gpt2.Read(Gpt2Sample.In(folder, arrays), Gpt2Sample.Heads));
        Assert.Contains("different   lm_head.weight : float32[50, 32] is given, the numbers of wte.weight are wanted", error.Message, StringComparison.Ordinal);
        Assert.Equal(["lm_head.weight"], error.Different);
        Assert.Single(error.Unexpected);
    }

    [Fact]
    public void Heads_that_do_not_divide_the_width_are_told()
    {
        using var folder = new ScratchFolder();
        var file = Gpt2Sample.In(folder, Gpt2Sample.Arrays());
        Assert.Equal($"Gpt2.Read: heads of 64 do not divide the width 32 of '{file}'.\n"
            + "Hint: n_head in config.json, or the argument heads, says how many there are.",
            Assert.Throws<SettingException>(() => Gpt2.Read(file)).Message);
        foreach (var heads in new[] { 5, 0, -1 })
            Assert.StartsWith($"Gpt2.Read: {heads} heads do not divide the width 32 of ", Assert.Throws<SettingException>(() => Gpt2.Read(file, heads)).Message,
                StringComparison.Ordinal);
    }
}
