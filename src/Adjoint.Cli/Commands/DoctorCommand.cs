using System.CommandLine;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary><c>adjoint doctor</c>: what this machine has, and what of it kernels use.</summary>
static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        var measure = new Option<bool>("--measure")
        {
            Description = "also measure the peak of the arithmetic and the speed of memory (a second)",
        };
        var json = CommandGrammar.Json();
        var command = new Command("doctor",
            "Shows what this machine has for kernels: vectors, cores, caches, memory, and the settings in force.")
        {
            measure, json,
        };
        command.SetAction(parsed =>
        {
            var machine = Machine.Here();
            var settings = EnvironmentSettings.Of(Environment.GetEnvironmentVariables());
            MachineSpeed? speed = null;
            if (parsed.GetValue(measure) && MachineSpeed.IsMeasurable)
            {
                terminal.Progress("measuring");
                speed = MachineSpeed.Here;
                terminal.Progress("");
            }
            if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(machine, settings, speed));
            else Print(machine, settings, speed, terminal.Output);
        });
        return command;
    }

    static void Print(Machine machine, List<EnvironmentSetting> settings, MachineSpeed? speed, TextWriter output)
    {
        Row("Adjoint", machine.Version);
        Row("runtime", $"{machine.Runtime} on {machine.System}");
        Row("processor", $"{machine.Processor ?? "unknown"}, {Count(machine.Cores, "core")}");
        Row("threads", $"{machine.Threads}");
        Row("vectors", $"{Width(machine.Target.VectorBits)} in use; this processor has {Widths(machine)}");
        Row("products", machine.Target.HasFma ? "a * b + c in one instruction" : "a * b + c in two instructions");
        Row("caches", machine.DataCaches.Count == 0 ? "unknown"
            : string.Join(", ", machine.DataCaches.Select(c => $"L{c.Level} {ByteSize.Text(c.Bytes)}")));
        Row("memory", ByteSize.Text(machine.MemoryBytes) + (machine.FreeBytes is { } free ? $", {ByteSize.Text(free)} free" : ""));
        Row("kernels", machine.HasKernels ? "compiled while the program runs"
            : "none: the reference computes, slowly" + (MachineSpeed.IsMeasurable ? ", as a setting asks"
                : ", because code cannot be made at run time here"));
        foreach (var setting in settings)
            Row("setting", $"{setting.Name}={setting.Value}" + (setting.Problem is { } problem ? $" ({problem})" : ""));
        if (speed is not null) Row("measured", string.Create(CultureInfo.InvariantCulture,
            $"{speed.Operations / 1e9:F0} GFLOP/s in float32, {speed.Bytes / 1e9:F1} GB/s copied, ")
            + Count(machine.Threads, "thread"));
        if (speed is not null) PrintSpeed(speed, Row);

        void Row(string name, string text) => output.WriteLine($"{name,-9}  {text}");
    }

    static void PrintSpeed(MachineSpeed speed, Action<string, string> row)
    {
        var core = speed.Core;
        row("a core", string.Create(CultureInfo.InvariantCulture,
            $"{core.Instruction * 1e9:F3} ns an instruction, {core.Product * 1e9:F3} a product of vectors, {core.Step * 1e9:F2} until it is there, ")
            + string.Create(CultureInfo.InvariantCulture, $"{core.Division * 1e9:F2} a quotient; {core.Window:F0} instructions in flight"));
        row("a plan", string.Create(CultureInfo.InvariantCulture,
            $"{speed.OfRun * 1e9:F0} ns a run, {speed.OfStep * 1e9:F0} a step, {speed.Fork * 1e9:F0} to share one among threads, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{speed.OfShortRun * 1e9:F1} a short run packed, {speed.Random.Uniform * 1e9:F1} an even random number, ")
            + string.Create(CultureInfo.InvariantCulture, $"{speed.Random.Normal * 1e9:F1} a normal one"));
        Passing("1 thread", speed.Alone!);
        if (speed.Threads > 1) Passing(Count(speed.Threads, "thread"), speed.Together!);

        void Passing(string threads, MemorySpeed memory) => row("passing", $"GB/s read/written/both, {threads}: "
            + string.Join(", ", memory.Bytes.Select((bytes, i) => $"{ByteSize.Text((long)bytes)} "
                + string.Join('/', new[] { memory.Read, memory.Written, memory.Updated }.Select(seconds =>
                    string.Create(CultureInfo.InvariantCulture, $"{1e-9 / seconds[i]:F0}"))))));
    }

    static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    static string Width(int bits) => bits == 0 ? "none" : $"{bits} bits";

    static string Widths(Machine machine) =>
        machine.Widths.Count == 0 ? "none" : string.Join(", ", machine.Widths);

    static string Json(Machine machine, List<EnvironmentSetting> settings, MachineSpeed? speed) =>
        JsonText.Object(json =>
        {
            json.WriteString("version", machine.Version);
            json.WriteString("runtime", machine.Runtime);
            json.WriteString("system", machine.System);
            json.WriteString("processor", machine.Processor);
            json.WriteNumber("cores", machine.Cores);
            json.WriteNumber("threads", machine.Threads);
            json.WriteNumber("vectorBits", machine.Target.VectorBits);
            json.WriteStartArray("vectorBitsSupported");
            foreach (var bits in machine.Widths) json.WriteNumberValue(bits);
            json.WriteEndArray();
            json.WriteBoolean("fusedMultiplyAdd", machine.Target.HasFma);
            json.Objects("caches", machine.DataCaches, cache =>
            {
                json.WriteNumber("level", cache.Level);
                json.WriteNumber("bytes", cache.Bytes);
            });
            json.WriteNumber("memoryBytes", machine.MemoryBytes);
            if (machine.FreeBytes is { } free) json.WriteNumber("freeBytes", free);
            else json.WriteNull("freeBytes");
            json.WriteBoolean("kernels", machine.HasKernels);
            json.Objects("settings", settings, setting =>
            {
                json.WriteString("name", setting.Name);
                json.WriteString("value", setting.Value);
                json.WriteString("problem", setting.Problem);
            });
            if (speed is null) return;
            json.WriteNumber("operationsPerSecond", speed.Operations);
            json.WriteNumber("copiedBytesPerSecond", speed.Bytes);
            json.WriteNumber("secondsOfInstruction", speed.Core.Instruction);
            json.WriteNumber("secondsOfProduct", speed.Core.Product);
            json.WriteNumber("secondsOfStep", speed.Core.Step);
            json.WriteNumber("secondsOfQuotient", speed.Core.Division);
            json.WriteNumber("instructionsInFlight", speed.Core.Window);
            json.WriteNumber("secondsOfPlan", speed.OfRun);
            json.WriteNumber("secondsOfPlanStep", speed.OfStep);
            json.WriteNumber("secondsOfFork", speed.Fork);
            json.WriteNumber("secondsOfShortRun", speed.OfShortRun);
            json.WriteNumber("secondsOfUniform", speed.Random.Uniform);
            json.WriteNumber("secondsOfNormal", speed.Random.Normal);
            json.Objects("passing", speed.Alone!.Bytes.Select((bytes, i) => (bytes, i)), at =>
            {
                json.WriteNumber("bytes", at.bytes);
                json.WriteNumber("readAlone", 1 / speed.Alone.Read[at.i]);
                json.WriteNumber("writtenAlone", 1 / speed.Alone.Written[at.i]);
                json.WriteNumber("updatedAlone", 1 / speed.Alone.Updated[at.i]);
                json.WriteNumber("readTogether", 1 / speed.Together!.Read[at.i]);
                json.WriteNumber("writtenTogether", 1 / speed.Together.Written[at.i]);
                json.WriteNumber("updatedTogether", 1 / speed.Together.Updated[at.i]);
            });
        });
}
