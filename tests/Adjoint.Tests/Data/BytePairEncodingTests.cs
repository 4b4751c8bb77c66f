using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class BytePairEncodingTests
{
    const string Text = "the cat sat on the mat, the rat's hat; they'll see that 2024 or 1999 is there.\n\nThen  the\tcat\r\n went — naïvely "
        + "— home! 🙂 ";

    [Fact]
    public void Pairs_merge_in_the_order_of_the_file()
    {
        using var folder = new ScratchFolder();
        // l o w e r: "e r" comes first, then "l o", then "lo w"; "w er" is too late, its w is gone.
        var vocabulary = new ToyVocabulary(["l", "o", "w", "e", "r", "Ġ", "er", "lo", "low", "wer", "Ġlow"],
            [("e", "r"), ("l", "o"), ("lo", "w"), ("w", "er"), ("Ġ", "low")]).In(folder);
        Assert.Equal([8, 6], vocabulary.Encode("lower"));
        Assert.Equal([10, 6, 10], vocabulary.Encode(" lower low"));
        Assert.Equal([3, 9], vocabulary.Encode("ewer"));
        Assert.Equal([7, 7, 1], vocabulary.Encode("loloo"));
        Assert.Equal(" lower low", vocabulary.Decode([10, 6, 10]));
        Assert.Equal(11, vocabulary.Count);
        var error = Assert.Throws<DataException>(() => vocabulary.Encode("low tide"));
        Assert.Equal("BytePairEncoding.Encode: the byte 74 of ' tide' is none of the 11 tokens.", error.Message);
    }

    [Fact]
    public void Tokens_are_those_of_the_plain_way()
    {
        using var folder = new ScratchFolder();
        var toy = ToyVocabulary.Learned(Text, 60);
        var vocabulary = toy.In(folder);
        var random = new Random(1);
        string[] pieces =
            ["the", " the", "cat", "'ll", "'s", "'S", " ", "  ", "\n", "\t", "19", "é", "—", "🙂", ",", "at", "t", "\u00a0", "\u3000", "½", "'"];
        for (var n = 0; n < 300; n++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)]));
            // Twice: once they are remembered.
            for (var time = 0; time < 2; time++) Assert.Equal(toy.Encode(text), vocabulary.Encode(text));
            Assert.Equal(text, vocabulary.Decode(vocabulary.Encode(text)));
        }
    }

    [Theory]
    [InlineData("we've 12 cats", "we|'ve| 12| cats")]
    [InlineData("a  b   c", "a| | b|  | c")]
    [InlineData("end \n", "end| \n")]
    [InlineData("a\n\nb", "a|\n|\n|b")]
    [InlineData("x1y", "x|1|y")]
    [InlineData(" 'tis it'start", " '|tis| it|'s|tart")]
    [InlineData("we'RE...no", "we|'|RE|...|no")]
    public void Words_are_cut_as_the_pattern_says(string text, string words)
    {
        Assert.Equal(words.Split('|'), Words(text));
        Assert.Equal(words.Split('|'), ToyVocabulary.Words(text));
    }

    // .NET's expressions see two halves there.
    [Fact]
    public void Letters_and_digits_beyond_U_FFFF_are_letters_and_digits()
    {
        Assert.Equal(["a𝒜𠀀b", " 𝟙2", " 🙂🙂!"], Words("a𝒜𠀀b 𝟙2 🙂🙂!"));
        Assert.Equal(["a", "\ud800", "b"], Words("a\ud800b"));
    }

    [Fact]
    public void Random_texts_are_cut_as_the_pattern_says()
    {
        var random = new Random(2);
        for (var n = 0; n < 2000; n++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12))
                .Select(_ => random.Next(3) == 0 ? (char)random.Next(0xD800) : " '\n\tas1!lve."[random.Next(12)]));
            Assert.Equal(ToyVocabulary.Words(text), Words(text));
        }
    }

    [Fact]
    public void All_bytes_come_back()
    {
        using var folder = new ScratchFolder();
        var toy = ToyVocabulary.Learned(Text, 40);
        var vocabulary = toy.In(folder);
        var all = Enumerable.Range(0, 256).Select(b => (byte)b).ToArray();
        int[] tokens = [.. Enumerable.Range(0, 256)];
        Assert.Equal(all, vocabulary.DecodeBytes(tokens));
        Assert.Equal(Encoding.UTF8.GetString(all), vocabulary.Decode(tokens));
        Assert.Equal((32, 256), (Array.IndexOf([.. toy.Tokens], "\u0120"), Array.IndexOf([.. toy.Tokens], toy.Tokens[256])));
        Assert.Equal("\ufffd", vocabulary.Decode(vocabulary.Encode("é")[..1]));
        var text = new string([.. Enumerable.Range(0, 0xD800).Select(c => (char)c)]) + "🙂𝒜";
        Assert.Equal(text, vocabulary.Decode(vocabulary.Encode(text)));
        Assert.Equal("a\ufffdb", vocabulary.Decode(vocabulary.Encode("a\ud800b")));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Decode([vocabulary.Count]));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.BytesOf(-1).Length);
        Assert.Equal([], vocabulary.Encode(""));
    }

    [Fact]
    public void A_character_of_several_tokens_is_told_when_it_is_whole()
    {
        using var folder = new ScratchFolder();
        var vocabulary = ToyVocabulary.Learned("aa", 1).In(folder);
        var tokens = vocabulary.Encode("é🙂b");
        Assert.Equal(7, tokens.Length);
        var read = 0;
        var told = vocabulary.Spelled(tokens.Select(t => { read++; return t; })).Select(c => (c, read)).ToList();
        Assert.Equal([('é', 2), ('\ud83d', 6), ('\ude42', 6), ('b', 7)], told);
        Assert.Equal("é\ufffd", string.Concat(vocabulary.Spelled(tokens[..4])));
        var random = new Random(3);
        int[] any = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(vocabulary.Count))];
        Assert.Equal(vocabulary.Decode(any), string.Concat(vocabulary.Spelled(any)));
    }

    [Fact]
    public void A_word_without_end_is_merged_in_time()
    {
        using var folder = new ScratchFolder();
        var vocabulary = ToyVocabulary.Learned(new('a', 4096), 6).In(folder);
        Assert.Equal(1 << 20 >> 6, vocabulary.Encode(new string('a', 1 << 20)).Length);
    }

    static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var rest = text; rest.Length > 0; rest = rest[words[^1].Length..]) words.Add(rest[..WordSplit.First(rest)]);
        return words;
    }
}
