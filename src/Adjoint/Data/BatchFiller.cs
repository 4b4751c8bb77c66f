using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>Writes examples of a data set into batches, through transforms. It allocates nothing for a batch.</summary>
sealed class BatchFiller
{
    readonly Dataset data;
    readonly ulong seed;
    readonly Stage[] stages;
    readonly int[] order;
    readonly bool isShuffled;
    int orderedEpoch = -1;

    public BatchFiller(Dataset data, ulong seed, bool isShuffled, IReadOnlyList<Transform> transforms)
    {
        (this.data, this.seed, this.isShuffled) = (data, seed, isShuffled);
        foreach (var transform in transforms) data.FieldOf(transform.Field); // or it would silently do nothing
        stages = [.. data.Fields.Select(f => new Stage(f, [.. transforms.Where(t => t.Field == f.Name)]))];
        order = [.. Enumerable.Range(0, data.Count)];
    }

    /// <summary>The fields as they are behind the transforms.</summary>
    public Field[] Fields => [.. stages.Select(s => s.Result)];

    public void Fill(Batch batch, int from)
    {
        if (isShuffled && orderedEpoch != batch.Epoch) Permutation.Fill(order, seed, (uint)(orderedEpoch = batch.Epoch));
        for (var row = 0; row < batch.Count; row++)
        {
            var example = order[from + row];
            var random = new ExampleRandom(seed, batch.Epoch, example);
            try
            {
                for (var f = 0; f < stages.Length; f++) stages[f].Fill(data, example, f, batch.Row(f, row), ref random);
            }
            catch (Exception e)
            {
                throw new DataException($"Loader: example {example} of '{data.Name}' can't be read: {e.Message}", data.Name, e);
            }
        }
    }

    /// <summary>One field on its way through its transforms.</summary>
    sealed class Stage
    {
        readonly Transform[] transforms;
        readonly int[][] shapes; // before the first transform, … behind the last
        readonly float[][] values; // what stands between two transforms

        public Stage(Field field, Transform[] transforms)
        {
            this.transforms = transforms;
            Result = field;
            if (transforms.Length == 0)
            {
                (shapes, values) = ([], []);
                return;
            }
            if (field.Type != DType.Float32)
                throw new ShapeException($"{transforms[0].GetType().Name}: it changes float32, and the field is {field}.", field.Name,
                    [.. field.Shape]);
            shapes = [[.. field.Shape]];
            foreach (var transform in transforms) shapes = [.. shapes, transform.ShapeOf(shapes[^1])];
            Result = new(field.Name, field.Type, shapes[^1]);
            values = [.. shapes[..^1].Select(s => new float[s.Aggregate(1, (count, size) => count * size)])];
        }

        public Field Result { get; }

        public void Fill(Dataset data, int example, int field, Span<byte> to, ref ExampleRandom random)
        {
            if (transforms.Length == 0)
            {
                data.Fill(example, field, to);
                return;
            }
            data.Fill(example, field, MemoryMarshal.AsBytes(values[0].AsSpan()));
            for (var t = 0; t < transforms.Length; t++)
                transforms[t].Apply(values[t], shapes[t],
                    t + 1 < transforms.Length ? values[t + 1] : MemoryMarshal.Cast<byte, float>(to), ref random);
        }
    }
}
