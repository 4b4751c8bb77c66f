using System.Globalization;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

// Every vector is run; what has no rule is reported, what has one must give the numbers of the file.

public sealed class OnnxVectorTests(ITestOutputHelper output)
{
    // Shapes that depend on values, and numbers drawn by another generator.
    static readonly HashSet<string> NotCovered = ["Compress", "NonZero", "Dropout"];

    // Of the vectors at hand; others may have another share of what is not covered.
    const int KnownVectors = 1095, KnownCovered = 1089;

    enum Outcome { Passed, Failed, NotCovered }

    [Fact]
    public void No_vector_that_is_covered_fails()
    {
        using var vectors = OnnxVectors.Open();
        var results = vectors.Rows.AsParallel().AsOrdered()
            .Select(row => (Row: row, Result: Run(vectors, row))).ToList();
        output.WriteLine(Table(results.Select(r => (r.Row, r.Result.Outcome))));
        var failures = results.Where(r => r.Result.Outcome == Outcome.Failed)
            .Select(r => $"{r.Row.Era}/{r.Row.Test}: {r.Result.What}").ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} vectors fail.\n{string.Join('\n', failures)}");
        var unknown = results.Where(r => r.Result.Outcome == Outcome.NotCovered && !NotCovered.Contains(r.Row.Ops));
        Assert.Empty(unknown.Select(r => $"{r.Row.Era}/{r.Row.Test}: {r.Result.What}"));
        var covered = results.Count(r => r.Result.Outcome == Outcome.Passed);
        if (results.Count == KnownVectors)
            Assert.True(covered >= KnownCovered, $"{covered} of {results.Count} are covered.");
    }

    static (Outcome Outcome, string What) Run(OnnxVectors vectors, OnnxVectors.Row row)
    {
        try
        {
            var folder = vectors.Folder(row);
            var model = OnnxReader.ReadModel(Path.Combine(folder, "model.onnx"));
            foreach (var set in Directory.GetDirectories(folder))
                if (Difference(model, set) is { } difference) return (Outcome.Failed, difference);
            return (Outcome.Passed, "");
        }
        catch (OnnxException e)
        {
            return (Outcome.NotCovered, e.Message);
        }
        catch (Exception e) when (e is AdjointException or InternalException or ArgumentException)
        {
            return (Outcome.Failed, $"{e.GetType().Name}: {e.Message}");
        }
    }

    static string? Difference(OnnxModel model, string set)
    {
        var inputs = Arrays(set, "input", model.Graph.Inputs);
        var expected = Arrays(set, "output", model.Graph.Outputs);
        var outputs = OnnxRunner.Run(model, inputs);
        var isFourier = model.Graph.Nodes.Any(n => n.Op is "DFT" or "STFT");
        foreach (var (name, array) in expected)
        {
            var result = outputs[name];
            if (result.ToString() != array.ToString()) return $"{name} is {result} and should be {array}";
            var (found, wanted) = (result.ToDoubles(), array.ToDoubles());
            for (var i = 0; i < wanted.Length; i++)
                if (!IsNear(found[i], wanted[i], array.Type, isFourier))
                    return $"{name} {array} is {found[i]:R} at {i} and should be {wanted[i]:R}";
        }
        return null;
    }

    static bool IsNear(double found, double wanted, DType type, bool isFourier)
    {
        if (found.Equals(wanted) || found == wanted) return true; // Equals: NaN is NaN; ==: -0 is 0
        var relative = type switch
        {
            DType.Float16 => Tolerance.OnnxFloat16,
            DType.BFloat16 => Tolerance.OnnxBFloat16,
            _ => type.IsFloating ? Tolerance.OnnxRelative : 0,
        };
        var absolute = !type.IsFloating ? 0 : isFourier ? Tolerance.OnnxFourierAbsolute : Tolerance.OnnxAbsolute;
        return Math.Abs(found - wanted) <= absolute + relative * Math.Abs(wanted);
    }

    // The files are numbered; their names are those of the graph. Old files hold bfloat16 as uint16.
    static Dictionary<string, HostArray> Arrays(string set, string prefix, IReadOnlyList<OnnxValueInfo> infos)
    {
        var arrays = new Dictionary<string, HostArray>();
        for (var i = 0; File.Exists(Path.Combine(set, $"{prefix}_{i}.pb")); i++)
        {
            var array = OnnxReader.ReadTensor(Path.Combine(set, $"{prefix}_{i}.pb")).Array;
            if (infos[i].Type == DType.BFloat16 && array.Type == DType.UInt16)
                array = new(DType.BFloat16, array.Shape.ToArray(), array.Bytes.ToArray());
            arrays[infos[i].Name] = array;
        }
        return arrays;
    }

    static string Table(IEnumerable<(OnnxVectors.Row Row, Outcome Outcome)> results)
    {
        var table = new StringBuilder($"{"op",-32}{"passed",8}{"failed",8}{"not covered",13}\n");
        void Add(string name, IEnumerable<Outcome> outcomes)
        {
            var counts = outcomes.CountBy(o => o).ToDictionary();
            int Count(Outcome outcome) => counts.GetValueOrDefault(outcome);
            table.Append(CultureInfo.InvariantCulture,
                $"{name,-32}{Count(Outcome.Passed),8}{Count(Outcome.Failed),8}{Count(Outcome.NotCovered),13}\n");
        }
        var rows = results.ToList();
        var (single, expanded) = (rows.Where(r => r.Row.Kind == "single"), rows.Where(r => r.Row.Kind != "single"));
        foreach (var op in single.GroupBy(r => r.Row.Ops).OrderBy(g => g.Key, StringComparer.Ordinal))
            Add(op.Key, op.Select(r => r.Outcome));
        Add("functions as graphs", expanded.Select(r => r.Outcome));
        foreach (var era in rows.GroupBy(r => r.Row.Era)) Add($"all of {era.Key}", era.Select(r => r.Outcome));
        return table.ToString();
    }
}
