namespace Adjoint.Cli;

/// <summary>Attention of four heads, 64 numbers wide, over sequences that grow.</summary>
static class AttentionWorkloads
{
    const int Heads = 4, Width = 64, Capacity = 4096, Window = 256;

    public static IEnumerable<Workload> All =>
    [
        .. from length in (int[])[512, 2048, 4096]
           from isCausal in (bool[])[false, true]
           from isBoth in (bool[])[false, true]
           select Of(length, isCausal, isBoth),
        .. from length in (int[])[2048, 4096]
           from isBoth in (bool[])[false, true]
           select Windowed(length, isBoth),
        .. from filled in (int[])[16, 256, Capacity]
           select Cached(filled),
        .. from rule in TypedAttention.All
           from isBoth in (bool[])[false, true]
           select Typed(rule.Name, rule.Attend, isBoth),
    ];

    // What a user types in place of attention gets the same kernels.
    static Workload Typed(string rule, Func<Tensor, Tensor, Tensor, Tensor> attend, bool isBoth) =>
        new($"attention_2048_typed_{rule}{(isBoth ? "_both" : "")}", () =>
        {
            Tensor q = Made(), k = Made(), v = Made(), given = Made();
            if (isBoth) foreach (var leaf in (Tensor[])[q, k, v]) leaf.WithGrad();
            return () => isBoth ? Workload.Both(attend(q, k, v), given, q, k, v) : [attend(q, k, v)];

            Tensor Made() => Workload.Random(1, Heads, 2048, Width);
        });

    static Workload Windowed(int length, bool isBoth) =>
        new($"attention_{length}_window{(isBoth ? "_both" : "")}", () =>
        {
            Tensor q = Made(), k = Made(), v = Made(), given = Made();
            if (isBoth) foreach (var leaf in (Tensor[])[q, k, v]) leaf.WithGrad();
            return () =>
            {
                var y = q.AttentionWindowed(k, v, Window);
                return isBoth ? Workload.Both(y, given, q, k, v) : [y];
            };

            Tensor Made() => Workload.Random(1, Heads, length, Width);
        });

    // One position more: a row into both caches, then a look back at what is filled.
    static Workload Cached(int filled) => new($"attention_cached_{filled}", () =>
    {
        Tensor q = Workload.Random(1, Heads, Width), position = Tensor.Scalar(filled - 1, DType.Int64);
        Tensor keys = Workload.Random(1, Heads, Capacity, Width), values = Workload.Random(1, Heads, Capacity, Width);
        return () =>
        {
            Tensor more = GenerationOps.CacheAppend.Call([keys, q, position]), known = GenerationOps.CacheAppend.Call([values, q, position]);
            Tensor.Assign((keys, more), (values, known));
            return [GenerationOps.AttentionStep.Call([q, more, known, position])];
        };
    });

    static Workload Of(int length, bool isCausal, bool isBoth) =>
        new($"attention_{length}{(isCausal ? "_causal" : "")}{(isBoth ? "_both" : "")}", () =>
        {
            Tensor q = Made(), k = Made(), v = Made();
            Tensor Forward() => isCausal ? q.AttentionCausal(k, v) : q.Attention(k, v);
            if (!isBoth) return () => [Forward()];
            foreach (var leaf in (Tensor[])[q, k, v]) leaf.WithGrad();
            var given = Made();
            return () => Workload.Both(Forward(), given, q, k, v);

            Tensor Made() => Workload.Random(1, Heads, length, Width);
        });
}
