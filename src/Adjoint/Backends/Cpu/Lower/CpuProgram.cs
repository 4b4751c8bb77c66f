namespace Adjoint;

/// <summary>A loop program bound to sizes and types, compiled to kernels. Any number of runs may go on at the same
/// time.</summary>
sealed class CpuProgram
{
    readonly BoundProgram program;
    readonly CpuCompiler compiler;
    readonly CpuSchedule schedule;
    readonly CpuStep[] steps;
    readonly (int Buffer, long Offset)[] own;
    readonly long[] scratch; // of each step, by its number
    readonly ArenaPlan arena;
    readonly Stack<CpuFrame> idle = new();
    readonly Lock gate = new();

    long started, runs, wall;

    CpuProgram(BoundProgram program, CpuCompiler compiler, CpuOptions options, int results)
    {
        (this.program, this.compiler) = (program, compiler);
        schedule = new(program, compiler, options, results);
        steps = [.. schedule.Steps];
        arena = schedule.Arena();
        own = [.. arena.Offsets.Where(o => o.Key < schedule.Buffers).Select(o => (o.Key, o.Value))];
        scratch = [.. steps.Select((_, i) => arena.Offsets.GetValueOrDefault(schedule.Buffers + i))];
    }

    /// <summary>Lines that run without vectors, and why.</summary>
    public IReadOnlyList<string> Fallbacks => compiler.Fallbacks;

    public int Kernels => compiler.Kernels.Count;

    /// <summary>Lines that the contraction engine computes.</summary>
    public int Contractions => compiler.Contractions;

    /// <summary>Memory for what is neither operand nor output.</summary>
    public long ArenaBytes => arena.Bytes;

    /// <summary>What lives at one time of it, at most.</summary>
    public long PeakBytes => arena.PeakBytes;

    public IReadOnlyList<CpuStep> Steps => steps;

    /// <summary>How often it has run, the first time aside.</summary>
    public long Runs => runs;

    /// <summary>Time in all these runs, whatever it went to.</summary>
    public long Wall => wall;

    /// <summary>How long the first run took, in which the kernels become machine code.</summary>
    public long First { get; private set; }

    /// <summary>What tells its kernels from others.</summary>
    public IEnumerable<string> KernelKeys => compiler.Kernels.Select(KernelKey.Of);

    /// <summary>The loops of each kernel.</summary>
    public IEnumerable<string> Nests => compiler.Items.Select(i => i.ToString());

    /// <summary>A buffer as in messages: <c>h1 float32[64, 512]</c>.</summary>
    public string Describe(int buffer) => program.Places.FirstOrDefault(p => p.Buffer == buffer) is { } place
        ? $"{place.Name} {DTypes.Describe(place.Type, place.Extent.Sizes)}" : "another form";

    public Extents Extents => program.Extents;

    /// <summary>Key of the random operands.</summary>
    public ulong Seed { get; set; }

    /// <summary>Training step: each has random numbers of its own.</summary>
    public uint Step { get; set; }

    /// <param name="shapes">Of every operand but the random ones whose size follows from the others.</param>
    /// <param name="types">Of operands and computed tensors, as they lie in memory; those it does not name are
    /// floating, or indices of int64.</param>
    /// <param name="attributes">Values that replace defaults.</param>
    /// <param name="results">How many of the outputs the caller wants; the others have their dims declared and nobody
    /// receives them. All, if it is left out.</param>
    public static CpuProgram Compile(LoopProgram program, IReadOnlyDictionary<string, int[]> shapes,
        IReadOnlyDictionary<string, DType> types, IReadOnlyDictionary<string, double>? attributes = null,
        CpuOptions? options = null, int? results = null, Phases? phases = null)
    {
        phases ??= new();
        var extents = Extents.Bind(program, OperandShapes.WithRandom(program, shapes), attributes);
        var count = results ?? program.Outputs.Count;
        options ??= new();
        var integers = IntegerTensors.All(program);
        var wanted = program with { Outputs = [.. program.Outputs.Take(count)] };
        var (passed, all, sources) = options.ChecksFinite ? (wanted, extents, new Dictionary<string, string>())
            : ProgramPasses.Run(wanted, extents, (a, b) => TypeOf(a) == TypeOf(b), options.Blocks, Debugging.Level < 4 ? null
                : (name, changed) => Debugging.Report($"{name}:\n{Printer.Print(changed)}"));
        var typed = new Dictionary<string, DType>(types);
        foreach (var (tensor, source) in sources)
        {
            if (types.TryGetValue(source, out var type)) typed[tensor] = type;
            if (integers.Contains(source)) integers.Add(tensor);
        }
        phases.End("sizes and passes");
        var bound = new BoundProgram(passed, all, integers, typed, options, count);
        var compiler = new CpuCompiler(bound, options, phases);
        var folded = FoldedDims.Of(bound, tensor => !compiler.NeedsStart(bound[tensor]));
        if (folded.Count > 0)
        {
            bound = new(passed, all, integers, typed, options, count, folded);
            compiler = new(bound, options, phases);
        }
        compiler.Compile(phases);
        var compiled = new CpuProgram(bound, compiler, options, count);
        phases.End("memory");
        if (Debugging.Level >= 1 && options.IsReported) CpuReport.Write(compiled, passed, phases);
        return compiled;

        DType TypeOf(string tensor) => types.TryGetValue(tensor, out var type) ? type
            : integers.Contains(tensor) ? DType.Int64
            : types.Values.Where(t => t.IsFloating).DefaultIfEmpty(options.Type).First();
    }

