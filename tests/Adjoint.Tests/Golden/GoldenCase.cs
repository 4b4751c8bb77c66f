using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

/// <summary>One case of <c>tests/golden/golden.json</c>: inputs, float64 results of another program, a bound.</summary>
sealed class GoldenCase
{
    static readonly JsonElement Cases =
        JsonDocument.Parse(Repository.Read("tests", "golden", "golden.json")).RootElement.GetProperty("cases");

    readonly JsonElement inputs, outputs;
    readonly double tol;

    public GoldenCase(string name)
    {
        var content = Cases.GetProperty(name);
        (inputs, outputs, tol) = (content.GetProperty("inputs"), content.GetProperty("outputs"),
            content.GetProperty("tol").GetDouble());
    }

    /// <summary>An input as an array; a number is a scalar array.</summary>
    public NdArray In(string name) => ArrayOf(inputs.GetProperty(name));

    public double Number(string name) => inputs.GetProperty(name).GetDouble();

    public NdArray Out(params string[] path) => ArrayOf(Find(path));

    /// <summary>The objects of a list among the results.</summary>
    public IEnumerable<GoldenRow> Rows(string name) =>
        outputs.GetProperty(name).EnumerateArray().Select(row => new GoldenRow(row, tol));

    public IEnumerable<string> Texts(string name) =>
        outputs.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);

    /// <summary>Lists of numbers, as <c>8,28,28</c>.</summary>
    public IEnumerable<string> Lists(string name) => outputs.GetProperty(name).EnumerateArray()
        .Select(list => string.Join(",", list.EnumerateArray().Select(n => n.GetRawText())));

    public string Text(params string[] path) => Find(path).GetString()!;

    /// <summary>Demands that a result lies within the case's own bound.</summary>
    public void Equal(NdArray actual, params string[] path) => Near(Out(path), actual, tol, string.Join('.', path));

    public void Equal(double actual, params string[] path) => Equal(NdArray.Scalar(actual), path);

    public static void Near(NdArray expected, NdArray actual, double own, string what)
    {
        var tol = GoldenBackend.Bound(own);
        Assert.True(actual.IsNear(expected, tol), $"{what} is {actual}, expected {expected}; "
            + string.Create(CultureInfo.InvariantCulture,
                $"distance {actual.DistanceTo(expected):0.0e+0}, bound {tol:0e+0}"));
    }

    JsonElement Find(string[] path) => path.Aggregate(outputs, (element, name) => element.GetProperty(name));

    internal static NdArray ArrayOf(JsonElement element)
    {
        var shape = new List<int>();
        for (var inner = element; inner.ValueKind is JsonValueKind.Array; inner = inner[0])
            shape.Add(inner.GetArrayLength());
        var values = new List<double>();
        AddValues(element, values);
        return new([.. shape], [.. values]);
    }

    static void AddValues(JsonElement element, List<double> values)
    {
        if (element.ValueKind is JsonValueKind.Array)
            foreach (var inner in element.EnumerateArray()) AddValues(inner, values);
        else values.Add(element.GetDouble());
    }
}

/// <summary>One object of a list of results.</summary>
sealed class GoldenRow(JsonElement row, double tol)
{
    public double Number(string name) => row.GetProperty(name).GetDouble();
    public int Integer(string name) => row.GetProperty(name).GetInt32();
    public string Text(string name) => row.GetProperty(name).GetString()!;
    public void Equal(NdArray actual, string name) =>
        GoldenCase.Near(GoldenCase.ArrayOf(row.GetProperty(name)), actual, tol, name);
    public void Equal(double actual, string name) => Equal(NdArray.Scalar(actual), name);
}
