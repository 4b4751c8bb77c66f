using System.Text.Json;
using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

public sealed class DoctorCommandTests
{
    [Fact]
    public void It_names_what_kernels_use_here()
    {
        var run = CliRun.Of("doctor");
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] rows = ["Adjoint", "runtime", "processor", "threads", "vectors", "products", "caches", "memory",
            "kernels"];
        var names = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[..9].TrimEnd());
        Assert.Equal(rows, names.Where(n => n != "setting"));
        Assert.DoesNotContain("measured", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void As_JSON_it_says_what_the_backend_decided()
    {
        using var json = JsonDocument.Parse(CliRun.Of("doctor", "--json").Output);
        Assert.Equal(CodeTarget.Host.VectorBits, json.RootElement.GetProperty("vectorBits").GetInt32());
        Assert.Equal(CodeTarget.Host.HasFma, json.RootElement.GetProperty("fusedMultiplyAdd").GetBoolean());
        Assert.Equal(Team.DefaultThreads, json.RootElement.GetProperty("threads").GetInt32());
        Assert.Equal(Environment.ProcessorCount, json.RootElement.GetProperty("cores").GetInt32());
        Assert.True(json.RootElement.GetProperty("kernels").GetBoolean());
        Assert.False(json.RootElement.TryGetProperty("operationsPerSecond", out _));
    }

    [Fact]
    public void What_is_measured_is_more_than_a_slow_machine_could_do_and_less_than_any_does()
    {
        using var json = JsonDocument.Parse(CliRun.Of("doctor", "--measure", "--json").Output);
        Assert.InRange(json.RootElement.GetProperty("operationsPerSecond").GetDouble(), 1e8, 1e14);
        Assert.InRange(json.RootElement.GetProperty("copiedBytesPerSecond").GetDouble(), 1e7, 1e13);
        foreach (var name in new[] { "secondsOfInstruction", "secondsOfProduct", "secondsOfStep", "secondsOfQuotient", "secondsOfShortRun" })
            Assert.InRange(json.RootElement.GetProperty(name).GetDouble(), 1e-11, 1e-6);
        Assert.InRange(json.RootElement.GetProperty("instructionsInFlight").GetDouble(), 8, 1024);
        Assert.All(json.RootElement.GetProperty("passing").EnumerateArray(), at =>
            Assert.InRange(at.GetProperty("readAlone").GetDouble(), 1e7, 1e13));
    }

    [Fact]
    public void Memory_and_caches_are_read_with_their_units()
    {
        Assert.Equal(48 << 10, Machine.Bytes("48K"));
        Assert.Equal(32 << 20, Machine.Bytes("32M"));
        Assert.Equal(17_747_140_608, Machine.Bytes("17331192 kB"));
        Assert.Equal(64, Machine.Bytes("64"));
    }
}
