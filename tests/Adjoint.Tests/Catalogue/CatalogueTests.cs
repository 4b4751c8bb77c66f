using Xunit;

namespace Adjoint.Tests;

// A new op needs no line here: what it is tried on stands with its stanza.

public sealed class CatalogueTests
{
    public static TheoryData<string> Names => [.. Catalogue.Ops.Select(op => op.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_prints_and_parses_to_itself_and_its_gradients_of_both_orders_hold(string name)
    {
        var op = Catalogue.Find(name)!;
        Passes(op, new() { Seed = 1, Inputs = op.Inputs with { MinSize = 2, MaxSize = 3 } });
        Passes(op, new() { Seed = 2, Inputs = op.Inputs with { MinSize = 1, MaxSize = 3 } });
    }

    static void Passes(Op op, VerificationOptions options)
    {
        var result = Verification.Of(op.Program, options);
        Assert.True(result.Passed, result.ToString());
    }
}
