using Xunit;

namespace Adjoint.Tests;

public sealed class PhiloxTests
{
    // Known answers published with the generator's reference implementation (Random123, kat_vectors).
    [Fact]
    public void Blocks_equal_the_published_known_answers()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block((0, 0, 0, 0), (0, 0)));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            Philox.Block((~0u, ~0u, ~0u, ~0u), (~0u, ~0u)));
        Assert.Equal((0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Block((0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), (0xa4093822, 0x299f31d0)));
    }

    [Fact]
    public void Uniforms_are_spread_evenly_over_zero_to_one()
    {
        var philox = new Philox(seed: 1, stream: 2, step: 3);
        var values = Enumerable.Range(0, 10_000).Select(i => philox.Uniform(i)).ToList();
        Assert.All(values, v => Assert.InRange(v, 0, Math.BitDecrement(1)));
        for (var tenth = 0; tenth < 10; tenth++) // 1,000 expected, standard deviation 30
            Assert.InRange(values.Count(v => (int)(v * 10) == tenth), 850, 1150);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12345)]
    [InlineData((1L << 32) - 20)] // a carry within
    [InlineData((3L << 32) + 1)]
    public unsafe void Several_elements_at_a_time_have_the_bits_of_each_alone(long first)
    {
        var philox = new Philox(seed: 0xFEDCBA9876543210, stream: 0xFFFFFFF2, step: 3);
        var cells = new float[77];
        fixed (float* start = cells) philox.Uniform(first, start, cells.Length);
        Assert.Equal(Enumerable.Range(0, cells.Length).Select(i => (float)philox.Uniform(first + i)), cells);
    }

    [Fact]
    public void Normals_have_mean_zero_and_variance_one()
    {
        var philox = new Philox(seed: 1, stream: 2, step: 3);
        var values = Enumerable.Range(0, 10_000).Select(i => philox.Normal(i)).ToList();
        Assert.InRange(values.Average(), -0.05, 0.05); // standard deviation 0.01
        Assert.InRange(values.Average(v => v * v), 0.93, 1.07); // standard deviation 0.014
    }

    [Fact]
    public void Seed_stream_step_and_element_each_change_the_value()
    {
        var element = (1L << 32) + 5;
        double[] values =
        [
            new Philox(7, 8, 9).Uniform(element), new Philox(7 + (1UL << 32), 8, 9).Uniform(element),
            new Philox(7, 9, 9).Uniform(element), new Philox(7, 8, 10).Uniform(element), new Philox(7, 8, 9).Uniform(5),
        ];
        Assert.Equal(values.Length, values.Distinct().Count());
    }
}
