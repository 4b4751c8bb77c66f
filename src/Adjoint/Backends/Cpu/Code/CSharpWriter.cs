using System.Text;

namespace Adjoint;

// Kernel code as C# that a person reads and the compiler accepts as it stands. The kernel's own vector width is named
// only where it must be (using static); expressions are CSharpWriter.Expressions.cs.

/// <summary>Writes kernel code as C#.</summary>
sealed partial class CSharpWriter
{
    readonly KernelCode kernel;
    readonly StringBuilder text = new();
    readonly Type? width;
    int depth;

    CSharpWriter(KernelCode kernel)
    {
        this.kernel = kernel;
        var bits = kernel.Target.VectorBits;
        width = bits == 0 ? null : new CodeType(Element.Int32, bits / 32).VectorClass;
    }

    /// <summary>A static class of the kernel's name with one method, Run, a <see cref="KernelEntry"/>.</summary>
    public static string Print(KernelCode kernel)
    {
        var writer = new CSharpWriter(kernel);
        writer.Write();
        return writer.text.ToString();
    }

    void Write()
    {
        Line("using System;");
        Line("using System.Runtime.Intrinsics;");
        Line("using System.Runtime.Intrinsics.X86;");
        if (width is not null) Line($"using static System.Runtime.Intrinsics.{width.Name};");
        Line("");
        Line($"static unsafe class {ClassName(kernel.Name)}");
        Line("{");
        depth++;
        Line("public static void Run(void** buffers, long* integers, double* numbers, long begin, long end)");
        Line("{");
        depth++;
        foreach (var (local, place) in kernel.Parameters)
        {
            var (type, cell) = (local.Type, $"[{place}]");
            Line(type.IsPointer ? $"var {local.Name} = ({Keyword(type.Element)}*)buffers{cell};"
                : type.IsInteger ? $"var {local.Name} = integers{cell};"
                : $"var {local.Name} = {(type == CodeType.Float ? "(float)" : "")}numbers{cell};");
        }
        foreach (var row in kernel.Rows)
        {
            var (cell, name, alignment) = (Keyword(row.Local.Type.Element), row.Raw.Name, CodeRow.Alignment);
            Line($"var {name} = stackalloc {cell}[{row.Reserved}];");
            Line($"var {row.Local.Name} = ({cell}*)(((nint){name} + {alignment - 1}) & -{alignment});");
        }
        WriteAll(kernel.Body);
        depth--;
        Line("}");
        depth--;
        Line("}");
    }

    void WriteAll(IReadOnlyList<CodeStatement> block)
    {
        foreach (var statement in block) Write(statement);
    }

    void Write(CodeStatement statement)
    {
        switch (statement)
        {
            case CodeAssign assign:
                Line($"{(assign.IsDeclaration ? "var " : "")}{assign.Local.Name} = {Print(assign.Value)};");
                break;
            case CodeStore { Mask: not null } store:
                var type = store.Value.Type;
                var method = $"{ClassOf(Instructions.MaskedClass(type))}.MaskStore";
                Line($"{method}({Address(store.Pointer, store.Index)}, {As(store.Mask, type)}, {Print(store.Value)});");
                break;
            case CodeStore { Value.Type.IsVector: true } store:
                Line($"{Print(store.Value, Tight)}.Store({Address(store.Pointer, store.Index)});");
                break;
            case CodeStore store:
                Line($"{Print(store.Pointer, Tight)}[{PrintIndex(store.Index)}] = {Print(store.Value)};");
                break;
            case CodePrefetch prefetch:
                Line($"Sse.{Instructions.Prefetch(prefetch.IsNear).Name}({Address(prefetch.Pointer, prefetch.Index)});");
                break;
            case CodeLoop loop:
                var i = loop.Counter.Name;
                var step = loop.Step == 1 ? $"{i}++" : $"{i} += {loop.Step}";
                Line($"for (long {i} = {PrintIndex(loop.From)}; {i} < {PrintIndex(loop.To)}; {step})");
                WriteBlock(loop.Body);
                break;
            case CodeBranch branch:
                Line($"if ({Print(branch.Condition)})");
                WriteBlock(branch.Then);
                if (branch.Else.Count == 0) break;
                Line("else");
                WriteBlock(branch.Else);
                break;
            case CodeRemark remark: Line($"// {remark.Text}"); break;
        }
    }

    void WriteBlock(IReadOnlyList<CodeStatement> block)
    {
        Line("{");
        depth++;
        WriteAll(block);
        depth--;
        Line("}");
    }

    void Line(string line)
    {
        if (line.Length > 0) text.Append(' ', 4 * depth).Append(line);
        text.Append('\n');
    }

    /// <summary>layer_norm becomes LayerNorm.</summary>
    public static string ClassName(string name)
    {
        var letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' '));
        var words = letters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var plain = string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return plain.Length == 0 || char.IsAsciiDigit(plain[0]) ? $"Kernel{plain}" : plain;
    }

    static string Keyword(Element element) => element switch
    {
        Element.Float => "float",
        Element.Double => "double",
        Element.Int32 => "int",
        _ => "long",
    };
}
