using System.Collections.Concurrent;

namespace Adjoint;

/// <summary>Kernels of the process, each compiled once: equal layers share theirs.</summary>
static class KernelCache
{
    // A step has tens of kernels, and an IL method of each is a few KB; beyond this something makes new ones all the
    // time.
    const int Most = 4096;

    static readonly ConcurrentDictionary<(string Text, CodeTarget Target), KernelEntry> Entries = new();

    public static KernelEntry Compile(KernelCode kernel, string text)
    {
        if (Entries.Count >= Most) Entries.Clear();
        return Entries.GetOrAdd((text, kernel.Target), _ => IlWriter.Compile(kernel));
    }
}
