using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class CostCommandTests
{
    static readonly string[] Models = ["rnn", "lstm", "transformer"];

    [Fact]
    public void The_table_of_recurrent_nets_and_transformers_is_the_corrected_one()
    {
        var run = CliRun.Of(["cost", "--table", .. Models.Select(Example), "--size", "h*c=n", "--size", "f=4*n"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Repository.AssertGolden(run.Output, "tests", "golden", "cost_table.txt");
        using var json = Table(Models);
        AssertRow(json, "rnn", "O(L n^2 t)", "O(L n t)", "O(L n^2 t)", "O(L n)");
        AssertRow(json, "lstm", "O(L n^2 t)", "O(L n t)", "O(L n^2 t)", "O(L n)");
        AssertRow(json, "transformer", "O(L n t^2 + L n^2 t)", "O(L h t^2 + L n t)", "O(L n t^2 + L n^2 t)",
            "O(L n t)");
        // Depth, up to the logarithms of sums: t L one after the other, t + L as a wavefront, L for the Transformer.
        Assert.Equal("O(L log(n) t)", Figure(json, "rnn", "trainDepth", "order"));
        Assert.Equal("O(L log(n) + log(n) t)", Figure(json, "rnn_wavefront", "trainDepth", "order"));
        Assert.Equal("O(L log(n) + L log(t))", Figure(json, "transformer", "trainDepth", "order"));
    }

    [Fact]
    public void Generating_with_a_cache_costs_what_one_causal_pass_costs()
    {
        using var table = Table(["transformer"]);
        using var json = Json(
            "cost", Example("transformer"), "--program", "transformer", "--size", "h*c=n", "--size", "f=4*n");
        var pass = json.RootElement.GetProperty("programs")[0].GetProperty("forward").GetProperty("operations");
        Assert.Equal(pass.GetProperty("formula").GetString(), Figure(table, "transformer", "testTime", "formula"));
    }

    [Fact]
    public void Attention_between_two_sequences_costs_an_exactly_bilinear_term()
    {
        using var golden = JsonDocument.Parse(Repository.Read("tests", "golden", "golden.json"));
        var outputs = golden.RootElement.GetProperty("cases").GetProperty("s024_op_counts").GetProperty("outputs");
        foreach (var expected in outputs.GetProperty("seq2seq").EnumerateArray())
            foreach (var (program, key) in new[] { ("seq2seq", "plain"), ("seq2seq_attention", "attention") })
            {
                string[] sizes = [.. new[] { "n", "m", "d", "h", "V" }.SelectMany(s =>
                    new[] { "--size", $"{s}={expected.GetProperty(s).GetInt32()}" })];
                using var json = Json(["cost", Example("seq2seq"), "--program", program, .. sizes]);
                var operations = json.RootElement.GetProperty("programs")[0].GetProperty("forward")
                    .GetProperty("operations");
                Assert.Equal(expected.GetProperty(key).GetInt64(), operations.GetProperty("value").GetInt64());
            }
        var formula = CliRun.Of("cost", Example("seq2seq"), "--program", "seq2seq_attention").Output;
        Assert.Contains("4 h m n", formula, StringComparison.Ordinal);
        Assert.Contains("3 m n", formula, StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_can_be_chosen_and_numbers_stand_beside_the_formulas()
    {
        var run = CliRun.Of("cost", "matmul", "--size", "i=k", "--size", "..=m", "--size", "m=2", "--size", "k=3",
            "--size", "j=4");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("""
            matmul
              operations     2 j k m   O(j k m)   = 48
                add          j k m   = 24
                multiply     j k m   = 24
              bytes read     4 j k + 4 k m   = 72
              bytes written  4 j m   = 32
              numbers given  j k + k m   = 18
              peak bytes     4 j k + 4 j m + 4 k m   = 104
              critical path  ceil(log2(k)) + 1   O(log(k))   = 3

            matmul_reverse
              operations     4 j k m   O(j k m)   = 96

            """, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_for_a_product_gives_the_missing_factor()
    {
        string[] sizes = ["--size", "h*c=n", "--size", "f=4*n", "--size", "n=64", "--size", "h=4", "--size", "t=10",
            "--size", "L=1"];
        using var json = Json(["cost", Example("transformer"), "--program", "transformer", .. sizes]);
        var operations = json.RootElement.GetProperty("programs")[0].GetProperty("forward").GetProperty("operations");
        // 3 h t² + 2 n t² + 24 n² t + 3 h t + 20 n t + 2 t
        Assert.Equal(1200 + 12800 + 983040 + 120 + 12800 + 20, operations.GetProperty("value").GetInt64());
    }

    [Fact]
    public void Attributes_decide_extents()
    {
        var run = CliRun.Of("cost", "max_pool1d", "--set", "size=3");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.NotEqual(run.Output, CliRun.Of("cost", "max_pool1d", "--set", "size=2").Output);
    }

    [Fact]
    public void Every_op_of_the_catalogue_has_a_cost()
    {
        foreach (var op in Catalogue.Ops)
        {
            var run = CliRun.Of("cost", op.Name);
            Assert.Equal((0, ""), (run.Code, run.Error));
        }
    }

    static string Example(string name) => Repository.PathOf("examples", name + ".loops");

    static JsonDocument Table(IEnumerable<string> models) =>
        Json(["cost", "--table", .. models.Select(Example), "--size", "h*c=n", "--size", "f=4*n"]);

    static JsonDocument Json(params string[] args) => JsonDocument.Parse(CliRun.Of([.. args, "--json"]).Output);

    static void AssertRow(JsonDocument table, string name, string trainTime, string trainMemory, string testTime,
        string testMemory) =>
        Assert.Equal([trainTime, trainMemory, testTime, testMemory],
            new[] { "trainTime", "trainMemory", "testTime", "testMemory" }
                .Select(f => Figure(table, name, f, "order")));

    static string? Figure(JsonDocument table, string row, string figure, string property) =>
        table.RootElement.GetProperty("rows").EnumerateArray().First(r => r.GetProperty("name").GetString() == row)
            .GetProperty(figure).GetProperty(property).GetString();
}
