namespace Adjoint;

/// <summary>Many images beside each other in one.</summary>
public static class ImageGrid
{
    /// <summary>Lays images row by row, with a gap of grey between them.</summary>
    /// <param name="images">[n, h, w] or [n, h, w, c] with c = 1, 3 or 4; uint8, or floating from
    /// <paramref name="low"/> (black) to <paramref name="high"/> (white), held at both ends.</param>
    /// <param name="columns">Images in a row; about as many as rows if it is not given.</param>
    /// <param name="gap">Pixels between two images.</param>
    /// <returns>uint8[h, w], or uint8[h, w, c] where c is not 1, as <see cref="Png.Write(string, HostArray)"/> takes it</returns>
    /// <exception cref="ShapeException">The array is no stack of images.</exception>
    public static HostArray Tile(HostArray images, int? columns = null, int gap = 2, double low = 0, double high = 1)
    {
        var shape = images.Shape;
        var channels = shape.Length == 4 ? shape[3] : 1;
        if (shape.Length is not (3 or 4) || channels is not (1 or 3 or 4) || images.Count == 0)
            throw new ShapeException($"ImageGrid.Tile: {images} is no stack of images.\n"
                + "  expected  [n, h, w] or [n, h, w, c] with 1, 3 or 4 channels", "images", [.. shape]);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        var (count, height, width) = (shape[0], shape[1], shape[2]);
        var across = Math.Clamp(columns ?? (int)Math.Ceiling(Math.Sqrt(count)), 1, count);
        var down = (count + across - 1) / across;
        var (gridHeight, gridWidth) = (down * (height + gap) - gap, across * (width + gap) - gap);
        var grid = channels == 1 ? new HostArray(DType.UInt8, gridHeight, gridWidth)
            : new HostArray(DType.UInt8, gridHeight, gridWidth, channels);
        grid.Bytes.Fill(128);
        var pixels = Bytes(images, low, high);
        var rowBytes = width * channels;
        for (var row = 0; row < count * height; row++)
        {
            var (image, y) = (row / height, row % height);
            var (top, left) = (image / across * (height + gap), image % across * (width + gap));
            pixels.Slice(row * rowBytes, rowBytes).CopyTo(grid.Bytes[(((top + y) * gridWidth + left) * channels)..]);
        }
        return grid;
    }

    static ReadOnlySpan<byte> Bytes(HostArray images, double low, double high)
    {
        if (images.Type == DType.UInt8) return images.Bytes;
        var scale = 255 / (high - low);
        return Array.ConvertAll(images.ToDoubles(), v => (byte)Math.Round(Math.Clamp((v - low) * scale, 0, 255)));
    }
}
