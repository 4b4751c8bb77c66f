namespace Adjoint;

// Writes a kernel statement by statement, in the order in which it will run. Vector loops, masked ends and accumulators
// are CodeBuilder.Loops.cs; the functions of the notation (Exp, Tanh …) are extensions in Math/.

/// <summary>Makes kernel code.</summary>
sealed partial class CodeBuilder(string name, CodeTarget target)
{
    readonly List<CodeParameter> parameters = [];
    readonly List<CodeRow> rows = [];
    readonly HashSet<string> names = [.. Keywords];
    readonly Dictionary<string, int> numbers = []; // the one that each name was given last
    readonly HashSet<CodeLocal> variables = [];
    List<CodeStatement> block = [];
    Dictionary<(string What, CodeLocal Of), CodeExpr> computed = []; // in the block and those around it

    public CodeTarget Target { get; } = target;

    /// <summary>First index of the outermost axis that a call of the kernel does.</summary>
    public CodeLocal Begin { get; } = new("begin", CodeType.Int64);

    /// <summary>The index after the last one.</summary>
    public CodeLocal End { get; } = new("end", CodeType.Int64);

    /// <summary>The next buffer of the call: a pointer to its cells.</summary>
    public CodeLocal Buffer(string name, Element element) => Parameter(name, new CodeType(element, 1, IsPointer: true));

    /// <summary>The next integer of the call: a size, a stride.</summary>
    public CodeLocal Integer(string name) => Parameter(name, CodeType.Int64);

    /// <summary>The next number of the call, in the type the kernel computes in.</summary>
    public CodeLocal Number(string name, Element element) => Parameter(name, new CodeType(element));

    /// <summary>Cells that each call has for itself; a few KB, for they lie on the stack.</summary>
    public CodeLocal Row(string name, Element element, long count)
    {
        var type = new CodeType(element, 1, IsPointer: true);
        var local = new CodeLocal(Unique(name), type);
        rows.Add(new(local, new(Unique($"{name}_row"), type), count));
        return local;
    }

    /// <summary>A name for a value that is used more than once; names and numbers stay what they are.</summary>
    public CodeExpr Let(string name, CodeExpr value) =>
        value is CodeConstant or CodeLocal && !IsVariable(value) ? value : Declare(name, value);

    /// <summary>A value that several functions of one number need: computed the first time they ask, in a block and those
    /// inside it.</summary>
    public CodeExpr Once(string what, CodeExpr of, Func<CodeExpr> compute)
    {
        if (of is not CodeLocal local || IsVariable(local)) return compute();
        if (computed.TryGetValue((what, local), out var known)) return known;
        return computed[(what, local)] = Let(what, compute());
    }

    /// <summary>A local that <see cref="Assign"/> may change.</summary>
    public CodeLocal Variable(string name, CodeExpr initial)
    {
        var local = Declare(name, initial);
        variables.Add(local);
        return local;
    }

    public void Assign(CodeLocal variable, CodeExpr value) =>
        block.Add(new CodeAssign(variable, Code.Typed(value, variable.Type), IsDeclaration: false));

    /// <summary>pointer[index] = value; a vector fills the cells from there on.</summary>
    public void Store(CodeExpr pointer, CodeExpr index, CodeExpr value, CodeExpr? mask = null)
    {
        if (value is CodeConstant { IsUntyped: true } number)
            value = number.Retyped(new CodeType(pointer.Type.Element));
        if (!pointer.Type.IsPointer || pointer.Type.Element != value.Type.Element)
            throw Throw.Internal($"kernel code stores {value.Type} through {pointer.Type}");
        block.Add(new CodeStore(pointer, Code.Typed(index, CodeType.Int64), value, mask));
    }

    /// <summary>A counted loop: for (i = from; i &lt; to; i += step).</summary>
    public void For(string name, CodeExpr from, CodeExpr to, Action<CodeExpr> body, long step = 1)
    {
        var end = Let($"{name}_end", Code.Typed(to, CodeType.Int64));
        var counter = new CodeLocal(Unique(name), CodeType.Int64);
        block.Add(new CodeLoop(counter, Code.Typed(from, CodeType.Int64), end, step, Block(() => body(counter))));
    }

