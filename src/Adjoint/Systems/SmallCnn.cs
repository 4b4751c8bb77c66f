namespace Adjoint;

/// <summary>Convolutions of 3 by 3 with batch norm, halved by pooling, then two linear layers.</summary>
static class SmallCnn
{
    /// <param name="channels">Of each stage; every one but the last is followed by pooling.</param>
    public static Sequential Make(ImageDataset images, int[] channels, int hidden, double dropout, int depth = 1)
    {
        var layers = new List<(string Name, Layer Layer)>();
        var (inputs, height, width) = (images.Channels, images.Images.Shape[1], images.Images.Shape[2]);
        for (var s = 0; s < channels.Length; s++)
        {
            for (var d = 0; d < depth; d++)
            {
                var number = depth == 1 ? $"{s + 1}" : $"{s + 1}_{d + 1}";
                layers.Add(("conv" + number, new Conv2d(inputs, channels[s], 3, pad: 1, bias: false, init: Init.HeNormal())));
                layers.Add(("bn" + number, new BatchNorm(channels[s])));
                layers.Add(("relu" + number, Activation.Relu()));
                inputs = channels[s];
            }
            if (s + 1 == channels.Length) break;
            layers.Add(($"pool{s + 1}", new MaxPool()));
            (height, width) = (height / 2, width / 2);
        }
        layers.Add(("flatten", new Flatten()));
        layers.Add(("fc1", new Linear(inputs * height * width, hidden)));
        layers.Add(("relu", Activation.Relu()));
        layers.Add(("drop", new Dropout(dropout)));
        layers.Add(("fc2", new Linear(hidden, images.Classes.Count)));
        return new([.. layers]);
    }
}
