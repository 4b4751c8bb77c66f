namespace Adjoint;

// What a kernel takes, read off its code: nothing is counted but what stands there, functions included, since those are
// kernel code too. Integers are followed as far as they are known, so loops have the turns they will have; what stands
// in a loop that one around it bounds counts at the middle of that. The instructions of an innermost loop pass through a
// core that keeps so many of them in flight and begins each when what it needs is there.

/// <summary>The least time of kernels on one core, while all cells lie near.</summary>
sealed class KernelClock
{
    /// <summary>What stands between two loops.</summary>
    record struct Tally(double Instructions, double Products, double Divisions, double Seconds)
    {
        public static Tally operator +(Tally a, Tally b) => new(a.Instructions + b.Instructions, a.Products + b.Products,
            a.Divisions + b.Divisions, a.Seconds + b.Seconds);

        public static Tally operator *(Tally a, double times) => new(a.Instructions * times, a.Products * times,
            a.Divisions * times, a.Seconds * times);
    }

    // Scalar functions of the framework and remainders, in instructions.
    const double OfCall = 40;

    // From the first cache to a register, in steps of a product.
    const double OfLoad = 1.5;

    readonly CoreSpeed core;
    readonly CodeTarget target;
    readonly Dictionary<CodeLocal, double?> values = [];
    readonly Dictionary<CodeLocal, double> ready = []; // when a local has its value
    readonly CoreFlow flow;

    KernelClock(CoreSpeed core, CodeTarget target) => (this.core, this.target, flow) = (core, target, new(core));

    /// <summary>Seconds of one call.</summary>
    /// <param name="integers">Null for those that are not known.</param>
    public static double Seconds(KernelCode kernel, CoreSpeed core, double begin, double end,
        IReadOnlyList<double?> integers, IReadOnlyList<double> numbers) =>
        Time(Run(kernel, core, begin, end, integers, numbers), core);

    static Tally Run(KernelCode kernel, CoreSpeed core, double begin, double end, IReadOnlyList<double?> integers,
        IReadOnlyList<double> numbers)
    {
        var clock = new KernelClock(core, kernel.Target);
        (clock.values[kernel.Begin], clock.values[kernel.End]) = (begin, end);
        foreach (var parameter in kernel.Parameters)
            if (parameter.Local.Type is { IsPointer: false } type)
                clock.values[parameter.Local] = type.IsInteger
                    ? parameter.Place < integers.Count ? integers[parameter.Place] : null
                    : parameter.Place < numbers.Count ? numbers[parameter.Place] : null;
        return clock.Of(kernel.Body);
    }

    static double Time(Tally tally, CoreSpeed core) => tally.Seconds
        + Math.Max(tally.Instructions * core.Instruction, tally.Products * core.Product) + tally.Divisions * core.Division;

    Tally Of(IReadOnlyList<CodeStatement> block)
    {
        var sum = new Tally();
        foreach (var statement in block) sum += Of(statement);
        return sum;
    }

    Tally Of(CodeStatement statement)
    {
        switch (statement)
        {
            case CodeAssign assign:
                if (assign.Local.Type is { IsVector: false, IsPointer: false, IsFloating: false }) values[assign.Local] = Value(assign.Value);
                return Of(assign.Value);
            case CodeStore store: return Of(store.Value) + OfAddress(store.Pointer, store.Index) + new Tally(1, 0, 0, 0);
            case CodePrefetch prefetch: return OfAddress(prefetch.Pointer, prefetch.Index) + new Tally(1, 0, 0, 0);
            case CodeBranch branch: return Of(branch.Condition) + new Tally(1, 0, 0, 0) + (Holds(branch.Condition) ? Of(branch.Then) : Of(branch.Else));
            case CodeLoop loop: return Of(loop);
            default: return default;
        }
    }

    // Where nobody knows: a test is passed, since tests are for what goes wrong.
    bool Holds(CodeExpr condition) => Value(condition) is { } known ? known != 0 : condition is not CodeOperation { Op: CodeOp.Not };

