using System.Globalization;
using System.Xml.Linq;
using Xunit;

namespace Adjoint.Tests;

public sealed class LinePlotTests
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Every_series_is_a_line_with_a_name_in_the_legend()
    {
        var plot = new LinePlot { Title = "Loss <&> \"more\"", XLabel = "step", YLabel = "loss, nats" }
            .Add("train", [0, 1, 2], [3, 2, 1]).Add("test & <b>\u0001", [0, 1, 2], [3, 2.5, 2]);
        var svg = Parse(plot);
        Assert.Equal(2, svg.Descendants(Svg + "polyline").Count());
        var texts = svg.Descendants(Svg + "text").Select(t => t.Value).ToList();
        foreach (var text in new[] { "Loss <&> \"more\"", "step", "loss, nats", "train", "test & <b>?" }) Assert.Contains(text, texts);
    }

    [Fact]
    public void Larger_values_are_drawn_higher_and_further_right()
    {
        var places = Places(Parse(new LinePlot().Add("a", [1, 2, 4], [10, 20, 15])).Descendants(Svg + "polyline").Single());
        Assert.True(places[0].X < places[1].X && places[1].X < places[2].X);
        Assert.Equal(2, (places[2].X - places[1].X) / (places[1].X - places[0].X), 2);
        Assert.True(places[1].Y < places[2].Y && places[2].Y < places[0].Y); // y grows downwards
    }

    [Fact]
    public void On_a_logarithmic_axis_equal_factors_have_equal_length()
    {
        var plot = new LinePlot { IsXLog = true, IsYLog = true }.Add("a", [1, 10, 1000, -5, 0], [1e-8, 1e-4, 1, 1, 1]);
        var svg = Parse(plot);
        var places = Places(svg.Descendants(Svg + "polyline").Single());
        Assert.Equal(3, places.Count);
        Assert.Equal(2, (places[2].X - places[1].X) / (places[1].X - places[0].X), 2);
        Assert.Equal(places[1].Y - places[0].Y, places[2].Y - places[1].Y, 1);
        var texts = svg.Descendants(Svg + "text").Select(t => t.Value).ToList();
        foreach (var mark in new[] { "1", "10", "100", "1000", "1e-4", "1e-8" }) Assert.Contains(mark, texts);
    }

    [Theory]
    [InlineData(0, 1, "0.0", "0.2", "1.0")]
    [InlineData(-3, 5, "-2", "0", "4")]
    [InlineData(0, 60000, "0", "10000", "60000")]
    [InlineData(0.001, 0.0012, "0.00100", "0.00105", "0.00120")]
    [InlineData(1e7, 3e7, "1e7", "1.5e7", "3e7")]
    [InlineData(5, 5, "3", "5", "7")]
    public void Marks_are_round(double least, double largest, params string[] expected)
    {
        var marks = PlotAxis.Over([least, largest], false, 0, 100).Marks();
        Assert.InRange(marks.Count, 3, 12);
        Assert.All(expected, text => Assert.Contains(text, marks.Select(m => m.Text)));
        Assert.All(marks, m => Assert.Equal(m.Value, double.Parse(m.Text, CultureInfo.InvariantCulture),
            Math.Abs(largest) * 1e-3));
    }

    [Fact]
    public void A_value_that_is_no_number_is_a_gap()
    {
        var svg = Parse(new LinePlot().Add("a", [0, 1, 2, 3, 4, 5], [1, 2, double.NaN, 3, double.PositiveInfinity, 4]));
        Assert.Single(svg.Descendants(Svg + "polyline")); // 1 and 2; 3 and 4 stand alone
        Assert.Equal(4, svg.Descendants(Svg + "circle").Count());
    }

    [Fact]
    public void Plots_without_values_and_with_one_value_are_drawn()
    {
        Parse(new LinePlot());
        Parse(new LinePlot { IsXLog = true, IsYLog = true }.Add("a", [], []).Add("b", [-1], [double.NaN]));
        Parse(new LinePlot { IsYLog = true }.Add("a", [7], [7]));
    }

    [Fact]
    public void A_long_series_keeps_its_shape_and_makes_a_small_file()
    {
        const int count = 200_000;
        var x = Enumerable.Range(0, count).Select(i => (double)i).ToArray();
        var y = Array.ConvertAll(x, v => v == 123_456 ? 50 : Math.Sin(v));
        var text = new LinePlot().Add("a", x, y).ToSvg();
        Assert.InRange(text.Length, 10_000, 60_000);
        var places = Places(XDocument.Parse(text).Descendants(Svg + "polyline").Single());
        Assert.InRange(places.Min(p => p.Y), 44, 65); // the one peak is still there
        Assert.Single(places, p => p.Y < 200);
    }

    [Fact]
    public void Numbers_have_no_comma_in_any_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var plot = new LinePlot().Add("a", [0.25, 1.5], [0.125, 2.5]);
        var text = plot.ToSvg();
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(text, plot.ToSvg());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Lists_of_two_lengths_are_refused()
    {
        var error = Assert.Throws<ShapeException>(() => new LinePlot().Add("a", [1, 2], [1]));
        Assert.Equal("LinePlot.Add: 'a' has 2 values of x and 1 of y.", error.Message);
    }

    [Fact]
    public void The_file_is_the_text()
    {
        using var folder = new ScratchFolder();
        var plot = new LinePlot { Title = "ü" }.Add("a", [1, 2], [3, 4]);
        plot.Write(folder.PathOf("a.svg"));
        Assert.Equal(plot.ToSvg(), File.ReadAllText(folder.PathOf("a.svg")));
    }

    static XDocument Parse(LinePlot plot) => XDocument.Parse(plot.ToSvg());

    static List<(double X, double Y)> Places(XElement line) => [.. line.Attribute("points")!.Value.Split(' ').Select(p =>
        (double.Parse(p.Split(',')[0], CultureInfo.InvariantCulture), double.Parse(p.Split(',')[1], CultureInfo.InvariantCulture)))];
}