    /// <summary>Whether an output may be written where some operands lie, which the caller no longer needs.</summary>
    /// <param name="operands">All operands in that memory.</param>
    public bool MayOverwrite(int output, IReadOnlyList<int> operands) => schedule.MayOverwrite(output, operands);

    /// <summary>Runs once.</summary>
    /// <param name="operands">First cells, in the order of the signature; 0 for operands given by shape, and for random
    /// ones that are to be drawn.</param>
    /// <param name="outputs">First cells, in the order of the signature.</param>
    /// <param name="numbers">The attributes, where kernels take them; the default of each at the end.</param>
    /// <exception cref="LoopRunException">An index was outside its tensor.</exception>
    public void Run(ReadOnlySpan<nint> operands, ReadOnlySpan<nint> outputs, ReadOnlySpan<double> numbers = default)
    {
        if (operands.Length != schedule.OperandBuffers.Length || outputs.Length != schedule.OutputBuffers.Length)
            throw Throw.Internal($"{program.Program.Name} takes {schedule.OperandBuffers.Length} operands, "
                + $"{schedule.OutputBuffers.Length} outputs");
        var isTimed = Debugging.IsTiming && Prediction.Current is null;
        var start = isTimed ? System.Diagnostics.Stopwatch.GetTimestamp() : 0;
        if (isTimed) Begin();
        var frame = Rent();
        var memory = RentArena();
        try
        {
            Place(frame, memory, operands, outputs);
            numbers.CopyTo(frame.Numbers);
            frame.Status[0] = 0;
            foreach (var step in steps) step.Bind(frame);
            if (Prediction.Current is { } prediction) prediction.Run(steps, frame);
            else Run(frame, memory);
        }
        finally
        {
            Arenas.Return(memory);
            lock (gate) idle.Push(frame);
        }
        if (isTimed) Interlocked.Add(ref wall, System.Diagnostics.Stopwatch.GetTimestamp() - start);
    }

    // The first run, in which kernels become machine code, counts only as long as there is no other.
    void Begin()
    {
        if (Interlocked.Increment(ref started) == 2)
        {
            foreach (var step in steps) step.Forget();
            (runs, wall) = (0, 0);
        }
        Interlocked.Increment(ref runs);
    }

    /// <summary>Adds to a prediction what runs with the memory of the last one would take.</summary>
    public void Predict(Prediction prediction, int times)
    {
        var frame = Rent();
        for (var i = 0; i < times; i++) prediction.Run(steps, frame);
        lock (gate) idle.Push(frame);
    }

    Storage RentArena()
    {
        try
        {
            return Arenas.Rent(arena.Bytes);
        }
        catch (OutOfMemoryException e)
        {
            const int Shown = 3;
            var largest = program.Places.Where(p => arena.Offsets.ContainsKey(p.Buffer)).OrderByDescending(p => p.Count * p.Type.ByteSize).Take(Shown)
                .Select(p => $"  {p.Name} {DTypes.Describe(p.Type, p.Extent.Sizes)}  {ByteSize.Text(p.Count * p.Type.ByteSize)}");
            throw new MemoryException($"{program.Program.Name}: its plan needs {ByteSize.Text(arena.Bytes)} for intermediate values, and this machine "
                + $"does not give them. The largest are\n{string.Join('\n', largest)}\nHint: smaller batches or shorter sequences.", e);
        }
    }

    /// <summary>The kernels as C#.</summary>
    public string Print() => string.Join("\n", compiler.Kernels.Select(CSharpWriter.Print));

    unsafe void Place(CpuFrame frame, Storage memory, ReadOnlySpan<nint> operands, ReadOnlySpan<nint> outputs)
    {
        (frame.Seed, frame.Step) = (Seed, Step);
        foreach (var (buffer, offset) in own) frame.Buffers[buffer] = (nint)memory.Pointer + (nint)offset;
        for (var i = 0; i < operands.Length; i++)
        {
            var buffer = schedule.OperandBuffers[i];
            if (buffer < 0) continue;
            frame.Given[buffer] = operands[i] != 0;
            if (operands[i] != 0) frame.Buffers[buffer] = operands[i];
        }
        for (var i = 0; i < outputs.Length; i++) frame.Buffers[schedule.OutputBuffers[i]] = outputs[i];
    }

    unsafe void Run(CpuFrame frame, Storage memory)
    {
        var start = Debugging.IsTiming ? System.Diagnostics.Stopwatch.GetTimestamp() : 0;
        for (var i = 0; i < steps.Length; i++)
        {
            frame.Scratch = (nint)memory.Pointer + (nint)scratch[i];
            steps[i].Measure(frame);
            // At once, before anything overwrites what the caller would need to try again.
            if (frame.Status[0] != 0) throw compiler.Sites.Error((int)frame.Status[0], frame.Status[1]);
        }
        if (Debugging.IsTiming && First == 0) First = System.Diagnostics.Stopwatch.GetTimestamp() - start;
    }

    CpuFrame Rent()
    {
        lock (gate)
            if (idle.TryPop(out var frame)) return frame;
        return new(schedule.Buffers, compiler.Loops, program.Numbers, compiler.Slots);
    }
}
