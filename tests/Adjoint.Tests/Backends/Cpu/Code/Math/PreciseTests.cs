using Xunit;

namespace Adjoint.Tests;

public sealed class PreciseTests
{
    // From mpmath at 60 digits, the value as two doubles.
    static readonly (Func<Precise, Precise> Function, double X, Precise Value)[] Known =
    [
        (Precise.Exp, 0.7, new(2.0137527074704766, -2.0058243549764793e-16)),
        (Precise.Exp, -300.123, new(4.552366384266524e-131, -1.5098452470739977e-147)),
        (Precise.Log, 3.7, new(1.308332819650179, -8.256475934401426e-17)),
        (Precise.Log, 0.999, new(-0.0010005003335835344, -2.5644777003677798e-20)),
        (Precise.Log1p, 1e-07, new(9.999999500000033e-08, -5.871247209360176e-24)),
        (Precise.Log1p, -0.6, new(-0.916290731874155, -1.40991975411382e-17)),
        (Precise.Tanh, 0.0004, new(0.00039999997866666805, -2.883121991085526e-21)),
        (Precise.Tanh, 0.9, new(0.7162978701990245, -3.514093391268979e-17)),
        (Precise.Sigmoid, -3.3, new(0.03557118927263618, -1.7070192825712422e-18)),
        (Precise.Softplus, -2.2, new(0.1050833197686959, 6.719589653374008e-18)),
        (Precise.Erf, 0.3, new(0.3286267594591274, 2.2908254446982777e-17)),
        (Precise.Erf, 2.9, new(0.9999589021219005, 1.310480248450443e-17)),
        (Precise.Sin, 12345.678, new(-0.7040813137533816, -1.9646969196301474e-17)),
        (Precise.Sin, 0.4, new(0.3894183423086505, -1.0347311139198343e-17)),
        (Precise.Cos, 2.5, new(-0.8011436155469337, -1.8674742705085553e-17)),
        (Precise.Atan, 0.8, new(0.6747409422235527, -5.195011500617991e-17)),
        (Precise.Atan, 9.1, new(1.4613453776535332, -3.551632813388269e-17)),
        (x => Precise.Pow(3.3, x.High), -77.7, new(5.145965514650205e-41, 1.9653242165160934e-58)),
    ];

    [Fact]
    public void Functions_agree_with_known_values_far_beyond_double()
    {
        foreach (var (function, x, value) in Known)
        {
            var error = Math.Abs((function(x) - value).High / value.High);
            Assert.True(error < Tolerance.BeyondDouble, $"{function.Method.Name}({x}) is off by {error}");
        }
    }

    [Fact]
    public void Distances_are_in_units_of_the_last_place()
    {
        var third = new Precise(1, 0) / 3;
        Assert.InRange(third.Ulps(1.0 / 3), 0.0, 0.5);
        Assert.InRange(third.Ulps(Math.BitIncrement(1.0 / 3)), 0.5, 1.5);
        Assert.Equal(double.PositiveInfinity, third.Ulps(double.NaN));
    }
}
