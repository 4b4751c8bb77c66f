using Xunit;

namespace Adjoint.Tests;

// How near predictions come is for `adjoint bench --predict`; that they follow from work and memory is for here, on a machine of
// round numbers.

public sealed class PredictionTests
{
    static readonly MemorySpeed Memory = new([64 << 10, 1 << 20, 64 << 20], [1e-11, 2e-11, 1e-10], [1e-11, 4e-11, 2e-10],
        [1e-11, 4e-11, 2e-10], [1e-9, 2e-9, 1e-8]);

    static readonly MachineSpeed Speed = new(2e11, 2e10)
    {
        Core = new(1e-10, 1.6e-10, 1.2e-9, 1e-9, 100), Alone = Memory, Together = Memory, OfRun = 1e-6, OfStep = 1e-7, Fork = 1e-6,
    };

    [Fact]
    public void Nothing_runs_while_it_is_predicted()
    {
        Tensor x = Tensor.Ones(64, 64), w = Tensor.Ones(64, 64);
        var step = Step.Capture((a, b) => a.MatMul(b));
        Assert.Equal(64, step.Run(x, w)[0].ToArray<float>()[0]);
        Tensor.Assign((x, Tensor.Zeros(64, 64)));
        using (var prediction = new Prediction(Speed))
        {
            step.Run(x, w);
            Assert.True(prediction.Seconds > 64 * 64 * 64 / 8 * Speed.Core.Product);
            Assert.Same(prediction, Prediction.Current);
        }
        Assert.Null(Prediction.Current);
    }

    [Fact]
    public void A_product_of_twice_the_size_takes_eight_times_as_long()
    {
        double Of(int n) => Predicted(() => Tensor.Ones(n, n).MatMul(Tensor.Ones(n, n)));
        Assert.InRange(Of(512) / Of(256), 7, 9);
    }

    [Fact]
    public void A_second_run_finds_in_the_caches_what_the_first_has_left()
    {
        var x = Tensor.Ones(1 << 16);
        var step = Step.Capture(a => a * 2);
        step.Run(x);
        using var prediction = new Prediction(Speed);
        step.Run(x);
        var first = prediction.Seconds;
        prediction.Restart();
        step.Run(x);
        Assert.InRange(prediction.Seconds, Speed.OfRun, 0.7 * first);
    }

    [Fact]
    public void Steps_of_a_time_loop_count_each()
    {
        double Of(int steps) => Predicted(() =>
        {
            Tensor x = Tensor.Ones(steps, 16, 64), h = Tensor.Zeros(16, 64), w = Tensor.Ones(64, 64);
            return Tensor.Scan((now, state) => (state.MatMul(w) + now).Tanh(), x, h);
        });
        Assert.InRange(Of(64) / Of(32), 1.8, 2.2);
    }

    static double Predicted(Func<Tensor> value)
    {
        var step = Step.Capture((Tensor[] _) => [value()]);
        using var prediction = new Prediction(Speed);
        step.Run();
        prediction.Restart();
        step.Run();
        return prediction.Seconds;
    }
}
