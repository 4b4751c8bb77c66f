using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

// Through the program itself, as a shell starts it: streams, exit codes and signals are those of the process.

public sealed class ProgramTests
{
    [Fact]
    public void Results_go_to_output_and_the_exit_code_is_0()
    {
        var (code, output, error) = Start("explain", "relu");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("# Definition\nrelu(x[..]) -> y[..]\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_go_to_the_error_stream_without_a_stack_trace()
    {
        var (code, output, error) = Start("explain", "reluu");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("There is no op 'reluu'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Equal((0, "0.1.0\n", ""), Start("--version"));

    [Fact]
    public void Ctrl_C_ends_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill, which Windows lacks");
        Assert.SkipWhen(Interrupts.AreIgnored, Interrupts.AreIgnoredHere);
        using var folder = new ScratchFolder();
        // Days of additions, and a note about x[i] that is printed just before they begin.
        var file = folder.Write("days.loops",
            "days(x[i]) -> y\n  axis j < 1000000\n  axis k < 1000000\n  y += x[i] + sin(i * j * k)\n");
        Npy.Write(folder.PathOf("x.npy"), HostArray.Of(DType.Float32, [1f], 1));
        using var process = Process.Start(Info("run", file, "--in", "x=" + folder.PathOf("x.npy")))!;
        try
        {
            Assert.StartsWith("note: ", process.StandardError.ReadLine(), StringComparison.Ordinal);
            using (var kill = Process.Start("kill", $"-INT {process.Id}")) kill.WaitForExit();
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
            Assert.Equal(130, process.ExitCode);
        }
        finally
        {
            process.Kill(); // not even a failed test leaves days of work behind
        }
    }

    static (int Code, string Output, string Error) Start(params string[] args)
    {
        using var process = Process.Start(Info(args))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    static ProcessStartInfo Info(params string[] args)
    {
        var name = typeof(Cli.Application).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : "");
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var arg in args) info.ArgumentList.Add(arg);
        return info;
    }
}
