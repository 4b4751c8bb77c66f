namespace Adjoint;

/// <summary>Data that is not there, is not what it should be, or cannot be read.</summary>
/// <param name="set">The name of the data set.</param>
public sealed class DataException(string message, string set, Exception? inner = null) : AdjointException(message, inner)
{
    /// <summary>The name of the data set.</summary>
    public string Set { get; } = set;
}
