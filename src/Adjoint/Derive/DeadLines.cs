namespace Adjoint;

/// <summary>Removes lines whose result nobody reads.</summary>
static class DeadLines
{
    public static EquatableArray<Statement> Remove(EquatableArray<Statement> body, IEnumerable<string> outputs)
    {
        var wanted = outputs.ToHashSet();
        var lines = body.AllLines().Reverse().ToList();
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var line in lines)
                if (wanted.Contains(line.Target.Tensor))
                    foreach (var read in line.Reads()) grew |= wanted.Add(read.Tensor);
        }
        return Keep(body, wanted);
    }

    static EquatableArray<Statement> Keep(EquatableArray<Statement> body, HashSet<string> wanted)
    {
        var kept = new List<Statement>();
        foreach (var statement in body)
        {
            if (statement is Line line && wanted.Contains(line.Target.Tensor)) kept.Add(line);
            if (statement is TimeLoop loop && Keep(loop.Body, wanted) is { Count: > 0 } inner) kept.Add(loop with { Body = inner });
        }
        return kept.ToEquatable();
    }
}
