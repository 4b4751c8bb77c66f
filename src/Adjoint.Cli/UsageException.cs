namespace Adjoint.Cli;

/// <summary>A command line that asks for something that does not exist: exit code 2.</summary>
sealed class UsageException(string message, string? hint = null)
    : Exception(hint is null ? message : $"{message}\nHint: {hint}");

/// <summary>A command that did what it was asked and found the answer to be no: exit code 1, nothing more to say.</summary>
sealed class FailedException() : Exception("failed");