    public void If(CodeExpr condition, Action then, Action? otherwise = null)
    {
        if (condition.Type != CodeType.Bool) throw Throw.Internal($"kernel code branches on {condition.Type}");
        block.Add(new CodeBranch(condition, Block(then), otherwise is null ? [] : Block(otherwise)));
    }

    /// <summary>Asks for the cache line of pointer[index], which need not exist.</summary>
    public void Prefetch(CodeExpr pointer, CodeExpr index, bool isNear)
    {
        if (Target.HasPrefetch) block.Add(new CodePrefetch(pointer, Code.Typed(index, CodeType.Int64), isNear));
    }

    public void Remark(string text) => block.Add(new CodeRemark(text));

    /// <summary>Integer division that rounds down, as indices of the notation do.</summary>
    public CodeExpr FloorDivide(CodeExpr a, CodeExpr b)
    {
        a = Let("dividend", Code.Typed(a, CodeType.Int64));
        b = Let("divisor", Code.Typed(b, CodeType.Int64));
        if (b is CodeConstant { Integer: > 0 } constant && long.IsPow2(constant.Integer))
            return a >> (int)long.Log2(constant.Integer);
        var quotient = Let("quotient", a / b);
        var rest = Let("rest", a - quotient * b);
        return quotient - Code.Select(Code.NotEqual(rest, 0) & (rest ^ b) < 0, Code.Constant(CodeType.Int64, 1), 0);
    }

    /// <summary>What is left of <see cref="FloorDivide"/>: it has the sign of the divisor.</summary>
    public CodeExpr FloorRemainder(CodeExpr a, CodeExpr b)
    {
        a = Let("dividend", Code.Typed(a, CodeType.Int64));
        b = Let("divisor", Code.Typed(b, CodeType.Int64));
        return a - FloorDivide(a, b) * b;
    }

    public KernelCode Build() => new(name, Target, parameters, Begin, End, block) { Rows = rows };

    /// <summary>The statements that an action writes, apart from those around them.</summary>
    List<CodeStatement> Block(Action write)
    {
        var (outer, known) = (block, computed);
        (block, computed) = ([], new(known));
        write();
        var inner = block;
        (block, computed) = (outer, known);
        return inner;
    }

    bool IsVariable(CodeExpr value) => value is CodeLocal local && variables.Contains(local);

    CodeLocal Declare(string name, CodeExpr value)
    {
        var local = new CodeLocal(Unique(name), value.Type);
        block.Add(new CodeAssign(local, value, IsDeclaration: true));
        return local;
    }

    CodeLocal Parameter(string name, CodeType type)
    {
        var local = new CodeLocal(Unique(name), type);
        parameters.Add(new(local, parameters.Count(p => Kind(p.Local.Type) == Kind(type))));
        return local;

        static int Kind(CodeType type) => type.IsPointer ? 0 : type.IsInteger ? 1 : 2;
    }

    // w' becomes w_new; a name taken already gets a number. Unique in the whole kernel, because C# wants it so.
    string Unique(string name)
    {
        var spelled = name.Replace("'", "_new", StringComparison.Ordinal);
        var plain = string.Concat(spelled.Where(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        if (plain is "" || char.IsAsciiDigit(plain[0])) plain = "v" + plain;
        if (names.Add(plain)) return plain;
        var stem = char.IsAsciiDigit(plain[^1]) ? plain + "_" : plain;
        var number = numbers.GetValueOrDefault(stem, 1);
        while (!names.Add($"{stem}{++number}")) { }
        numbers[stem] = number;
        return $"{stem}{number}";
    }

    static readonly string[] Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const",
        "continue", "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern",
        "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface",
        "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params",
        "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof",
        "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint",
        "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        "begin", "end", "buffers", "integers", "numbers", "var",
    ];
}
