namespace Adjoint.Cli;

/// <summary>A command line that asks for something that does not exist: exit code 2.</summary>
sealed class UsageException(string message, string? hint = null)
    : Exception(hint is null ? message : $"{message}\nHint: {hint}");

/// <summary>A command that found the answer to be no and has said so: exit code 1.</summary>
sealed class FailedException() : Exception("failed");
