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
                speed = MachineSpeed.Measure(Team.Shared);
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

        void Row(string name, string text) => output.WriteLine($"{name,-9}  {text}");
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
        });
}
