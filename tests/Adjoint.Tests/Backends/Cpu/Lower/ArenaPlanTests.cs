using Xunit;

namespace Adjoint.Tests;

public sealed class ArenaPlanTests
{
    [Fact]
    public void Buffers_that_live_at_the_same_time_lie_apart_and_inside()
    {
        var random = new SplitMix64(3);
        for (var round = 0; round < 50; round++)
        {
            var intervals = new List<ArenaPlan.Interval>();
            for (var buffer = 0; buffer < 60; buffer++)
            {
                var first = random.Integer(0, 40);
                intervals.Add(new(buffer, random.Integer(0, 5000), first, first + random.Integer(0, 8)));
            }
            var plan = ArenaPlan.Of(intervals, new Dictionary<int, int>());
            Assert.True(plan.Bytes >= plan.PeakBytes);
            foreach (var a in intervals)
            {
                Assert.True(plan.Offsets[a.Buffer] + a.Bytes <= plan.Bytes);
                Assert.Equal(0, plan.Offsets[a.Buffer] % Storage.Alignment);
                foreach (var b in intervals)
                    if (a.Buffer < b.Buffer && a.Last >= b.First && b.Last >= a.First)
                        Assert.True(plan.Offsets[a.Buffer] + a.Bytes <= plan.Offsets[b.Buffer]
                            || plan.Offsets[b.Buffer] + b.Bytes <= plan.Offsets[a.Buffer]);
            }
        }
    }

    [Fact]
    public void Buffers_whose_steps_do_not_meet_share_their_place()
    {
        var plan = ArenaPlan.Of([new(0, 256, 0, 1), new(1, 256, 2, 3), new(2, 128, 1, 2), new(3, 64, 4, 9)],
            new Dictionary<int, int> { [7] = 2 });
        Assert.Equal(256 + 128, plan.Bytes);
        Assert.Equal(256 + 128, plan.PeakBytes);
        Assert.Equal((0, 0, 256, 0), (plan.Offsets[0], plan.Offsets[1], plan.Offsets[2], plan.Offsets[3]));
        Assert.Equal(plan.Offsets[2], plan.Offsets[7]);
    }
}
