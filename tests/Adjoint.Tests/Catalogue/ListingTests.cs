using System.Reflection;
using Xunit;

namespace Adjoint.Tests;

public sealed class ListingTests
{
    [Fact]
    public void Every_stanza_is_listed()
    {
        var stanzas = typeof(Op).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(Op))
            .Select(f => (Op)f.GetValue(null)!)
            .ToList();
        Assert.NotEmpty(stanzas);
        Assert.Empty(stanzas.Except(Catalogue.Ops).Select(op => op.Name));
    }

    [Fact]
    public void No_two_ops_have_one_name() =>
        Assert.Empty(Catalogue.Ops.GroupBy(op => op.Name).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void An_op_is_found_by_the_name_its_text_begins_with()
    {
        Assert.Same(SoftmaxOps.Softmax, Catalogue.Find("softmax"));
        Assert.Null(Catalogue.Find("no_such_op"));
        Assert.All(Catalogue.Ops, op => Assert.Equal(op.Name, op.Program.Name));
    }

    [Fact]
    public void What_an_op_is_tried_on_exists_in_it() => Assert.All(Catalogue.Ops, op =>
    {
        var program = op.Program;
        Assert.All(op.Inputs.Domains.Keys, operand => Assert.NotNull(program.FindOperand(operand)));
        Assert.All(op.Inputs.Attributes?.Keys ?? [], name => Assert.Contains(program.Attributes, a => a.Name == name));
        Assert.All(op.Inputs.Sizes.Keys,
            axis => Assert.Contains(axis, program.Operands.SelectMany(o => o.Dims).SelectMany(d => d.Axes)));
    });
}
