using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

// The tokens of the first two texts are known to everyone. The others, and those of Tiny Shakespeare, were found by a program in
// another language that was written from the definition alone: words cut character by character, then the earliest merge of all
// pairs, again and again.

public sealed class Gpt2VocabularyTests
{
    const int Tokens = 50_257, EndOfText = 50_256;

    static readonly Lazy<BytePairEncoding?> files = new(() =>
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("ADJOINT_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data"),
            "gpt2-tokenizer");
        var vocabulary = Path.Combine(folder, "vocab.json");
        return File.Exists(vocabulary) ? BytePairEncoding.Read(vocabulary, Path.Combine(folder, "merges.txt")) : null;
    });

    static BytePairEncoding Vocabulary()
    {
        if (files.Value is null) Assert.Skip("The vocabulary of GPT-2 is not here; ADJOINT_DATA says where the folder gpt2-tokenizer is.");
        return files.Value;
    }

    [Theory]
    [InlineData("Hello world", new[] { 15496, 995 })]
    [InlineData("Hello, world!", new[] { 15496, 11, 995, 0 })]
    [InlineData(" leading and  double   spaces ", new[] { 3756, 290, 220, 4274, 220, 220, 9029, 220 })]
    [InlineData("It's they'll I'M we've don't'd", new[] { 1026, 338, 484, 1183, 314, 6, 44, 356, 1053, 836, 470, 1549 })]
    [InlineData("naïve café — “quoted”…", new[] { 2616, 38776, 40304, 851, 564, 250, 421, 5191, 447, 251, 1399 })]
    [InlineData("🙂👩‍💻 emoji", new[] { 8582, 25081, 41840, 102, 447, 235, 8582, 240, 119, 44805 })]
    [InlineData("你好，世界。 日本語のテキスト", new[]
    {
        19526, 254, 25001, 121, 171, 120, 234, 10310, 244, 45911, 234, 16764, 10545, 245, 98, 17312, 105, 45739, 252, 5641, 24336, 25084, 43302,
    })]
    [InlineData("한국어 Привет мир", new[]
    {
        47991, 250, 166, 113, 255, 168, 244, 112, 12466, 253, 21169, 18849, 38857, 16843, 20375, 12466, 120, 18849, 21169,
    })]
    [InlineData("1234567890 3.14 2024-01", new[] { 10163, 2231, 30924, 3829, 513, 13, 1415, 48609, 12, 486 })]
    [InlineData("def f(x):\n    return x**2\n\n\n\tend\r\n", new[]
    {
        4299, 277, 7, 87, 2599, 198, 220, 220, 220, 1441, 2124, 1174, 17, 628, 198, 197, 437, 201, 198,
    })]
    [InlineData("<|endoftext|>", new[] { 27, 91, 437, 1659, 5239, 91, 29 })]
    [InlineData("\u00a0no\u3000break ½ ² Ⅷ ٣", new[] { 1849, 3919, 5099, 222, 9032, 25208, 1587, 110, 2343, 227, 100, 18923, 96 })]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", new[] { 24794, 24794, 24794, 24794, 24794, 24794 })]
    public void Tokens_are_those_of_GPT2(string text, int[] tokens)
    {
        var vocabulary = Vocabulary();
        Assert.Equal(tokens, vocabulary.Encode(text));
        Assert.Equal(text, vocabulary.Decode(tokens));
        Assert.Equal(text, string.Concat(vocabulary.Spelled(tokens)));
    }

    [Fact]
    public void All_bytes_and_all_tokens_come_back()
    {
        var vocabulary = Vocabulary();
        Assert.Equal((Tokens, EndOfText), (vocabulary.Count, vocabulary.End));
        // Each byte is a token, and every text of them is one of the first 256.
        Assert.Equal(Enumerable.Range(0, 256).Select(b => (byte)b).Order(), vocabulary.DecodeBytes([.. Enumerable.Range(0, 256)]).Order());
        for (var token = 0; token < EndOfText; token++)
        {
            var text = vocabulary.Decode([token]);
            if (!text.Contains('\ufffd', StringComparison.Ordinal)) Assert.Equal(text, vocabulary.Decode(vocabulary.Encode(text)));
        }
        var all = new string([.. Enumerable.Range(0, 0xD800).Select(c => (char)c)]) + "🙂𝒜";
        Assert.Equal(all, vocabulary.Decode(vocabulary.Encode(all)));
    }

    [Fact]
    public void Tiny_Shakespeare_has_its_338025_tokens()
    {
        var vocabulary = Vocabulary();
        if (!DataCache.Default.Has(TinyShakespeare.Source))
            Assert.Skip("The data set 'tiny-shakespeare' is not here; ADJOINT_DATA says where it is.");
        var text = TinyShakespeare.Text();
        var start = Stopwatch.GetTimestamp();
        var tokens = vocabulary.Encode(text);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{Encoding.UTF8.GetByteCount(text) / seconds / 1e6:F1} MB/s"));
        Assert.Equal(338_025, tokens.Length);
        Assert.Equal("0c00ab83dc7f46665805762aa7688fb7852f03f28c4a5d84061871e85ea7c815",
            Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(tokens))));
        Assert.Equal(text, vocabulary.Decode(tokens));
    }
}
