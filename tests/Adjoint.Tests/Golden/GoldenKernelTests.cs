using System.Reflection;
using Xunit;

namespace Adjoint.Tests;

/// <summary>Every golden case again, on kernels.</summary>
public sealed class GoldenKernelTests
{
    public static TheoryData<string> Cases => [.. typeof(GoldenKernelTests).Assembly.GetTypes()
        .Where(t => t.Name.EndsWith("GoldenTests", StringComparison.Ordinal))
        .SelectMany(t => t.GetMethods().Where(m => m.DeclaringType == t && m.GetCustomAttribute<FactAttribute>() is not null)
            .Select(m => $"{t.Name}.{m.Name}")).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_holds_in_double(string name) => Run(name, DType.Float64);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_holds_in_single(string name) => Run(name, DType.Float32);

    static void Run(string name, DType type)
    {
        var parts = name.Split('.');
        var owner = typeof(GoldenKernelTests).Assembly.GetType($"{nameof(Adjoint)}.{nameof(Tests)}.{parts[0]}")!;
        var method = owner.GetMethod(parts[1])!;
        using var scope = GoldenBackend.Use(type);
        foreach (var arguments in Arguments(owner, method))
            method.Invoke(Activator.CreateInstance(owner), BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    static IEnumerable<object?[]> Arguments(Type owner, MethodInfo method)
    {
        if (method.GetCustomAttribute<MemberDataAttribute>() is not { } data) return [[]];
        var rows = (System.Collections.IEnumerable)owner.GetProperty(data.MemberName)!.GetValue(null)!;
        return rows.Cast<ITheoryDataRow>().Select(r => r.GetData());
    }
}
