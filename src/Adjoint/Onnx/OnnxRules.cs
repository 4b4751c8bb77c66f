namespace Adjoint;

/// <summary>Computes the outputs of a node, all of them, in order.</summary>
delegate OnnxValue[] OnnxRule(OnnxCall call);

/// <summary>The map from operators of ONNX to loops, family by family.</summary>
static class OnnxRules
{
    const string Training = "ai.onnx.preview.training";

    static readonly Dictionary<string, OnnxRule> Standard = new(
    [
        .. OnnxElementwise.Rules,
        .. OnnxReductions.Rules,
        .. OnnxProducts.Rules,
        .. OnnxConvolutions.Rules,
        .. OnnxPooling.Rules,
        .. OnnxNorms.Rules,
        .. OnnxShapes.Rules,
        .. OnnxSlices.Rules,
        .. OnnxBorders.Rules,
        .. OnnxConstants.Rules,
        .. OnnxGathers.Rules,
        .. OnnxScatters.Rules,
        .. OnnxRecurrent.Rules,
        .. OnnxAttention.Rules,
        .. OnnxLosses.Rules,
        .. OnnxResize.Rules,
        .. OnnxSignals.Rules,
    ]);

    public static OnnxRule? Find(string domain, string op) => domain switch
    {
        "" => Standard.GetValueOrDefault(op),
        Training => OnnxOptimizers.Rules.GetValueOrDefault(op),
        _ => null,
    };
}
