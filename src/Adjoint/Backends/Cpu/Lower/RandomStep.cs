using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Draws the numbers of a random operand, where the caller gives a key or nothing.</summary>
/// <param name="key">The number of the buffer that holds a <see cref="RandomKey"/>; -1 draws from the seed of the
/// run.</param>
sealed unsafe class RandomStep(TensorPlace place, bool isNormal, int key, Team team) : CpuStep
{
    // About 10 µs of work; chunks depend on the count alone, and each element on its position alone.
    const long Chunk = 1024;

    readonly uint stream = Philox.StreamOf(place.Name);

    public override string Text => $"random numbers of {place.Name}";

    public override IEnumerable<int> Touches => [place.Buffer];

    public override StepWork Work(CpuFrame frame, MachineSpeed speed) => frame.Given[place.Buffer] ? default
        : new(place.Count * (isNormal || place.Element is Element.Double ? speed.Random.Normal : speed.Random.Uniform),
            (int)((place.Count + Chunk - 1) / Chunk));

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        if (!frame.Given[place.Buffer]) touched.Add(Touched.Written(frame.Buffers[place.Buffer], place.Bytes));
    }

    public override void Run(CpuFrame frame)
    {
        if (frame.Given[place.Buffer]) return;
        var philox = key < 0 ? new Philox(frame.Seed, stream, frame.Step) : RandomKey.At(frame.Buffers[key]).Numbers;
        var draw = new Draw(philox, (void*)frame.Buffers[place.Buffer], place.Count, isNormal,
            place.Element is Element.Double);
        team.Run((int)((place.Count + Chunk - 1) / Chunk), &DrawChunk, &draw);
    }

    static void DrawChunk(void* context, int number, int worker) => ((Draw*)context)->Run(number * Chunk);

    readonly struct Draw(Philox philox, void* cells, long count, bool isNormal, bool isDouble)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(long from)
        {
            var to = Math.Min(count, from + Chunk);
            if (!isNormal && !isDouble) philox.Uniform(from, (float*)cells + from, (int)(to - from));
            else if (isNormal)
                for (var i = from; i < to; i++) Set(i, philox.Normal(i));
            else
                for (var i = from; i < to; i++) Set(i, philox.Uniform(i));
        }

        void Set(long i, double value)
        {
            if (isDouble) ((double*)cells)[i] = value;
            else ((float*)cells)[i] = (float)value;
        }
    }
}
