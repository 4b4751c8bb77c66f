namespace Adjoint;

/// <summary>Instructions on their way through a core: they begin in any order and leave in that of the text, and no more are
/// in flight than it can hold.</summary>
sealed class CoreFlow(CoreSpeed core)
{
    readonly double[] left = new double[Math.Max(1, (int)core.Window)]; // when each of the last ones has left
    long count;
    double begun, gone;

    /// <summary>When everything so far has left.</summary>
    public double Now => Math.Max(begun, gone);

    public void Clear()
    {
        Array.Clear(left);
        (count, begun, gone) = (0, 0, 0);
    }

    /// <summary>The next instructions of the text, the last of which gives a value.</summary>
    /// <param name="ready">When what they need is there.</param>
    /// <returns>When the value is there.</returns>
    public double Next(double ready, double seconds, double count = 1)
    {
        for (var i = count - 1; i > 0.5; i--) One(ready, 0);
        return count < 0.5 ? ready : One(ready, seconds);
    }

    double One(double ready, double seconds)
    {
        ref var place = ref left[count++ % left.Length];
        begun = Math.Max(begun + core.Instruction, place);
        var end = Math.Max(begun, ready) + seconds;
        place = gone = Math.Max(gone, end);
        return end;
    }
}
