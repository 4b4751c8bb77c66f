namespace Adjoint;

/// <summary>The positions of a group cut into parts, none of which reaches from one run into the next.</summary>
/// <param name="Run">Positions of a run; all of them, where parts may reach over.</param>
/// <param name="PerRun">Parts of a run.</param>
/// <param name="Size">Positions of a part; where parts are even, of the smallest.</param>
/// <param name="Longer">Parts of each run that are one longer; -1 where all parts are full but the last of a run.</param>
readonly record struct Partition(int Run, int PerRun, int Size, int Longer, int Parts)
{
    /// <summary>One part without positions.</summary>
    public static readonly Partition One = new(0, 1, 0, 0, 1);

    /// <summary>Parts that are as large as possible, the last one of a run with what is left.</summary>
    public static Partition Full(int count, int run, int size)
    {
        var perRun = (run + size - 1) / size;
        return new(run, perRun, size, -1, count == 0 ? 0 : count / run * perRun);
    }

    /// <summary>The fewest parts of at most a size, as equal as possible.</summary>
    public static Partition Even(int count, int run, int most)
    {
        var perRun = Math.Max(1, (run + most - 1) / most);
        return new(run, perRun, run / perRun, run % perRun, count == 0 ? 0 : count / run * perRun);
    }

    public int Largest => Longer > 0 ? Size + 1 : Math.Min(Size, Run);

    public (int Start, int Count) this[int part]
    {
        get
        {
            var (run, index) = PerRun == Parts ? (0, part) : Math.DivRem(part, PerRun);
            if (Longer < 0) return (run * Run + index * Size, Math.Min(Size, Run - index * Size));
            return (run * Run + index * Size + Math.Min(index, Longer), index < Longer ? Size + 1 : Size);
        }
    }
}
