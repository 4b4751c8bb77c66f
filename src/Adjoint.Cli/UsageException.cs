namespace Adjoint.Cli;

/// <summary>A command line that asks for nothing that exists: exit code 2.</summary>
sealed class UsageException(string message, string? hint = null)
    : Exception(hint is null ? message : $"{message}\nHint: {hint}");
