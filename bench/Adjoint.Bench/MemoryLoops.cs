using System.Globalization;
using Adjoint.Cli;

namespace Adjoint.Bench;

// Loops that are no contraction should take as long as their operands and results take to pass through memory once.
// The share is that of copying one array to another, measured just before the row; what a row moves is counted once.

/// <summary>Times programs against the speed of memory.</summary>
static unsafe class MemoryLoops
{
    sealed record Case(string Name, LoopProgram Program, Dictionary<string, int[]> Shapes);

    public static int Run(string[] args)
    {
        var filter = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";
        if (args.Contains("--fallbacks")) return Fallbacks(filter);
        using var team = new Team(Team.DefaultThreads);
        foreach (var made in Cases())
            if (made.Name.Contains(filter, StringComparison.Ordinal))
                Measure(made, team, args.Contains("--json"), args.Contains("--print"));
        return 0;
    }

    static IEnumerable<Case> Cases()
    {
        int[] rows = [4096, 1024], images = [64, 64, 28, 28], all = [4 << 20];
        foreach (var (name, shapes) in new (string, Dictionary<string, int[]>)[]
        {
            ("softmax", new() { ["x"] = rows }),
            ("layer_norm", new() { ["x"] = rows, ["gain"] = [1024], ["bias"] = [1024] }),
            ("cross_entropy", new() { ["x"] = rows, ["label"] = [4096] }),
            ("gelu", new() { ["x"] = all }),
            ("tanh", new() { ["x"] = all }),
            ("relu", new() { ["x"] = all }),
            ("bias_add", new() { ["x"] = rows, ["bias"] = [1024] }),
            ("dropout", new() { ["x"] = all }),
            ("embedding", new() { ["w"] = [8192, 256], ["tok"] = [16384] }),
            ("max_pool2d", new() { ["x"] = images }),
            ("batch_norm", new() { ["x"] = [64, 64, 784], ["gain"] = [64], ["bias"] = [64] }),
        })
        {
            var reverse = Reverse.Of(Catalogue.Find(name)!.Program)!;
            yield return new(name, reverse.Forward, shapes);
            var extents = Extents.Bind(reverse.Forward, OperandShapes.WithRandom(reverse.Forward, shapes));
            foreach (var line in reverse.Forward.Lines)
                shapes.TryAdd(line.Target.Tensor, extents.Tensor(line.Target.Tensor).Sizes);
            foreach (var (output, given) in reverse.Given) shapes[given] = extents.Tensor(output).Sizes;
            yield return new(name + " reverse", reverse.Program, shapes);
            yield return new(name + " both", reverse.Combined, shapes);
        }
        foreach (var (text, shape) in new (string, int[])[]
        {
            ("bias_relu(x[..,j], bias[j]) -> y\n  y[..,j] = max(x[..,j] + bias[j], 0)", rows),
            ("column_sums(x[b,j]) -> y\n  y[j] += x[b,j]", rows),
            ("row_sums(x[b,j]) -> y\n  y[b] += x[b,j]", rows),
            ("sum(x[..]) -> y\n  y += x[..]", all),
            ("squared_error(x[..], z[..]) -> y\n  y += square(x[..] - z[..]) / #..", all),
            ("transpose(x[i,j]) -> y\n  y[j,i] = x[i,j]", rows),
            ("heads(x[b,t,h,d]) -> y\n  y[b,h,t,d] = x[b,t,h,d]", [16, 512, 8, 64]),
            ("turned_heads(x[b,t,h,d]) -> y\n  y[b,h,d,t] = x[b,t,h,d]", [16, 512, 8, 64]),
            ("argmax(x[b,j]) -> at\n  m[b] max= x[b,j]\n  at[b] min= j  if x[b,j] == m[b]", rows),
            ("prefix_sums(x[b,t]) -> y\n  for t:\n    y[b,t] = y[b,t-1] + x[b,t]", rows),
        })
            yield return Of(text, shape);
        foreach (var tensors in (int[])[1, 50, 500]) yield return Adam(10_000_000, tensors);
    }

    static Case Of(string text, int[] shape)
    {
        var program = Parser.Parse(text);
        var shapes = new Dictionary<string, int[]> { ["x"] = shape };
        if (program.FindOperand("z") is not null) shapes["z"] = shape;
        if (program.FindOperand("bias") is not null) shapes["bias"] = shape[1..];
        return new(program.Name, program, shapes);
    }

