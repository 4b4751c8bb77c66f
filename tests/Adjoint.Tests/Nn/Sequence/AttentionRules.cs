using Xunit;

namespace Adjoint.Tests;

/// <summary>The rules of attention by name.</summary>
static class AttentionRules
{
    public static TheoryData<string> Names => new("softmax", "causal", "window", "fading", "series", "causal series");

    public static AttentionRule Of(string name) => name switch
    {
        "causal" => new ScaledDotProduct(isCausal: true),
        "window" => new ScaledDotProduct(isCausal: true, window: 2),
        "fading" => new ScaledDotProduct(isCausal: true, isFading: true),
        "series" => new MaclaurinAttention(2),
        "causal series" => new MaclaurinAttention(2, isCausal: true),
        _ => new ScaledDotProduct(),
    };
}
