using System.Collections.Concurrent;

namespace Adjoint;

/// <summary>A kernel of the engine: tiles of out, called with a <see cref="TileCall"/>; begin and end count tiles.</summary>
abstract record ContractionKernel(Element Element)
{
    static readonly ConcurrentDictionary<(ContractionKernel, CodeTarget), KernelEntry> Compiled = new();

    protected abstract string Name { get; }

    /// <summary>The kernel for a machine, compiled when it is first wanted.</summary>
    public KernelEntry Compile(CodeTarget target) =>
        Compiled.GetOrAdd((this, target), static key => IlWriter.Compile(key.Item1.Write(key.Item2)));

    public KernelCode Write(CodeTarget target)
    {
        var code = new TileCode(Name, Element, target);
        Write(code);
        return code.Builder.Build();
    }

    protected abstract void Write(TileCode code);
}

/// <summary>The code of a kernel, with the fields of a <see cref="TileCall"/> as its parameters, in that order.</summary>
sealed class TileCode
{
    public TileCode(string name, Element element, CodeTarget target)
    {
        Builder = new(name, target);
        Vector = target.Vector(element);
        (A, B) = (Builder.Buffer("a", element), Builder.Buffer("b", element));
        (Cells, Packed) = (Builder.Buffer("cells", element), Builder.Buffer("packed", element));
        (Table, Starts) = (Builder.Buffer("table", Element.Int64), Builder.Buffer("starts", Element.Int64));
        StartsOut = Builder.Buffer("starts_out", Element.Int64);
        (Sums, StepA, StepB) = (Builder.Integer("sums"), Builder.Integer("step_a"), Builder.Integer("step_b"));
        (TileB, RowStep, Adds) = (Builder.Integer("tile_b"), Builder.Integer("row_step"), Builder.Integer("adds"));
        (Left, IsFar) = (Builder.Integer("left"), Builder.Integer("is_far"));
        Scale = Builder.Number("scale", element);
    }

    public CodeBuilder Builder { get; }
    public CodeType Vector { get; }
    public CodeLocal A { get; }
    public CodeLocal B { get; }
    public CodeLocal Cells { get; }
    public CodeLocal Packed { get; }
    public CodeLocal Table { get; }
    public CodeLocal Starts { get; }
    public CodeLocal StartsOut { get; }
    public CodeLocal Sums { get; }
    public CodeLocal StepA { get; }
    public CodeLocal StepB { get; }
    public CodeLocal TileB { get; }
    public CodeLocal RowStep { get; }
    public CodeLocal Adds { get; }
    public CodeLocal Left { get; }
    public CodeLocal IsFar { get; }
    public CodeLocal Scale { get; }

    /// <summary>The loop over sums, which counts by fours: counting takes instructions, for which a core shared with others has less room than
    /// for products.</summary>
    /// <param name="step">Gets the sum, and how many have been done since <paramref name="advance"/>.</param>
    /// <param name="advance">Gets how many have been done.</param>
    public void ForSums(Action<CodeExpr, int> step, Action<int>? advance = null)
    {
        const int Count = 4;
        var whole = Builder.Let("whole", Sums & -Count);
        Builder.For("sum", 0, whole, sum => Do(sum, Count), Count);
        Builder.For("rest", whole, Sums, sum => Do(sum, 1));

        void Do(CodeExpr sum, int count)
        {
            for (var i = 0; i < count; i++) step(sum + i, i);
            advance?.Invoke(count);
        }
    }

    /// <summary>Adds a number of a times a row of b to each row of a tile.</summary>
    /// <param name="number">Of a row.</param>
    public void AddProducts(CodeLocal[,] sums, Func<int, CodeExpr> number, IReadOnlyList<CodeExpr> b)
    {
        for (var row = 0; row < sums.GetLength(0); row++)
        {
            var a = Builder.Let("a", Code.Broadcast(number(row), Vector.Lanes));
            for (var v = 0; v < b.Count; v++) Builder.Assign(sums[row, v], Code.Fma(a, b[v], sums[row, v]));
        }
    }

    /// <summary>What rows a step apart hold. One pointer serves three: more would not leave registers, fewer would need additions at each
    /// load.</summary>
    /// <param name="step2">Twice the step.</param>
    public CodeExpr OfRow(IReadOnlyList<CodeExpr> pointers, int row, CodeExpr step2) =>
        pointers[row / 3][(row % 3) switch { 0 => 0, 1 => StepA, _ => step2 }];

    /// <summary>The columns of the last vector that exist.</summary>
    public CodeExpr LastMask() => new Lanes(Builder, Vector.Element, Vector.Lanes, 0, Left).Mask!;
}
