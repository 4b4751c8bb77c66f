using Xunit;

namespace Adjoint.Tests;

// The text people read is part of the product: a change of the derivation shows here as a diff of loops and costs.

public sealed class ReverseTextTests
{
    [Theory]
    [InlineData("softmax")]
    [InlineData("log_softmax")]
    [InlineData("layer_norm")]
    [InlineData("batch_norm")]
    [InlineData("attention")]
    [InlineData("linear_attention_causal")]
    [InlineData("conv2d")]
    [InlineData("max_pool2d")]
    [InlineData("embedding")]
    [InlineData("rotary")]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    [InlineData("cross_entropy")]
    [InlineData("ctc")]
    [InlineData("adam")]
    [InlineData("cache_append")]
    [InlineData("cumulative_product")]
    public void A_reverse_reads_as_a_person_would_write_it(string name)
    {
        var reverse = Reverse.Of(Catalogue.Find(name)!.Program)!;
        var (forward, back) = Cost.Of(reverse);
        Repository.AssertGolden($"""
            {Printer.Print(reverse.Forward)}
            {Printer.Print(reverse.Program)}
            # Operations: {forward.Operations}
            # Operations of the reverse: {back.Operations}

            """, "tests", "golden", "reverses", name + ".txt");
    }
}