    // The update of a whole model in one program, as a step has it: each tensor along an axis of its own.
    static Case Adam(int parameters, int tensors)
    {
        var one = Parser.Parse("""
            adam(w[i], g[i], m[i], v[i], c1, c2) -> w', m', v'
              m'[i] = 0.9 * m[i] + 0.1 * g[i]
              v'[i] = 0.999 * v[i] + 0.001 * square(g[i])
              w'[i] -= 0.001 * m'[i] / c1 / (sqrt(v'[i] / c2) + 1e-8)
            """);
        List<Operand> operands = [.. one.Operands.Where(o => o.Dims.Count == 0)];
        var (outputs, body) = (new List<Output>(), new List<Statement>());
        var shapes = operands.ToDictionary(o => o.Name, _ => Array.Empty<int>());
        for (var n = 0; n < tensors; n++)
        {
            var axis = $"i{n}";
            foreach (var operand in one.Operands.Where(o => o.Dims.Count > 0))
            {
                operands.Add(operand with { Name = Named(operand.Name), Dims = new Dim[] { new(axis) }.ToEquatable() });
                // Sizes differ a little, as those of layers do.
                shapes[Named(operand.Name)] = [parameters / tensors + n % 7];
            }
            foreach (var output in one.Outputs)
                outputs.Add(new(Named(output.Name), new Dim[] { new(axis) }.ToEquatable()));
            foreach (var line in one.Lines)
                body.Add(line.Map(e => e switch
                {
                    AxisValue => new AxisValue(axis),
                    Access { Indices.Count: > 0 } access => access with { Tensor = Named(access.Tensor) },
                    _ => e,
                }));

            string Named(string name) => name[..1] + n + name[1..];
        }
        var program = one with
        {
            Name = $"adam_of_{tensors}",
            Operands = operands.ToEquatable(),
            Outputs = outputs.ToEquatable(),
            Body = body.ToEquatable(),
        };
        return new(program.Name, program, shapes);
    }

    static void Measure(Case made, Team team, bool isJson, bool isPrinted)
    {
        var program = made.Program;
        var compiled = Compile(program, made.Shapes, new() { Team = team });
        var storages = new List<Storage>();
        var bytes = 0L;
        var operands = program.Operands.Select(o =>
        {
            if (o.Kind is OperandKind.Shape) return (nint)0;
            var isInteger = IntegerTensors.Operands(program).Contains(o.Name);
            var count = compiled.Extents.Tensor(o.Name).Count;
            bytes += count * (isInteger ? 8 : 4);
            return o.Kind is OperandKind.Float or OperandKind.Int ? Fill(storages, count, isInteger) : 0;
        }).ToArray();
        // An update is made in place.
        var outputs = program.Outputs.Select(o =>
        {
            var count = compiled.Extents.Tensor(o.Name).Count;
            bytes += count * 4;
            return program.Updated(o.Name) is { } updated ? operands[program.Operands.ToList().IndexOf(updated)]
                : Fill(storages, count, false);
        }).ToArray();
        if (isPrinted) Console.WriteLine($"{program}\n{compiled.Print()}");
        var copied = MachineSpeed.CopyBytes(team) / 1e9;
        var time = Timing.Of(() => compiled.Run(operands, outputs), bytes / 2e10);
        copied = Math.Max(copied, MachineSpeed.CopyBytes(team) / 1e9);
        var rate = bytes / time.Least / 1e9;
        var (median, least) = (time.Median * 1e3, time.Least * 1e3);
        Console.WriteLine(isJson
            ? string.Create(CultureInfo.InvariantCulture, $$"""
                {"workload":"{{made.Name}}","lib":"adjoint","threads":{{team.Threads}},"median_ms":{{median:F4}},"min_ms":{{least:F4}},"gb_per_s":{{rate:F1}},"of_copy":{{rate / copied:F2}}}
                """)
            : string.Create(CultureInfo.InvariantCulture,
                $"{made.Name,-22} {median,8:F3} ms ({least:F3})  {rate,5:F1} GB/s  {rate / copied,4:F2} of copy ")
                + $"{compiled.Kernels} kernels, {compiled.ArenaBytes >> 10} KiB");
        foreach (var fallback in compiled.Fallbacks.Distinct()) Console.WriteLine($"    scalar: {fallback}");
        foreach (var storage in storages) storage.Dispose();
    }

    // Every op and its reverse: which lines find no lanes.
    static int Fallbacks(string filter)
    {
        foreach (var op in Catalogue.Ops.Where(o => o.Name.Contains(filter, StringComparison.Ordinal)))
        {
            var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
            var inputs = RandomInputs.Draw(program, new(1), op.Inputs with { MinSize = 3, MaxSize = 5 });
            var compiled = Compile(program, inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()),
                new() { ContractsFrom = 0 }, op.Inputs.Attributes);
            foreach (var fallback in compiled.Fallbacks.Distinct()) Console.WriteLine($"{op.Name,-24} {fallback}");
        }
        return 0;
    }

    static CpuProgram Compile(LoopProgram program, Dictionary<string, int[]> shapes, CpuOptions options,
        IReadOnlyDictionary<string, double>? attributes = null)
    {
        var integers = IntegerTensors.Operands(program);
        return CpuProgram.Compile(program, shapes.Where(s => program.FindOperand(s.Key) is not null).ToDictionary(),
            program.Operands.Where(o => o.Kind is not OperandKind.Shape).ToDictionary(o => o.Name, o =>
                integers.Contains(o.Name) ? DType.Int64 : DType.Float32), attributes, options);
    }

    static nint Fill(List<Storage> storages, long count, bool isInteger)
    {
        var storage = Storage.Allocate(Math.Max(1, count * (isInteger ? 8 : 4)));
        storages.Add(storage);
        var random = new Random(1);
        if (isInteger)
            foreach (ref var cell in storage.AsSpan<long>()[..(int)count]) cell = random.Next(1024);
        else
            foreach (ref var cell in storage.AsSpan<float>()[..(int)count]) cell = random.NextSingle() + 0.1f;
        return (nint)storage.Pointer;
    }
}
