using System.Diagnostics;

namespace Adjoint;

/// <summary>Messages that belong to no folder.</summary>
static class Throw
{
    [StackTraceHidden]
    public static InternalException Internal(string what) => new($"Internal error: {what}.\nPlease report this message.");
}
