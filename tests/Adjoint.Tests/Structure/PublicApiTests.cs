using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Adjoint.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_on_file() =>
        Repository.AssertGolden(string.Join('\n', Exported().Select(Text)) + "\n", "tests", "Adjoint.Tests", "Structure", "PublicApi.txt");

    [Fact]
    public void Every_public_type_is_in_the_glossary()
    {
        var glossary = Repository.Read("docs", "glossary.md");
        Assert.All(Exported(), t => Assert.Contains($"`{t.Name.Split('`')[0]}`", glossary, StringComparison.Ordinal));
    }

    static IEnumerable<Type> Exported() =>
        typeof(Parser).Assembly.GetExportedTypes().Where(t => !t.IsNested && !IsGenerated(t)).OrderBy(t => t.Name, StringComparer.Ordinal);

    // A type, then its members in order of name: enough to see in a review what a change adds or takes away.
    static string Text(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : "sealed class";
        var basis = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? $" : {Name(b)}" : "";
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> members = type.IsEnum ? Enum.GetNames(type)
            : type.GetMembers(Own).Where(m => !IsGenerated(m)).Select(Text).Where(t => t.Length > 0).Distinct().Order(StringComparer.Ordinal);
        return $"{kind} {Name(type)}{basis}\n" + string.Concat(members.Select(m => $"  {m}\n"));
    }

    static string Text(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo { GetMethod: { IsPublic: true } get } property =>
            $"{Static(get.IsStatic)}{Name(property.PropertyType)} {property.Name}{Accessors(property)}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : Static(field.IsStatic))}{Name(field.FieldType)} {field.Name}",
        MethodInfo { IsSpecialName: false } method when !IsOfRecord(method) =>
            $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        MethodInfo { IsSpecialName: true } method when method.Name.StartsWith("op_", StringComparison.Ordinal) && !IsOfRecord(method) =>
            $"static {Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        _ => "",
    };

    static string Static(bool isStatic) => isStatic ? "static " : "";

    static string Accessors(PropertyInfo property) => property.SetMethod is not { IsPublic: true } set ? ""
        : set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " { init }" : " { set }";

    static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? " = …" : "")}"));

    static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    // What the compiler writes for records and what every object has says nothing.
    static bool IsOfRecord(MethodInfo method) => method.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "<Clone>$"
        or "op_Equality" or "op_Inequality" or "GetEnumerator";

    static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && member is not PropertyInfo || member.Name == "EqualityContract";
}
