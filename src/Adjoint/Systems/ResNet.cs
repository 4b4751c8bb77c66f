namespace Adjoint;

// The stem keeps the resolution; each stage halves it and has blocks of two 3 by 3 convolutions. Names are those of
// torchvision: conv1, bn1, layer1.0.conv1 … fc.

/// <summary>A residual network for small images (arXiv:1512.03385): x [b, channels, m, n] to logits [b,
/// classes].</summary>
public sealed class ResNet : Layer
{
    readonly Layer conv1, bn1, pool, fc;
    readonly List<Layer> stages = [];

    /// <param name="widths">Channels of each stage; the stem has those of the first.</param>
    /// <param name="blocks">Blocks of each stage.</param>
    public ResNet(int channels, int classes, int[] widths, int[] blocks)
    {
        if (widths.Length == 0 || widths.Length != blocks.Length)
            throw new ArgumentException($"ResNet: {widths.Length} widths and {blocks.Length} numbers of blocks are given.");
        conv1 = Child("conv1", new Conv2d(channels, widths[0], 3, pad: 1, bias: false, init: Init.HeNormal()));
        bn1 = Child("bn1", new BatchNorm(widths[0]));
        var inputs = widths[0];
        for (var s = 0; s < widths.Length; s++)
        {
            var stage = new Sequential();
            for (var b = 0; b < blocks[s]; b++)
            {
                stage.Add(new ResNetBlock(inputs, widths[s], stride: b == 0 ? 2 : 1));
                inputs = widths[s];
            }
            stages.Add(Child(FormattableString.Invariant($"layer{s + 1}"), stage));
        }
        pool = Child("avgpool", new GlobalAveragePool());
        fc = Child("fc", new Linear(inputs, classes));
    }

    /// <summary>For gray images of 28 by 28 in ten classes: 22,464,256 multiply-adds an image, 697,130
    /// parameters.</summary>
    public static ResNet ForFashion() => new(1, 10, [32, 64, 128], [2, 2, 2]);

    protected override Tensor Run(Tensor x)
    {
        x = bn1.Forward(conv1.Forward(x)).Relu();
        foreach (var stage in stages) x = stage.Forward(x);
        return fc.Forward(pool.Forward(x));
    }
}

/// <summary>relu(shortcut(x) + bn(conv(relu(bn(conv(x)))))): x [b, i, m, n] to [b, j, m / stride, n / stride].</summary>
public sealed class ResNetBlock : Layer
{
    readonly Layer conv1, bn1, conv2, bn2;
    readonly Layer? downsample;

    public ResNetBlock(int inputs, int outputs, int stride = 1)
    {
        conv1 = Child("conv1", new Conv2d(inputs, outputs, 3, stride, pad: 1, bias: false, init: Init.HeNormal()));
        bn1 = Child("bn1", new BatchNorm(outputs));
        conv2 = Child("conv2", new Conv2d(outputs, outputs, 3, pad: 1, bias: false, init: Init.HeNormal()));
        bn2 = Child("bn2", new BatchNorm(outputs));
        if (inputs != outputs || stride != 1)
            downsample = Child("downsample", new Sequential(
                new Conv2d(inputs, outputs, 1, stride, bias: false, init: Init.HeNormal()), new BatchNorm(outputs)));
    }

    protected override Tensor Run(Tensor x) =>
        (bn2.Forward(conv2.Forward(bn1.Forward(conv1.Forward(x)).Relu())) + (downsample?.Forward(x) ?? x)).Relu();
}
