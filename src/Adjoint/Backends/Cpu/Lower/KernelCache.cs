using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Kernels of the process, each compiled once: equal layers share theirs.</summary>
static class KernelCache
{
    // A step has tens of kernels, and an IL method of each is a few KB; beyond this something makes new ones all the
    // time.
    const int Most = 4096;

    static readonly Lock Gate = new();
    static readonly Dictionary<(string Key, CodeTarget Target), KernelEntry> Entries = [];

    public static int Count
    {
        get
        {
            lock (Gate) return Entries.Count;
        }
    }

    public static KernelEntry Compile(KernelCode kernel)
    {
        var key = (KernelKey.Of(kernel), kernel.Target);
        lock (Gate)
            if (Entries.TryGetValue(key, out var known)) return known;
        var entry = IlWriter.Compile(kernel);
        lock (Gate)
        {
            if (Entries.Count >= Most) Entries.Clear();
            if (Entries.TryGetValue(key, out var other)) return other;
            Entries[key] = entry;
        }
        // Machine code is made while the next kernels are written; the first call waits for it, or makes it itself.
        if (Environment.ProcessorCount > 1)
            ThreadPool.UnsafeQueueUserWorkItem(RuntimeHelpers.PrepareDelegate, entry, preferLocal: false);
        return entry;
    }
}
