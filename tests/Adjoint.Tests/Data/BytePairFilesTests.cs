using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class BytePairFilesTests
{
    const string Vocabulary = """{"a":0,"b":1,"ab":2}""", Merges = "#version: 0.2\na b\n";

    [Theory]
    [InlineData(Vocabulary, Merges)]
    [InlineData(Vocabulary, "a b")]
    [InlineData(Vocabulary, "#version: 0.2\r\na b\r\n\r\n")]
    [InlineData("\ufeff{\n \"ab\": 2,\n \"b\": 1,\n \"a\": 0\n}\n", "\ufeffa b")]
    public void Files_as_editors_leave_them_are_read(string vocabulary, string merges) => Assert.Equal([2, 0], Read(vocabulary, merges).Encode("aba"));

    [Fact]
    public void A_sign_of_a_comment_may_be_merged()
    {
        var vocabulary = Read("""{"#":0,"##":1}""", "#version: 0.2\n# #\n");
        Assert.Equal([1, 1, 0], vocabulary.Encode("#####"));
        Assert.Equal([1, 0], Read("""{"#":0,"##":1}""", "# #\n").Encode("###"));
    }

    [Theory]
    [InlineData("[]", "is no vocabulary.\n  expected  an object of tokens and numbers\n  found     StartArray, line 1")]
    [InlineData("{}", "is no vocabulary.\n  expected  tokens\n  found     none")]
    [InlineData("{\"a\":0,\n\"b\":\"1\"}", "is no vocabulary.\n  expected  a whole number for 'b'\n  found     String, line 2")]
    [InlineData("{\"a\":0.5}", "is no vocabulary.\n  expected  a whole number for 'a'\n  found     Number, line 1")]
    [InlineData("{\"a\":0,\n\"a\":1}", "is damaged.\n  expected  every token once\n  found     'a' twice, line 2")]
    [InlineData("{\"a\":0,\n\"b\":0}", "is damaged.\n  expected  every number once\n  found     0 for 'a' and 'b', line 2")]
    [InlineData("{\"a\":0,\n\"b\":2}", "has a number that is none of its tokens.\n  expected  0 to 1 for 2 tokens\n  found     2 for 'b', line 2")]
    [InlineData("{\"a\":-1}", "has a number that is none of its tokens.\n  expected  0 to 0 for 1 tokens\n  found     -1 for 'a', line 1")]
    [InlineData("{\"a\":0,\"a b\":1}", "is no vocabulary of bytes.\n  expected  characters that stand for bytes each, as in GPT-2's\n  found     token 1, 'a b'")]
    public void A_damaged_vocabulary_is_told(string vocabulary, string message)
    {
        var error = Assert.Throws<FileFormatException>(() => Read(vocabulary, ""));
        Assert.Equal($"BytePairEncoding.Read: '{error.File}' {message}", error.Message);
        Assert.EndsWith("vocab.json", error.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b\nab\n", "is damaged.\n  expected  two tokens and a space between them in line 2\n  found     'ab'")]
    [InlineData("a b \n", "is damaged.\n  expected  two tokens and a space between them in line 1\n  found     'a b '")]
    [InlineData("#version: 0.2\na b\na b\n", "is damaged.\n  expected  every pair once\n  found     'a b' twice, line 3")]
    [InlineData("a b\n\nb a\n", "merges tokens that the vocabulary does not have, line 3.\n  expected  'ba' among its tokens\n  found     no such token\n"
        + "Hint: vocab.json and merges.txt belong together: take both from one model.")]
    public void Damaged_merges_are_told(string merges, string message)
    {
        var error = Assert.Throws<FileFormatException>(() => Read(Vocabulary, merges));
        Assert.Equal($"BytePairEncoding.Read: '{error.File}' {message}", error.Message);
        Assert.EndsWith("merges.txt", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_are_no_text_are_told()
    {
        byte[] cut = [.. "{\"a\":"u8], wrong = [.. "{\""u8, 0xFF, .. "\":0}"u8];
        Assert.All(new[] { cut, wrong }, bytes =>
            Assert.Contains("is damaged", Assert.Throws<FileFormatException>(() => BytePairFiles.Tokens(bytes, "vocab.json")).Message, StringComparison.Ordinal));
        var error = Assert.Throws<FileFormatException>(() => BytePairFiles.Merges([.. "a b\n"u8, 0xC3, .. " b"u8], "merges.txt"));
        Assert.Contains("UTF-8 in line 2", error.Message, StringComparison.Ordinal);
    }

    static BytePairEncoding Read(string vocabulary, string merges)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.PathOf("vocab.json"), Encoding.UTF8.GetBytes(vocabulary));
        File.WriteAllBytes(folder.PathOf("merges.txt"), Encoding.UTF8.GetBytes(merges));
        return BytePairEncoding.Read(folder.PathOf("vocab.json"), folder.PathOf("merges.txt"));
    }
}
