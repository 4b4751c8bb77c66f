namespace Adjoint;

/// <summary>A graph that Adjoint cannot run: an operator without a rule, or used as its rule does not cover.</summary>
public sealed class OnnxException(string message, string op) : AdjointException(message)
{
    /// <summary>The type of the node.</summary>
    public string Op { get; } = op;
}
