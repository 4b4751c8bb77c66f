using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Adjoint.Tests;

public sealed class TypeTests
{
    static readonly Assembly[] Assemblies = [typeof(Parser).Assembly, typeof(Cli.Application).Assembly];

    [Fact]
    public void A_class_is_sealed_abstract_or_static() => Assert.Empty(
        Types().Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract).Select(t => t.FullName));

    [Fact]
    public void Names_say_what_a_type_is()
    {
        string[] ragBags = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Manager", "Misc", "Common"];
        Assert.DoesNotContain(Types(), t => ragBags.Any(b => t.Name.EndsWith(b, StringComparison.Ordinal)));
    }

    [Fact]
    public void Public_names_do_not_repeat_those_every_file_imports()
    {
        var imported = new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading",
            "System.Threading.Tasks" };
        var taken = new[] { typeof(object), typeof(Enumerable), typeof(HashSet<int>), typeof(File), typeof(Stack<int>),
            typeof(Barrier) }
            .SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => imported.Contains(t.Namespace))
            .Select(t => t.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(typeof(Parser).Assembly.GetExportedTypes(), t => taken.Contains(t.Name));
    }

    static IEnumerable<Type> Types() => Assemblies.SelectMany(a => a.GetTypes())
        .Where(t => !t.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            && !t.Name.Contains('<', StringComparison.Ordinal));
}
