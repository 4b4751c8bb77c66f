namespace Adjoint.Cli;

/// <summary>The parameters of a model, in the order in which they are made, and how they are updated.</summary>
sealed class Parameters
{
    readonly List<Tensor> all = [], means = [], squares = [];
    readonly Tensor step = Tensor.Zeros(DType.Int64);

    /// <summary>Weights, output by input: [j, i].</summary>
    public Tensor Weight(int outputs, int inputs) => Add(Workload.Random(1 / Math.Sqrt(inputs), outputs, inputs));

    public Tensor Bias(int outputs) => Add(Tensor.Zeros(outputs));

    public Tensor Add(Tensor start)
    {
        all.Add(start.WithGrad());
        means.Add(Tensor.Zeros([.. start.Shape]));
        squares.Add(Tensor.Zeros([.. start.Shape]));
        return start;
    }

    /// <summary>A fully connected layer that owns its weights.</summary>
    public Func<Tensor, Tensor> Linear(int inputs, int outputs)
    {
        Tensor w = Weight(outputs, inputs), bias = Bias(outputs);
        return x => x.Linear(w, bias);
    }

    public StepParts Adam(Tensor loss) => Adam([loss], Gradients(loss));

    /// <summary>One update from gradients, given in the order of the parameters.</summary>
    public StepParts Adam(Tensor[] results, IReadOnlyList<Tensor> gradients)
    {
        var updates = new List<(Tensor, Tensor)>();
        for (var p = 0; p < all.Count; p++)
        {
            var after = OptimizerOps.Adam.CallAll([all[p], gradients[p], means[p], squares[p], step]);
            updates.AddRange((all[p], after[0]), (means[p], after[1]), (squares[p], after[2]));
            if (p == 0) updates.Add((step, after[3]));
        }
        return new(results, [.. updates]);
    }

    public StepParts Sgd(Tensor loss, double rate)
    {
        var gradients = Gradients(loss);
        return new([loss], [.. all.Zip(gradients, (w, g) => (w, OptimizerOps.Sgd.Call([w, g], rate)))]);
    }

    List<Tensor> Gradients(Tensor loss)
    {
        foreach (var parameter in all) parameter.Grad = null;
        loss.Backward();
        return [.. all.Select(p => p.Grad!)];
    }
}
