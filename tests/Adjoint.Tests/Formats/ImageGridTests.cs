using Xunit;

namespace Adjoint.Tests;

public sealed class ImageGridTests
{
    [Fact]
    public void Images_stand_row_by_row_with_grey_between_and_after_them()
    {
        var images = HostArray.FromDoubles(DType.UInt8, [3, 1, 2], [1, 2, 3, 4, 5, 6]);
        var grid = ImageGrid.Tile(images, columns: 2, gap: 1);
        Assert.Equal("uint8[3, 5]", grid.ToString());
        const byte g = 128;
        Assert.Equal([1, 2, g, 3, 4, g, g, g, g, g, 5, 6, g, g, g], grid.Bytes.ToArray());
    }

    [Fact]
    public void Numbers_become_greys_between_low_and_high()
    {
        var images = HostArray.FromDoubles(DType.Float32, [1, 1, 5], [-2, -1, 0, 1, double.NaN]);
        Assert.Equal([0, 0, 128, 255, 0], ImageGrid.Tile(images, low: -1, high: 1).Bytes.ToArray());
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(5, 2, 3)]
    [InlineData(9, 3, 3)]
    [InlineData(10, 3, 4)]
    public void Without_columns_it_is_about_square(int count, int down, int across)
    {
        foreach (int[] form in new int[][] { [count, 4, 6], [count, 4, 6, 3] })
        {
            var grid = ImageGrid.Tile(new(DType.Float32, form), gap: 0);
            Assert.Equal([down * 4, across * 6], grid.Shape[..2].ToArray());
            Png.Write(new MemoryStream(), grid);
        }
    }

    [Fact]
    public void What_is_no_stack_of_images_is_refused()
    {
        Assert.Throws<ShapeException>(() => ImageGrid.Tile(new(DType.UInt8, 2, 2)));
        Assert.Throws<ShapeException>(() => ImageGrid.Tile(new(DType.UInt8, 2, 2, 2, 2)));
        Assert.Throws<ShapeException>(() => ImageGrid.Tile(new(DType.UInt8, 0, 2, 2)));
    }
}
