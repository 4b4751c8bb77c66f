using System.Collections;
using System.Text.RegularExpressions;
using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

public sealed partial class EnvironmentSettingsTests
{
    [Fact]
    public void Only_variables_of_this_program_are_listed() =>
        Assert.Equal(["ADJOINT_TRACE"], Of(("ADJOINT_TRACE", "1"), ("PATH", "/bin")).Select(s => s.Name));

    [Fact]
    public void A_setting_that_is_in_force_has_no_problem() =>
        Assert.All(Of(("ADJOINT_THREADS", "2"), ("ADJOINT_BACKEND", "reference"), ("ADJOINT_DEBUG", "1")),
            s => Assert.Null(s.Problem));

    [Theory]
    [InlineData("ADJOINT_THREADS", "two", "no number from 1 to 1024: it is ignored")]
    [InlineData("ADJOINT_THREADS", "0", "no number from 1 to 1024: it is ignored")]
    [InlineData("ADJOINT_BACKEND", "gpu", "only 'reference' has a meaning: it is ignored")]
    [InlineData("ADJOINT" + "_THREAD", "2", "nothing reads it; a near name is ADJOINT_THREADS")]
    public void A_setting_that_does_nothing_says_why(string name, string value, string problem) =>
        Assert.Equal(problem, Assert.Single(Of((name, value))).Problem);

    [Fact]
    public void The_document_lists_what_is_known() => Assert.Equal(EnvironmentSettings.Known.Order(),
        Name().Matches(Repository.Read("docs/env.md")).Select(m => m.Value).Distinct().Order());

    static List<EnvironmentSetting> Of(params (string Name, string Value)[] variables) =>
        EnvironmentSettings.Of(new Hashtable(variables.ToDictionary(v => v.Name, v => v.Value)));

    [GeneratedRegex("ADJOINT_[A-Z]+")]
    private static partial Regex Name();
}
