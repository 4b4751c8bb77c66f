namespace Adjoint;

// Around the kernels stand steps for whole tensors: each tensor gets its start value, or its random numbers, right
// before the first step that touches it, so that its memory is in use no longer than it has to be, and what the caller
// wants in another form is brought into it right after the last.

/// <summary>All steps of a program in the order in which they run, and which buffers live from where to where.</summary>
sealed class CpuSchedule
{
    readonly BoundProgram program;
    readonly CpuCompiler compiler;
    readonly List<CpuStep> steps = [];
    readonly Dictionary<int, (CpuStep Step, int[] After)> preparations = []; // by the buffer that needs one
    readonly Dictionary<int, long> sizes = []; // of the buffers that lie in the arena
    readonly Dictionary<int, (int First, int Last)> lives = []; // the steps that touch a buffer
    readonly Dictionary<int, TensorPlace> places;

    /// <param name="results">How many of the outputs the caller receives.</param>
    public CpuSchedule(BoundProgram program, CpuCompiler compiler, CpuOptions options, int results)
    {
        (this.program, this.compiler, Buffers) = (program, compiler, program.Places.Count + compiler.Panels.Count);
        places = program.Places.ToDictionary(p => p.Buffer);
        for (var i = 0; i < compiler.Panels.Count; i++) sizes[program.Places.Count + i] = compiler.Panels[i];
        var text = program.Program;
        OperandBuffers = [.. text.Operands.Select(o => Operand(o, options))];
        foreach (var place in program.Places)
            if (!place.IsOperand && place.Count > 0 && !compiler.Unstored.Contains(place.Name))
            {
                sizes[place.Buffer] = place.Bytes;
                if (!compiler.NeedsStart(place)) continue;
                preparations[place.Buffer] = place.Updates is null ? (new FillStep(place, compiler.Unset(place)), [])
                    : (new CopyStep(program[place.Updates], place), [program[place.Updates].Buffer]);
            }
        var endings = new List<CpuStep>();
        OutputBuffers = [.. text.Outputs.Take(results).Select(o => Output(o, endings))];
        foreach (var step in compiler.Steps) Add(step);
        foreach (var step in endings) Add(step);
        foreach (var buffer in OutputBuffers) Prepare(buffer);
        for (var i = 0; i < steps.Count; i++)
            foreach (var buffer in steps[i].Touches)
                lives[buffer] = (lives.TryGetValue(buffer, out var life) ? life.First : i, i);
    }

    public IReadOnlyList<CpuStep> Steps => steps;

    /// <summary>How many buffers there are: tensors by their numbers, then other forms of some: panels
    /// of contractions first.</summary>
    public int Buffers { get; private set; }

    /// <summary>The buffer of each operand; -1 takes no values.</summary>
    public int[] OperandBuffers { get; }

    /// <summary>The buffer of each output that the caller receives.</summary>
    public int[] OutputBuffers { get; }

    /// <summary>The memory of all that the caller does not give; what a step needs while it runs stands under the number
    /// of buffers plus that of the step.</summary>
    public ArenaPlan Arena()
    {
        var intervals = new List<ArenaPlan.Interval>();
        for (var i = 0; i < steps.Count; i++)
            if (steps[i].ScratchBytes is > 0 and var bytes) intervals.Add(new(Buffers + i, bytes, i, i));
        var hosts = Hosts();
        var last = lives.ToDictionary(l => l.Key, l => l.Value.Last);
        foreach (var (buffer, host) in hosts) last[host] = Math.Max(last[host], lives[buffer].Last);
        foreach (var (buffer, bytes) in sizes)
            if (lives.TryGetValue(buffer, out var life) && !hosts.ContainsKey(buffer))
                intervals.Add(new(buffer, bytes, life.First, last[buffer]));
        return ArenaPlan.Of(intervals, hosts);
    }

