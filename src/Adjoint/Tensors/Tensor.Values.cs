using System.Globalization;
using System.Runtime.InteropServices;

namespace Adjoint;

public sealed unsafe partial class Tensor
{
    /// <summary>Copies numbers of .NET into a tensor: float, double, int, long, bool or byte.</summary>
    /// <exception cref="ShapeException">The shape has another count.</exception>
    public static Tensor Of<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        int[] sizes = shape.Length == 0 ? [values.Length] : [.. shape];
        if (CountOf(sizes) != values.Length)
            throw new ShapeException($"Tensor.Of: {values.Length} numbers do not fill the shape [{string.Join(", ", sizes)}], "
                + $"which holds {CountOf(sizes)}.", "values", sizes);
        var storage = Memory(TypeOf<T>(), sizes);
        values.CopyTo(new Span<T>(storage.Pointer, values.Length));
        return new(storage, sizes, TypeOf<T>());
    }

    public static Tensor Of<T>(T[] values, params ReadOnlySpan<int> shape) where T : unmanaged =>
        Of((ReadOnlySpan<T>)values, shape);

    public static Tensor Of(HostArray array)
    {
        var storage = Memory(array.Type, array.Shape);
        array.Bytes.CopyTo(new Span<byte>(storage.Pointer, array.Bytes.Length));
        return new(storage, [.. array.Shape], array.Type);
    }

    public static Tensor Zeros(DType type, params int[] shape)
    {
        var storage = Memory(type, shape);
        NativeMemory.Clear(storage.Pointer, (nuint)storage.Bytes);
        return new(storage, shape, type);
    }

    public static Tensor Zeros(params int[] shape) => Zeros(DType.Float32, shape);

    public static Tensor Ones(DType type, params int[] shape) => Full(type, 1, shape);

    public static Tensor Ones(params int[] shape) => Ones(DType.Float32, shape);

    /// <summary>Every element the same number.</summary>
    public static Tensor Full(DType type, double value, params int[] shape)
    {
        var one = HostArray.FromDoubles(type, [1], [value]).Bytes;
        var storage = Memory(type, shape);
        for (var at = 0L; at < storage.Bytes; at += one.Length)
            one.CopyTo(new Span<byte>((byte*)storage.Pointer + at, one.Length));
        return new(storage, shape, type);
    }

    /// <summary>One number without dimensions.</summary>
    public static Tensor Scalar(double value, DType type = DType.Float32) => Full(type, value);

    /// <summary>A copy of the numbers in row-major order; computes them if nobody has.</summary>
    public T[] ToArray<T>() where T : unmanaged => Numbers<T>().ToArray();

    /// <summary>The numbers where they lie, until they are written over; computes them if nobody has.</summary>
    internal ReadOnlySpan<T> Numbers<T>() where T : unmanaged
    {
        if (TypeOf<T>() != Type)
            throw new InvalidCastException($"ToArray<{typeof(T).Name}>: {this} holds {Type.Name}.");
        Compute();
        return new(Values!.Pointer, checked((int)Count));
    }

    /// <summary>The only number of a tensor with one element.</summary>
    public double Item()
    {
        if (Count != 1) throw new InvalidOperationException($"Item: {this} has {Count} elements, not one.");
        Compute();
        return Type switch
        {
            DType.Float32 => *(float*)Values!.Pointer, // the loss of a step: nothing is allocated for it
            DType.Float64 => *(double*)Values!.Pointer,
            _ => ToHost().ToDoubles()[0],
        };
    }

    public HostArray ToHost()
    {
        Compute();
        var array = new HostArray(Type, shape);
        new ReadOnlySpan<byte>(Values!.Pointer, array.Bytes.Length).CopyTo(array.Bytes);
        return array;
    }

    /// <summary>Computes several tensors in one plan.</summary>
    public static void Compute(params ReadOnlySpan<Tensor> tensors)
    {
        var isComputed = true;
        foreach (var tensor in tensors) isComputed &= tensor.Values is not null;
        if (isComputed) return;
        var wanted = new List<Tensor>();
        foreach (var tensor in tensors)
            if (tensor.Values is null && !wanted.Contains(tensor)) wanted.Add(tensor);
        if (Tracing.Current is { } tracing)
            throw new InvalidOperationException($"{wanted[0]} is read while a {tracing.Name} is captured: it has no value yet.\n"
                + "Hint: return it and read it after the run.");
        var (plan, leaves, numbers, _) = Plan.For(wanted);
        var outputs = new Storage[wanted.Count];
        for (var i = 0; i < outputs.Length; i++) outputs[i] = wanted[i].Memory();
        plan.Run([.. leaves.Select(l => l.Values!)], outputs, numbers);
        for (var i = 0; i < outputs.Length; i++) wanted[i].SetValues(outputs[i]);
    }

    /// <summary>Gives leaves new values, all computed before the first is replaced. Inside a captured step it
    /// happens each time.</summary>
    public static void Assign(params ReadOnlySpan<(Tensor Target, Tensor Value)> assignments)
    {
        foreach (var (target, value) in assignments)
        {
            if (target.Source is not null)
                throw new InvalidOperationException($"Assign: {target} is the result of a call; only a leaf takes values.");
            if (!target.Shape.SequenceEqual(value.Shape) || target.Type != value.Type)
                throw new ShapeException($"Assign: {target} can't take the values of {value}.", "values", [.. target.Shape]);
        }
        if (Tracing.Current is { } tracing)
        {
            var step = tracing as Captured ?? throw new InvalidOperationException("Assign: the cell of a scan carries what "
                + "changes as its states.\nHint: return the new value from the cell.");
            foreach (var (target, value) in assignments) step.Assign(target, value);
            return;
        }
        var values = new Tensor[assignments.Length];
        for (var i = 0; i < values.Length; i++) values[i] = assignments[i].Value;
        Compute(values);
        var memory = Array.ConvertAll(values, v => v.Values!); // a target may be the value of another
        for (var i = 0; i < values.Length; i++)
        {
            assignments[i].Target.Take(memory[i]);
            values[i].isShared = true;
        }
    }

    /// <summary>What a leaf holds here: in a captured step what was assigned before, which its calls do not see.</summary>
    internal Tensor Latest => (Tracing.Current as Captured)?.Assigned(this) ?? this;

    // The value is a tensor of its own, so its memory belongs to two from now on: no step may write over it in place.
    void Take(Storage values) => Set(values, shared: true);

    bool isShared;

    void Set(Storage values, bool shared)
    {
        (Values, isShared) = (values, shared);
        ForgetVersion();
    }

    /// <summary>A leaf that gets its values at each run of a step.</summary>
    internal static Tensor Placeholder(int[] shape, DType type) => new(shape, type);

    /// <summary>Takes these values and hands over memory for the next ones: that of the values before, or other memory
    /// if a recorded call still reads them.</summary>
    internal Storage Exchange(Storage values)
    {
        var before = OwnsValues ? Values! : Memory();
        Set(values, shared: false);
        return before;
    }

    /// <summary>Takes these values; whoever reads the ones before keeps them.</summary>
    internal void Replace(Storage values) => Set(values, shared: false);

    /// <summary>Whether nobody else reads the memory of its values.</summary>
    internal bool OwnsValues => !isShared && rare?.Version is null && Values is not null;

    void Compute() => Compute(this);

    /// <summary>New memory for its values.</summary>
    internal Storage Memory() => Memory(Type, shape, Source is { } call ? $"{Name} of {call.Binding.Program.Name}, " : "");

    static Storage Memory(DType type, ReadOnlySpan<int> shape, string of = "")
    {
        try
        {
            return Storage.Allocate(checked(CountOf(shape) * type.ByteSize));
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            var size = shape.ToArray().Aggregate((double)type.ByteSize, (product, extent) => product * extent);
            throw new MemoryException($"Tensor: {of}{DTypes.Describe(type, shape.ToArray())}, is more than this machine has memory for "
                + $"({(size < long.MaxValue ? ByteSize.Text((long)size) : "more than 8 million TiB")}).\nHint: smaller batches or shorter sequences.", e);
        }
    }

    // A few values, as long as somebody has computed them.
    string Excerpt()
    {
        const int Most = 6;
        if (Draws is not null) return " (random)";
        var some = new HostArray(Type, [(int)Math.Min(Count, Most)]);
        new ReadOnlySpan<byte>(Values!.Pointer, some.Bytes.Length).CopyTo(some.Bytes);
        var numbers = some.ToDoubles().Select(v => v.ToString("G5", CultureInfo.InvariantCulture));
        return " = " + string.Join(", ", numbers) + (Count > Most ? ", …" : "");
    }

    static DType TypeOf<T>() => System.Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => DType.Float32,
        TypeCode.Double => DType.Float64,
        TypeCode.Int32 => DType.Int32,
        TypeCode.Int64 => DType.Int64,
        TypeCode.Boolean => DType.Bool,
        TypeCode.Byte => DType.UInt8,
        _ => throw new NotSupportedException($"A tensor of {typeof(T).Name} is not supported; use float, double, int, long, bool or byte."),
    };
}