    Tally Of(CodeLoop loop)
    {
        var (from, to) = (Value(loop.From) ?? 0, Value(loop.To));
        var turns = to is { } end ? Math.Max(0, Math.Ceiling((end - from) / loop.Step - 1e-9)) : 1;
        if (turns == 0) return new(2, 0, 0, 0);
        values[loop.Counter] = from + loop.Step * (turns - 1) / 2;
        foreach (var assign in loop.Body.OfType<CodeAssign>().Where(a => !a.IsDeclaration)) values[assign.Local] = null;
        var body = Of(loop.Body) + new Tally(2, 0, 0, 0);
        if (loop.Body.Any(s => s is CodeLoop)) return body * turns;
        var least = Math.Max(body.Products * core.Product, body.Divisions * core.Division);
        return new(2, 0, 0, turns * Math.Max(least, Turn(loop, body.Instructions)));
    }

    // From one turn to the next, once as many are in flight as there ever are.
    double Turn(CodeLoop loop, double instructions)
    {
        var turns = (int)Math.Clamp(4 * core.Window / instructions, 4, 64);
        ready.Clear();
        flow.Clear();
        var half = 0.0;
        for (var turn = 0; turn < turns; turn++)
        {
            if (turn == turns / 2) half = flow.Now;
            Pass(loop.Body);
            flow.Next(0, 0, count: 2);
        }
        return (flow.Now - half) / (turns - turns / 2);
    }

    void Pass(IReadOnlyList<CodeStatement> block)
    {
        foreach (var statement in block)
            switch (statement)
            {
                case CodeAssign assign: ready[assign.Local] = Pass(assign.Value); break;
                case CodeStore store:
                    flow.Next(0, 0, OfAddress(store.Pointer, store.Index).Instructions);
                    flow.Next(Pass(store.Value), 0);
                    break;
                case CodePrefetch: flow.Next(0, 0); break;
                case CodeBranch branch:
                    Pass(branch.Condition);
                    Pass(Holds(branch.Condition) ? branch.Then : branch.Else);
                    break;
                default: break;
            }
    }

    // When the value is there.
    double Pass(CodeExpr expr)
    {
        switch (expr)
        {
            case CodeLocal local: return ready.GetValueOrDefault(local);
            case CodeLoad load:
                flow.Next(0, 0, OfAddress(load.Pointer, load.Index).Instructions);
                return flow.Next(0, OfLoad * core.Step);
            case CodeCall call: return flow.Next(call.Args.Max(Pass), OfCall * core.Instruction, OfCall);
            case CodeOperation operation:
                var latest = 0.0;
                foreach (var argument in operation.Args) latest = Math.Max(latest, Pass(argument));
                return Own(operation).Instructions is > 0 and var count ? flow.Next(latest, Steps(operation) * core.Step, count) : latest;
            default: return 0;
        }
    }

    // In steps of a product; whole numbers, bits and choices are there sooner.
    static double Steps(CodeOperation operation) => operation.Op switch
    {
        CodeOp.Divide or CodeOp.Sqrt => 3,
        CodeOp.Add or CodeOp.Subtract or CodeOp.Multiply or CodeOp.Fma or CodeOp.Convert or CodeOp.Floor or CodeOp.Permute
            or CodeOp.Alternate when operation.Type.IsFloating => 1,
        _ => 0.25,
    };

    Tally Of(CodeExpr expr)
    {
        switch (expr)
        {
            case CodeLoad load: return OfAddress(load.Pointer, load.Index) + new Tally(1, 0, 0, 0);
            case CodeCall call:
                return call.Args.Aggregate(new Tally(OfCall, 0, 0, 0), (sum, argument) => sum + Of(argument));
            case CodeOperation operation:
                var sum = new Tally();
                foreach (var argument in operation.Args) sum += Of(argument);
                return sum + Own(operation);
            default: return default;
        }
    }

