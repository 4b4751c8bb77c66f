using Xunit;

namespace Adjoint.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void Rise_and_fall_is_that_of_the_golden_case()
    {
        var golden = new GoldenCase("s1_asr_lr_schedule");
        var (rate, epochs) = (golden.Number("lr"), (int)golden.Number("epochs"));
        var schedule = Schedule.RiseAndFall(epochs).Every(154);
        golden.Equal(NdArray.Generate([epochs], e => rate * schedule.FactorAt(154 * e)), "lr");
        golden.Equal(NdArray.Generate([epochs], e => rate * schedule.FactorAt(154 * e + 153)), "lr");
    }

    [Fact]
    public void Shapes_go_through_their_points()
    {
        Check(Schedule.Constant, (0, 1), (1000, 1));
        Check(Schedule.Linear((10, 0.5), (20, 1.5), (40, 0)), (0, 0.5), (10, 0.5), (15, 1), (20, 1.5), (30, 0.75), (40, 0), (99, 0));
        Check(Schedule.Decay(10, 0.1), (0, 1), (9, 1), (10, 0.1), (29, 0.01));
        Check(Schedule.Cosine(100, 0.2), (0, 1), (50, 0.6), (100, 0.2), (150, 0.2));
        Check(Schedule.OneCycle(100, 0.3, 0.1, 0), (0, 0.1), (15, 0.55), (30, 1), (65, 0.5), (100, 0), (200, 0));
        Check(Schedule.Cosine(100).WarmedUp(4), (0, 0.2), (1, 0.4), (3, 0.8), (4, 1), (54, 0.5), (104, 0));
        Check(Schedule.Linear((0, 1), (2, 0)).Every(5), (0, 1), (4, 1), (5, 0.5), (10, 0));
        Check(new(step => 1 / (1 + step)), (0, 1), (3, 0.25));

        static void Check(Schedule schedule, params (long Step, double Factor)[] points) =>
            Assert.All(points, p => Assert.Equal(p.Factor, schedule.FactorAt(p.Step), Tolerance.DoubleRounding));
    }

    [Fact]
    public void Points_grow() => Assert.Contains("step 3 comes after step 5",
        Assert.Throws<ArgumentException>(() => Schedule.Linear((5, 1), (3, 0))).Message, StringComparison.Ordinal);
}
