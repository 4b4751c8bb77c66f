using Xunit;

namespace Adjoint.Tests;

public sealed class ExampleTests
{
    public static TheoryData<string> Files => [.. Repository.Files("examples", "*.loops")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_program_of_an_example_holds_what_an_op_must(string file)
    {
        foreach (var program in Parser.ParseAll(Repository.Read(file)))
        {
            var result = Verification.Of(program, new() { Inputs = new() { MinSize = 2, MaxSize = 3 } });
            Assert.True(result.Passed, result.ToString());
        }
    }
}
