namespace Adjoint.Cli;

/// <summary>What became of the examples of each class, as a table.</summary>
static class ClassTable
{
    const int Most = 20; // columns of a terminal

    public static string Of(Classification found)
    {
        var columns = Enumerable.Range(0, found.Classes).ToList();
        return TextTable.Of([.. columns.Where(c => found.Of(c) > 0).Select(label =>
        {
            var row = new OrderedDictionary<string, string> { ["class"] = $"{label}", ["examples"] = $"{found.Of(label)}", ["recall"] = Metrics.Shown(found.Recall(label)) };
            if (found.Classes <= Most) foreach (var given in columns) row[$"as {given}"] = $"{found[label, given]}";
            return row;
        })]);
    }
}
