namespace Adjoint;

/// <summary>A run at rest, as one safetensors file: the model under the names of its parameters, the rest under <c>optimizer/</c> and
/// <c>average/</c>.</summary>
public static class Checkpoint
{
    const string OptimizerPrefix = "optimizer/", AveragePrefix = "average/";

    /// <summary>Writes the whole run; the file is the old one or the new one, never half of it.</summary>
    public static void Write(string path, TrainingJob job, TrainingPosition position) => Write(path, job, position, FileSystem.Disk);

    internal static void Write(string path, TrainingJob job, TrainingPosition position, FileSystem files)
    {
        var tensors = new OrderedDictionary<string, HostArray>();
        Add("", job.Model.State());
        Add(OptimizerPrefix, job.Optimizer.State());
        if (job.Average is { } average) Add(AveragePrefix, average.State());
        Safetensors.Write(path, tensors, position.ToText(), files);

        void Add(string prefix, IReadOnlyDictionary<string, Tensor> state)
        {
            foreach (var (name, tensor) in state) tensors.Add(prefix + name, tensor.ToHost());
        }
    }

    /// <summary>Puts a run where it was.</summary>
    /// <exception cref="StateException">The tensors are those of another model.</exception>
    /// <exception cref="FileFormatException">The file is damaged or no checkpoint.</exception>
    public static TrainingPosition Read(string path, TrainingJob job)
    {
        using var file = SafetensorsFile.Open(path);
        var position = TrainingPosition.Of(file.Metadata, path);
        job.Model.Load(Part(file, ""));
        job.Optimizer.Load(Part(file, OptimizerPrefix));
        job.Average?.Load(Part(file, AveragePrefix));
        return position;
    }

    /// <summary>Loads what is to be used: the average of the weights where there is one, else the weights.</summary>
    /// <exception cref="StateException">The tensors are those of another model.</exception>
    /// <exception cref="FileFormatException">The file is damaged or no checkpoint.</exception>
    public static TrainingPosition ReadModel(string path, Module model)
    {
        using var file = SafetensorsFile.Open(path);
        var (state, average) = (Part(file, ""), Part(file, AveragePrefix));
        foreach (var (name, tensor) in average) state[name] = tensor;
        model.Load(state);
        return TrainingPosition.Of(file.Metadata, path);
    }

    /// <summary>How far the run had come.</summary>
    /// <exception cref="FileFormatException">The file is damaged or no checkpoint.</exception>
    public static TrainingPosition Position(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return TrainingPosition.Of(file.Metadata, path);
    }

    /// <summary>All that a checkpoint holds, as it lies in the run.</summary>
    internal static IEnumerable<(string Name, Tensor Tensor)> Tensors(TrainingJob job) =>
    [
        .. job.Model.Tensors, .. job.Optimizer.Tensors.Select(t => (OptimizerPrefix + t.Name, t.Tensor)),
        .. (job.Average?.Tensors ?? []).Select(t => (AveragePrefix + t.Name, t.Tensor)),
    ];

    static Dictionary<string, Tensor> Part(SafetensorsFile file, string prefix) => file.Names
        .Where(n => prefix.Length > 0 ? n.StartsWith(prefix, StringComparison.Ordinal) : !n.Contains('/', StringComparison.Ordinal))
        .ToDictionary(n => n[prefix.Length..], n => Tensor.Of(file[n]));
}
