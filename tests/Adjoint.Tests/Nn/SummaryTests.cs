using System.Xml.Linq;
using Xunit;

namespace Adjoint.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void Multiply_adds_parameters_and_shapes_are_those_of_the_golden_case()
    {
        var golden = new GoldenCase("s1_cnn_params");
        foreach (var (isPooling, macs, shapes) in new[] { (true, "macs_pool", "shapes_pool"), (false, "macs_nopool", "shapes_nopool") })
        {
            var summary = new OctNet(isPooling: isPooling).Summary(1, 1, 28, 28);
            var layers = summary.Layers.ToDictionary(l => l.Path);
            golden.Equal(summary.Parameters, "total");
            foreach (var name in (string[])["conv1", "conv2"])
            {
                golden.Equal(layers[name].Parameters, name);
                golden.Equal(layers[name].MultiplyAdds, macs, name);
            }
            foreach (var name in (string[])["fc1", "fc2", "fc3"]) golden.Equal(layers[name].Parameters, name);
            golden.Equal(layers["fc1"].MultiplyAdds + layers["fc2"].MultiplyAdds + layers["fc3"].MultiplyAdds, macs, "fc");
            var made = summary.Layers.Skip(1).Where(l => l.Path != "drop").Select(l => string.Join(",", l.Output.Skip(1)));
            Assert.Equal(golden.Lists(shapes), made);
        }
    }

    [Fact]
    public void A_summary_prints_as_a_table() => Assert.Equal("""
        input float32[2, 4]
        layer                     output  parameters  multiply-adds  operations
        model       Sequential    [2, 3]
          0         Linear 4 → 8  [2, 8]          40             64         144
          1         Relu          [2, 8]                                     16
          2         Residual      [2, 8]                                     16
            inner   Sequential    [2, 8]
              drop  Dropout 0.5   [2, 8]
              fc    Linear 8 → 8  [2, 8]          64            128         256
          3         LayerNorm 8   [2, 8]          16                        164
          last      Linear 8 → 3  [2, 3]          27             48         102
        total                                    147            240         698

        """, Small().Summary(2, 4).ToString().Replace("\r\n", "\n", StringComparison.Ordinal));

    [Fact]
    public void It_is_counted_in_evaluation_and_leaves_modes_and_statistics_alone()
    {
        var model = new Sequential(new Conv2d(1, 2, 3), new BatchNorm(2), new Dropout());
        model[1].Evaluate();
        _ = model.Summary(1, 1, 5, 5);
        Assert.Equal([true, true, false, true], new Module[] { model, model[0], model[1], model[2] }.Select(m => m.IsTraining));
        Assert.Equal(0, ((BatchNorm)model[1]).Batches.Value.Item());
    }

    [Fact]
    public void A_layer_that_runs_twice_counts_its_parameters_once()
    {
        var summary = new Twice().Summary(1, 3);
        Assert.Equal(12, summary.Parameters);
        Assert.Equal(18, summary.MultiplyAdds);
        Assert.Equal([0, 12, 0], summary.Layers.Select(l => l.Parameters));
    }

    [Fact]
    public void Tokens_can_be_the_input() =>
        Assert.Equal([2, 5, 4], new Embedding(10, 4).Summary(DType.Int64, 2, 5).Layers[0].Output);

    [Fact]
    public void A_graph_has_a_box_for_each_layer_and_an_edge_for_each_use()
    {
        var model = Small();
        var graph = LayerGraph.Of(LayerTrace.Of(model, DType.Float32, [2, 4]));
        string Name(int n) => graph.Nodes[n].Detail is { Length: > 0 } path ? path : graph.Nodes[n].Title;
        Assert.Equal(
        [
            "float32 > 0", "0 > 1", "1 > 2.inner.drop", "2.inner.drop > 2.inner.fc", "1 > add", "2.inner.fc > add", "add > 3",
            "3 > last",
        ], graph.Edges.Select(e => $"{Name(e.From)} > {Name(e.To)}"));
    }

    [Fact]
    public void A_drawing_is_XML_with_all_boxes_inside_and_none_on_another()
    {
        var model = ResNet.ForFashion();
        var graph = LayerGraph.Of(LayerTrace.Of(model, DType.Float32, [1, 1, 28, 28]));
        var drawing = XDocument.Parse(model.Graph(1, 1, 28, 28)).Root!;
        double Of(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
        var boxes = drawing.Elements().Where(e => e.Name.LocalName == "rect" && e.Attribute("rx") is not null)
            .Select(e => (X: Of(e, "x"), Y: Of(e, "y"), Right: Of(e, "x") + Of(e, "width"), Bottom: Of(e, "y") + Of(e, "height"))).ToList();
        Assert.Equal(graph.Nodes.Count, boxes.Count);
        Assert.Equal(graph.Edges.Count, drawing.Elements().Count(e => e.Name.LocalName == "path"));
        Assert.All(boxes, b => Assert.True(b.X >= 0 && b.Y >= 0 && b.Right <= Of(drawing, "width") && b.Bottom <= Of(drawing, "height")));
        for (var a = 0; a < boxes.Count; a++)
            for (var b = 0; b < a; b++)
                Assert.True(boxes[a].X >= boxes[b].Right || boxes[b].X >= boxes[a].Right || boxes[a].Y >= boxes[b].Bottom
                    || boxes[b].Y >= boxes[a].Bottom);
        Assert.Contains(drawing.Elements(), e => e.Value.Contains("layer2.0.downsample.0", StringComparison.Ordinal));
    }

    static Sequential Small() => new(("0", new Linear(4, 8)), ("1", Activation.Relu()),
        ("2", new Residual(new Sequential(("drop", new Dropout()), ("fc", new Linear(8, 8, bias: false))))),
        ("3", new LayerNorm(8)), ("last", new Linear(8, 3)));

    sealed class Twice : Layer
    {
        readonly Linear linear;

        public Twice() => linear = Child("linear", new Linear(3, 3));

        protected override Tensor Run(Tensor x) => linear.Forward(linear.Forward(x));
    }
}
