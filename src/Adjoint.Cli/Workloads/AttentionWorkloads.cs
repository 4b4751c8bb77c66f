namespace Adjoint.Cli;

/// <summary>Attention of four heads, 64 numbers wide, over sequences that grow.</summary>
static class AttentionWorkloads
{
    const int Heads = 4, Width = 64;

    public static IEnumerable<Workload> All =>
        from length in (int[])[512, 2048, 4096]
        from isCausal in (bool[])[false, true]
        from isBoth in (bool[])[false, true]
        select Of(length, isCausal, isBoth);

    static Workload Of(int length, bool isCausal, bool isBoth) =>
        new($"attention_{length}{(isCausal ? "_causal" : "")}{(isBoth ? "_both" : "")}", () =>
        {
            Tensor q = Made(), k = Made(), v = Made(), given = Made();
            if (isBoth) foreach (var leaf in (Tensor[])[q, k, v]) leaf.WithGrad();
            return () =>
            {
                var y = isCausal ? q.AttentionCausal(k, v) : q.Attention(k, v);
                return isBoth ? Workload.Both(y, given, q, k, v) : new([y]);
            };

            Tensor Made() => Workload.Random(1, Heads, length, Width);
        });
}