    // What a step reads for the last time and what it makes of it, cell by cell, may be the same memory.
    Dictionary<int, int> Hosts()
    {
        var hosts = new Dictionary<int, int>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] is not FusedStep { Item: { } item }) continue;
            var own = steps[i].Touches.Distinct().Where(b => sizes.ContainsKey(b) && places.ContainsKey(b)).ToList();
            var dying = own.Where(b => lives[b].Last == i && lives[b].First < i).Select(b => places[b]).ToList();
            foreach (var born in own.Where(b => lives[b].First == i).Select(b => places[b]))
                if (dying.Find(d => d.Type == born.Type && d.Count == born.Count
                    && InPlace.Holds(program, item, d.Name, born.Name)) is { } old)
                {
                    dying.Remove(old);
                    hosts[born.Buffer] = hosts.GetValueOrDefault(old.Buffer, old.Buffer);
                }
        }
        return hosts;
    }

    /// <summary>Whether an output may be written where some operands lie, which the caller no longer needs.</summary>
    /// <param name="operands">All operands in that memory.</param>
    public bool MayOverwrite(int output, IReadOnlyList<int> operands)
    {
        var born = OutputBuffers[output];
        if (!places.TryGetValue(born, out var target) || !lives.TryGetValue(born, out var life)) return false;
        foreach (var operand in operands)
        {
            var buffer = OperandBuffers[operand];
            if (!places.TryGetValue(buffer, out var place) || place.Type != target.Type || place.Count != target.Count)
                return false;
            var last = lives.TryGetValue(buffer, out var other) ? other.Last : -1;
            if (last > life.First || last == life.First && !IsInPlace(steps[last], place, target)) return false;
        }
        return true;
    }

    bool IsInPlace(CpuStep step, TensorPlace dying, TensorPlace born) => step switch
    {
        FusedStep { Item: { } item } => InPlace.Holds(program, item, dying.Name, born.Name),
        CopyStep copy => copy.From == dying.Buffer,
        _ => false,
    };

    int Operand(Operand operand, CpuOptions options)
    {
        if (operand.Kind is OperandKind.Shape) return -1;
        var place = program[operand.Name];
        if (operand.Kind is OperandKind.Uniform or OperandKind.Normal)
        {
            sizes[place.Buffer] = place.Bytes;
            var key = options.TakesKeys ? Buffers++ : -1;
            preparations[place.Buffer] = (new RandomStep(place, operand.Kind is OperandKind.Normal, key, compiler.Team),
                []);
            return key < 0 ? place.Buffer : key;
        }
        if (place.Outside == place.Type) return place.Buffer;
        var outside = Buffers++;
        sizes[place.Buffer] = place.Bytes;
        preparations[place.Buffer] = (new ConversionStep(outside, place.Outside, place.Buffer, place.Type, place.Count),
            []);
        return outside;
    }

    // A tensor as it is, or the cells of it that the caller sees, in the type of the caller.
    int Output(Output output, List<CpuStep> endings)
    {
        var place = program[output.Name];
        int[] from = [.. output.Dims.Select(d => d.From)];
        int[] shown = [.. output.Dims.Select(d =>
            d.Axes.Aggregate(1, (size, axis) => size * program.Extents[axis]) + d.To - d.From)];
        var buffer = place.Buffer;
        if (!from.SequenceEqual(place.Extent.From) || !shown.SequenceEqual(place.Extent.Sizes))
        {
            endings.Add(new WindowStep(place, buffer = Buffers++, from, shown));
            sizes[buffer] = shown.Aggregate((long)place.Type.ByteSize, (bytes, size) => bytes * size);
        }
        if (place.Outside != place.Type)
        {
            var count = shown.Aggregate(1L, (all, size) => all * size);
            endings.Add(new ConversionStep(buffer, place.Type, Buffers, place.Outside, count));
            buffer = Buffers++;
        }
        sizes.Remove(buffer);
        return buffer;
    }

    void Add(CpuStep step)
    {
        foreach (var buffer in step.Touches) Prepare(buffer);
        steps.Add(step);
    }

    void Prepare(int buffer)
    {
        if (!preparations.Remove(buffer, out var preparation)) return;
        foreach (var other in preparation.After) Prepare(other);
        steps.Add(preparation.Step);
    }
}
