namespace Adjoint;

/// <summary>Anything the user can mend: the message says what is wrong, with names, and the way out.</summary>
public abstract class AdjointException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A text or program that is not a valid loop program.</summary>
/// <param name="line">Line of the text, from 1; 0 where the program has no text.</param>
/// <param name="column">Column of the text, from 1; 0 where the program has no text.</param>
public sealed class LoopException(string message, int line = 0, int column = 0) : AdjointException(message)
{
    public int Line { get; } = line;
    public int Column { get; } = column;
}

/// <summary>Sizes that do not fit together.</summary>
public sealed class ShapeException(string message, string axis, params int[] sizes) : AdjointException(message)
{
    /// <summary>The axis or tensor that has two sizes.</summary>
    public string Axis { get; } = axis;
    public IReadOnlyList<int> Sizes { get; } = sizes;
}

/// <summary>A run that met an index out of range, a cell written twice or the like.</summary>
public sealed class LoopRunException(string message) : AdjointException(message);

/// <summary>More memory than this machine has to give.</summary>
public sealed class MemoryException(string message, Exception? inner = null) : AdjointException(message, inner);

/// <summary>A file that is not what its name or use says.</summary>
public sealed class FileFormatException(string message, string file, Exception? inner = null) : AdjointException(message, inner)
{
    public string File { get; } = file;
}

/// <summary>An environment variable or option whose value does not exist.</summary>
public sealed class SettingException(string message) : AdjointException(message);

/// <summary>Saved tensors that are not those of the model or optimizer they are loaded into.</summary>
public sealed class StateException(string message, string[] missing, string[] unexpected, string[] different)
    : AdjointException(message)
{
    public IReadOnlyList<string> Missing { get; } = missing;
    public IReadOnlyList<string> Unexpected { get; } = unexpected;

    /// <summary>Of another type or shape.</summary>
    public IReadOnlyList<string> Different { get; } = different;
}

/// <summary>Parameters that are learned by nobody, or reached by nothing.</summary>
public sealed class ParameterException(string message, params string[] parameters) : AdjointException(message)
{
    /// <summary>Their paths.</summary>
    public IReadOnlyList<string> Parameters { get; } = parameters;
}

/// <summary>A violated invariant of Adjoint itself: a bug, not a mistake of the user.</summary>
public sealed class InternalException(string message) : Exception(message);
