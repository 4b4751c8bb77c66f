namespace Adjoint;

// Both forms have the same 224,892 parameters for four classes. What differs is where images shrink: by maxima of the
// full resolution, or by convolutions that skip every other position and cost a quarter.

/// <summary>Two convolutions and three linear layers for images of 28 by 28: x [b, 1, 28, 28] to logits [b,
/// classes].</summary>
public sealed class OctNet : Layer
{
    readonly Layer conv1, conv2, flatten, fc1, drop, fc2, fc3;
    readonly Layer? pool1, pool2;

    /// <param name="isPooling">Whether images shrink by pooling, or by the stride of the convolutions.</param>
    public OctNet(int classes = 4, bool isPooling = true, double dropout = 0.7, int channels = 1)
    {
        var stride = isPooling ? 1 : 2;
        conv1 = Child("conv1", new Conv2d(channels, 8, 3, stride, pad: 1));
        if (isPooling) pool1 = Child("pool1", new MaxPool());
        conv2 = Child("conv2", new Conv2d(8, 16, 3, stride));
        if (isPooling) pool2 = Child("pool2", new MaxPool());
        flatten = Child("flatten", new Flatten());
        fc1 = Child("fc1", new Linear(16 * 6 * 6, 320));
        drop = Child("drop", new Dropout(dropout));
        fc2 = Child("fc2", new Linear(320, 120));
        fc3 = Child("fc3", new Linear(120, classes));
    }

    protected override Tensor Run(Tensor x)
    {
        x = flatten.Forward(Shrunk(conv2, pool2, Shrunk(conv1, pool1, x)));
        return fc3.Forward(fc2.Forward(drop.Forward(fc1.Forward(x).Relu())).Relu());
    }

    static Tensor Shrunk(Layer conv, Layer? pool, Tensor x)
    {
        var y = conv.Forward(x).Relu();
        return pool?.Forward(y) ?? y;
    }
}
