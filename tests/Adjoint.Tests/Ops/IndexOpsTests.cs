using Xunit;

namespace Adjoint.Tests;

public sealed class IndexOpsTests
{
    static readonly NdArray Table = Numbers.Count(4, 2); // row v is 2v, 2v + 1

    [Fact]
    public void Gathering()
    {
        Numbers.Equal(Numbers.Of([2, 1, 2], 6, 7, 2, 3), Forward.Of("embedding", Table, Numbers.Of([2, 1], 3, 1)));
        Numbers.Equal(Numbers.Of([2, 2], 6, 7, 0, 0),
            Forward.Of("embedding_padded", [("padding", 1)], Table, NdArray.Vector(3, 1)));
        Numbers.Equal(Numbers.Of([1, 2], 8, 10), Forward.Of("embedding_bag", Table, Numbers.Of([1, 2], 3, 1)));
        Numbers.Equal(Numbers.Of([2, 2], 4, 5, 4, 5), Forward.Of("gather_rows", Table, NdArray.Vector(2, 2)));
        Numbers.Equal(Numbers.Of([4, 1], 1, 3, 5, 7), Forward.Of("gather_columns", Table, NdArray.Vector(1)));
        Numbers.Equal(Numbers.Of([2, 2], 1, 0, 3, 3),
            Forward.Of("gather_elements", Numbers.Count(2, 2), Numbers.Of([2, 2], 1, 0, 1, 1)));
        Numbers.Equal(NdArray.Vector(1, 2), Forward.Of("pick", Numbers.Count(2, 2), NdArray.Vector(1, 0)));
        Numbers.Equal(NdArray.Vector(7, 2),
            Forward.Of("gather_pairs", Table, NdArray.Vector(3, 1), NdArray.Vector(1, 0)));
        Numbers.Equal(Numbers.Of([2, 3], 0, 0, 1, 1, 0, 0),
            Forward.Of("one_hot", [("classes", 3)], NdArray.Vector(2, 0)));
    }

    [Fact]
    public void Scattering()
    {
        var rows = Numbers.Of([2, 2], 50, 51, 60, 61);
        Numbers.Equal(Numbers.Of([4, 2], 60, 61, 2, 3, 4, 5, 50, 51),
            Forward.Of("scatter_rows", Table, NdArray.Vector(3, 0), rows));
        Numbers.Equal(Numbers.Of([4, 2], 0, 1, 112, 115, 4, 5, 6, 7),
            Forward.Of("scatter_add_rows", Table, NdArray.Vector(1, 1), rows));
        Numbers.Equal(Numbers.Of([2, 2], 9, 1, 2, 8),
            Forward.Of("scatter_elements", Numbers.Count(2, 2), Numbers.Of([2, 1], 0, 1), Numbers.Of([2, 1], 9, 8)));
        Numbers.Equal(Numbers.Of([2, 2], 17, 1, 2, 3),
            Forward.Of("scatter_add_elements", Numbers.Count(2, 2), Numbers.Of([2, 2], 0, 0, 1, 1),
            Numbers.Of([2, 2], 9, 8, 0, 0)));
    }

    [Fact]
    public void Segments_and_counts()
    {
        var segment = NdArray.Vector(2, 0, 2, 2);
        Numbers.Equal(Numbers.Of([3, 2], 2, 3, 0, 0, 10, 13), Forward.Of("segment_sum", Table, segment));
        Numbers.Equal(Numbers.Of([3, 2], 2, 3, 0, 0, 10 / 3.0, 13 / 3.0), Forward.Of("segment_mean", Table, segment));
        Numbers.Equal(NdArray.Vector(1, 0, 3), Forward.Of("counts", [("classes", 3)], segment));
    }

    [Fact]
    public void A_position_outside_is_an_error() =>
        Assert.Throws<LoopRunException>(() => Forward.Of("embedding", Table, NdArray.Vector(4)));

    [Fact]
    public void Overwriting_one_row_twice_is_an_error() =>
        Assert.Throws<LoopRunException>(() => Forward.Of("scatter_rows", Table, NdArray.Vector(1, 1),
            Numbers.Count(2, 2)));
}
