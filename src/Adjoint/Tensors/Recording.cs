namespace Adjoint;

/// <summary>What recording depends on beside the calls themselves. Scopes follow <c>await</c>.</summary>
static class Recording
{
    static readonly AsyncLocal<bool> NoGradient = new();

    public static bool IsGradientOn => !NoGradient.Value;

    /// <summary>Until it is disposed, calls record no gradient.</summary>
    public static IDisposable WithoutGradient()
    {
        var scope = new Scope(NoGradient.Value);
        NoGradient.Value = true;
        return scope;
    }

    sealed class Scope(bool before) : IDisposable
    {
        public void Dispose() => NoGradient.Value = before;
    }
}

/// <summary>User code that runs once, on tensors without values, to be run many times later.</summary>
abstract class Tracing
{
    static readonly AsyncLocal<Tracing?> Present = new();

    /// <summary>What is being traced here and now; null in free form.</summary>
    public static Tracing? Current => Present.Value;

    /// <summary>What messages call it: step or cell.</summary>
    public abstract string Name { get; }

    /// <summary>A call was recorded during the trace.</summary>
    public virtual void Note(Recorded call) { }

    protected T Trace<T>(Func<T> code)
    {
        var before = Present.Value;
        Present.Value = this;
        try
        {
            return code();
        }
        finally
        {
            Present.Value = before;
        }
    }
}
