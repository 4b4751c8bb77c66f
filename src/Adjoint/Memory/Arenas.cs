namespace Adjoint;

// Plans run one after the other, so they share the memory of their intermediates: what is held is the largest of them
// for each thread that runs one at the same time, not the sum over all plans.

/// <summary>Memory for the intermediates of runs, lent for the time of a run.</summary>
static class Arenas
{
    static readonly Lock Gate = new();
    static readonly List<Storage> Idle = [];

    /// <summary>The smallest that is large enough; the largest grows where none is.</summary>
    public static Storage Rent(long bytes)
    {
        lock (Gate)
        {
            var best = -1;
            for (var i = 0; i < Idle.Count; i++)
            {
                if (best < 0) best = i;
                else if (Idle[best].Bytes < bytes ? Idle[i].Bytes > Idle[best].Bytes
                    : Idle[i].Bytes >= bytes && Idle[i].Bytes < Idle[best].Bytes) best = i;
            }
            if (best >= 0)
            {
                var arena = Idle[best];
                Idle.RemoveAt(best);
                if (arena.Bytes >= bytes) return arena;
                arena.Dispose();
            }
        }
        return Storage.Allocate(bytes);
    }

    public static void Return(Storage arena)
    {
        lock (Gate) Idle.Add(arena);
    }

    /// <summary>Gives back what no run uses.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            foreach (var arena in Idle) arena.Dispose();
            Idle.Clear();
        }
    }
}
