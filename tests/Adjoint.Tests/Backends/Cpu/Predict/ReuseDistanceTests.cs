using Xunit;

namespace Adjoint.Tests;

public sealed class ReuseDistanceTests
{
    [Fact]
    public void The_distance_is_what_was_touched_since()
    {
        var random = new SplitMix64(11);
        var (distance, order) = (new ReuseDistance(), new List<long>());
        // Long enough that its numbers begin anew several times.
        for (var i = 0; i < 20_000; i++)
        {
            var block = random.Integer(0, 200);
            var at = order.IndexOf(block);
            var expected = at < 0 ? double.PositiveInfinity : (order.Count - 1 - at) * (double)ReuseDistance.BlockBytes;
            Assert.Equal(expected, distance.Touch(block));
            if (at >= 0) order.RemoveAt(at);
            order.Add(block);
        }
    }
}
