using Xunit;

namespace Adjoint.Tests;

public sealed class DatasetTests
{
    [Fact]
    public void Arrays_give_their_rows()
    {
        var data = new ArrayDataset("pairs", ("x", HostArray.FromDoubles(DType.Float32, [3, 2], [1, 2, 3, 4, 5, 6])),
            ("y", HostArray.FromDoubles(DType.Int16, [3], [7, 8, 9])));
        Assert.Equal("pairs: 3 x (x float32[2], y int16[])", data.ToString());
        Span<byte> row = stackalloc byte[8];
        data.Fill(1, 0, row);
        Assert.Equal([3, 4], new HostArray(DType.Float32, [2], row.ToArray()).ToDoubles());
        data.Fill(2, 1, row[..2]);
        Assert.Equal(9, row[0]);
        var error = Assert.Throws<ShapeException>(() => new ArrayDataset("pairs", ("x", new(DType.Int8, 3)), ("y", new(DType.Int8, 2))));
        Assert.Equal("Data set 'pairs': the fields hold different numbers of examples.\n  x  int8[3]\n  y  int8[2]", error.Message);
    }

    [Fact]
    public void Bytes_become_numbers_from_0_to_1()
    {
        var images = HostArray.FromDoubles(DType.UInt8, [2, 1, 3], [0, 51, 255, 1, 2, 3]);
        var data = new ImageDataset("tiny", images, HostArray.FromDoubles(DType.UInt8, [2, 1], [1, 0]), ["a", "b"]);
        Assert.Equal([0, 0.2f, 1], Pixels(data, 0));
        Assert.Equal([1, 0], data.Labels.ToArray());
        Assert.Equal(1, data.LabelOf(0));
        Assert.Equal("Data set 'tiny': there is a label 1, and classes 0 to 0.", Assert.Throws<DataException>(() =>
            new ImageDataset("tiny", images, HostArray.FromDoubles(DType.UInt8, [2], [1, 0]), ["a"])).Message);
        Assert.Throws<DataException>(() => new ImageDataset("tiny", images, new(DType.UInt8, 3), ["a"]));

        static float[] Pixels(Dataset data, int example)
        {
            var bytes = new byte[data.Fields[0].ByteCount];
            data.Fill(example, 0, bytes);
            return [.. new HostArray(DType.Float32, [3], bytes).ToDoubles().Select(v => (float)v)];
        }
    }

    [Fact]
    public void A_split_keeps_the_share_of_every_class()
    {
        var data = new CountingDataset(100); // labels 0, 1, 2: 34, 33 and 33 times
        var (first, second) = data.Split(0.3, seed: 4);
        Assert.Equal([10, 10, 10], Classes(first));
        Assert.Equal([24, 23, 23], Classes(second));
        Assert.Equal(Enumerable.Range(0, 100), Numbers(first).Concat(Numbers(second)).Order());
        Assert.Equal(Numbers(first), Numbers(data.Split(0.3, seed: 4).First));
        Assert.NotEqual(Numbers(first), Numbers(data.Split(0.3, seed: 5).First));
        Assert.Equal(Numbers(first).Order(), Numbers(first));
        Assert.Equal(0, data.Split(0, 1).First.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Split(1.1, 1));
    }

    [Fact]
    public void A_balanced_part_has_as_many_of_every_class()
    {
        var data = new CountingDataset(100);
        var (balanced, rest) = data.Balanced(7, seed: 2);
        Assert.Equal([7, 7, 7], Classes(balanced));
        Assert.Equal(79, rest.Count);
        Assert.Empty(Numbers(balanced).Intersect(Numbers(rest)));
        Assert.Equal("Data set 'counting': a class has 33 examples, not 34.", Assert.Throws<DataException>(() => data.Balanced(34, 1)).Message);
    }

    [Fact]
    public void Parts_of_parts_name_their_way()
    {
        var part = new CountingDataset(10).Slice(2, 5, "middle").Subset([4, 0, 0], "three");
        Assert.Equal("counting/middle/three", part.Name);
        Assert.Equal([6, 2, 2], Numbers(part));
        Assert.Throws<ArgumentOutOfRangeException>(() => part.Subset([3], "none"));
        Assert.Equal("Data set 'counting/middle/three' has no field 'sound'.\n  fields  image, number, label",
            Assert.Throws<DataException>(() => part.FieldOf("sound")).Message);
    }

    [Fact]
    public void Characters_are_numbered_by_their_codes_and_pieces_follow_each_other()
    {
        var alphabet = Alphabet.Of("hello world");
        Assert.Equal(" dehlorw", string.Concat(alphabet.Characters));
        Assert.Equal("old", alphabet.Decode(alphabet.Encode("old")));
        Assert.Equal("Alphabet.Encode: 'x' (U+0078) at 1 is not among the 8 characters.",
            Assert.Throws<DataException>(() => alphabet.Encode("exit")).Message);
        var windows = new TokenWindows("text", alphabet.Encode("hello world"), 4);
        Assert.Equal(2, windows.Count);
        using var loader = new Loader(windows, 2) { IsShuffled = false };
        var batch = loader.Next();
        Assert.Equal("hello wo", alphabet.Decode(batch["input"].ToArray<int>()));
        Assert.Equal("ello wor", alphabet.Decode(batch["target"].ToArray<int>()));
        Assert.Equal(7, new TokenWindows("text", alphabet.Encode("hello world"), 4, stride: 1).Count);
        Assert.Throws<DataException>(() => new TokenWindows("text", [1, 2], 2));
    }

    static List<int> Numbers(Dataset data)
    {
        var numbers = new List<int>();
        var bytes = new byte[8];
        for (var example = 0; example < data.Count; example++)
        {
            data.Fill(example, 1, bytes);
            numbers.Add((int)BitConverter.ToInt64(bytes));
        }
        return numbers;
    }

    static List<int> Classes(Dataset data) =>
        [.. Enumerable.Range(0, data.Count).GroupBy(data.LabelOf).OrderBy(g => g.Key).Select(g => g.Count())];
}
