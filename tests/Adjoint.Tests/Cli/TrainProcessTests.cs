using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

// Training as a process that is stopped from outside.

public sealed class TrainProcessTests
{
    static readonly string[] Settings =
        ["--set", "images=2000", "--set", "epochs=3", "--set", "batch=32", "--set", "save=0.2", "--seed", "5", "--threads", "1"];

    [Fact]
    public void Ctrl_C_saves_the_run_and_says_how_it_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill, which Windows lacks");
        Assert.SkipWhen(Interrupts.AreIgnored, Interrupts.AreIgnoredHere);
        using var scratch = new ScratchFolder();
        var path = scratch.PathOf("run");
        using var process = Process.Start(Info(["train", "digits", "--out", path, "--set", "epochs=500", "--seed", "5", "--threads", "1"]))!;
        var log = Path.Combine(path, "log.jsonl");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(log) && new FileInfo(log).Length > 100, TimeSpan.FromSeconds(100)));
        Kill(process, "INT");
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains($"Hint: adjoint train --resume {path}", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(Checkpoint.Position(Path.Combine(path, "last.safetensors")).Step >= 20);
    }

    [Fact]
    public void Killed_again_and_again_it_ends_with_the_weights_of_a_run_in_one_piece()
    {
        Assert.SkipUnless(RandomRun.IsSlow, "50 processes take minutes: ./check.sh --slow.");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "processes are killed with kill, which Windows lacks");
        using var scratch = new ScratchFolder();
        var (whole, parts) = (scratch.PathOf("whole"), scratch.PathOf("parts"));
        Finish(["train", "digits", "--out", whole, .. Settings]);
        var random = new Random(7);
        var kills = 0;
        string[] args = ["train", "digits", "--out", parts, .. Settings];
        while (kills < 50)
        {
            using var process = Process.Start(Info(args))!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var isOver = process.WaitForExit(TimeSpan.FromMilliseconds(random.Next(200, 4000)));
            if (!isOver) Kill(process, "KILL");
            process.WaitForExit();
            kills++;
            // A kill before the configuration stands leaves nothing to go on with.
            if (File.Exists(Path.Combine(parts, "config.json"))) args = ["train", "--resume", parts];
        }
        Finish(args);
        foreach (var file in new[] { "last.safetensors", "best.safetensors" }) Assert.Equal(Tensors(whole, file), Tensors(parts, file));

        static List<(string, string)> Tensors(string run, string file)
        {
            using var tensors = SafetensorsFile.Open(Path.Combine(run, file));
            return [.. tensors.Names.Select(n => (n, Convert.ToHexString(tensors.BytesOf(n))))];
        }
    }

    static void Finish(string[] args)
    {
        using var process = Process.Start(Info(args))!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, ""), (process.ExitCode, error.Result));
    }

    static void Kill(Process process, string signal)
    {
        using var kill = Process.Start("kill", $"-{signal} {process.Id}");
        kill.WaitForExit();
    }

    static ProcessStartInfo Info(string[] args)
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(Cli.Application).Assembly.GetName().Name!))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var arg in args) info.ArgumentList.Add(arg);
        return info;
    }
}
