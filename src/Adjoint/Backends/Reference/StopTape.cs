namespace Adjoint;

// stop(e) has no gradient, but a difference quotient sees e move. So a run at the base point records what every stop
// gave, in the order of execution, and the runs beside it play that back.

/// <summary>The values of all <c>stop</c>s of a run.</summary>
sealed class StopTape
{
    readonly List<double> values = [];
    int next = -1; // below 0 while recording

    /// <summary>The next run records.</summary>
    public void Record()
    {
        values.Clear();
        next = -1;
    }

    /// <summary>The next run plays back.</summary>
    public void Rewind() => next = 0;

    /// <summary>False when the run took other branches than the recorded one and the values are another's.</summary>
    public bool IsInStep => next < 0 || next == values.Count;

    public double Next(Func<double> value)
    {
        if (next < 0) values.Add(value());
        else return next < values.Count ? values[next++] : double.NaN;
        return values[^1];
    }
}