    // The last sum and the last product of an address are part of the instruction that uses it.
    Tally OfAddress(CodeExpr pointer, CodeExpr index)
    {
        var all = Of(pointer) + Of(index);
        return all with { Instructions = Math.Max(0, all.Instructions - 2) };
    }

    Tally Own(CodeOperation operation) => operation.Op switch
    {
        CodeOp.Bits or CodeOp.Lower => default,
        CodeOp.Broadcast when operation.Args[0] is CodeLoad or CodeConstant => default,
        CodeOp.Divide when operation.Type.IsFloating => new(1, 0, 1, 0),
        CodeOp.Divide or CodeOp.Remainder => new(OfCall, 0, 0, 0),
        CodeOp.Sqrt => new(1, 0, 1, 0),
        CodeOp.Fma when target.HasFma => new(1, 1, 0, 0),
        CodeOp.Fma => new(2, 1, 0, 0),
        CodeOp.Multiply when operation.Type.IsFloating => new(1, 1, 0, 0),
        CodeOp.Pack when operation.Args.All(a => a is CodeConstant) => default,
        CodeOp.Pack => new(operation.Args.Length, 0, 0, 0),
        CodeOp.Any or CodeOp.Alternate => new(2, 0, 0, 0),
        CodeOp.Select when !operation.Type.IsVector => new(2, 0, 0, 0),
        _ => new(1, 0, 0, 0),
    };

    // Integers and truths, as far as they follow from what the caller gives.
    double? Value(CodeExpr expr)
    {
        if (expr is CodeConstant number) return number.Type.IsFloating ? number.Value : number.Integer;
        if (expr is CodeLocal local) return values.GetValueOrDefault(local);
        if (expr is not CodeOperation { Type: { IsVector: false, IsPointer: false } } operation) return null;
        var args = operation.Args;
        if (args.Length == 1)
            return Value(args[0]) is not { } one ? null : operation.Op switch
            {
                CodeOp.Convert => operation.Type.IsInteger ? Math.Truncate(one) : one,
                CodeOp.Negate => -one,
                CodeOp.Not => one == 0 ? 1 : 0,
                CodeOp.ShiftRight or CodeOp.ShiftRightLogical => Math.Floor(one / (1L << operation.Detail)),
                CodeOp.ShiftLeft => one * (1L << operation.Detail),
                _ => null,
            };
        if (operation.Op is CodeOp.Select) return Value(args[0]) is { } chosen ? Value(args[chosen != 0 ? 1 : 2]) : null;
        var (a, b) = (Value(args[0]), Value(args[1]));
        // A bound that only a run knows is one that something known bounds in turn.
        if (operation.Op is CodeOp.MinNative or CodeOp.MaxNative && (a is null || b is null)) return a ?? b;
        if (a is not { } x || b is not { } y) return null;
        return operation.Op switch
        {
            CodeOp.Add => x + y,
            CodeOp.Subtract => x - y,
            CodeOp.Multiply => x * y,
            CodeOp.Divide => y == 0 ? null : operation.Type.IsInteger ? Math.Truncate(x / y) : x / y,
            CodeOp.Remainder => y == 0 ? null : x - y * Math.Truncate(x / y),
            CodeOp.And => (long)Math.Floor(x) & (long)y,
            CodeOp.Or => (long)Math.Floor(x) | (long)y,
            CodeOp.Xor => (long)Math.Floor(x) ^ (long)y,
            CodeOp.Less => x < y ? 1 : 0,
            CodeOp.LessOrEqual => x <= y ? 1 : 0,
            CodeOp.Equal => x == y ? 1 : 0,
            CodeOp.NotEqual => x != y ? 1 : 0,
            CodeOp.MinNative => Math.Min(x, y),
            CodeOp.MaxNative => Math.Max(x, y),
            _ => null,
        };
    }
}
