"""What a row is to reach: the peer's time by ours, and what is held against our own rows.

A target was set before the work began, from what the machine allows and from where the peer's time goes.
"""
RATIOS = {
    "mlp": 1.5, "vae": 1.35, "cnn_8": 3, "cnn_64": 3, "dcgan": 1.4, "wgan_gp": 1.4,
    "lstm": 1.3, "lstm_scan": 1.3, "lstm_2x512": 1.3, "gpt": 1.2, "speech_lstm": 1.4, "speech_attention": 1.4,
    "attention_512": 1.4, "attention_2048": 1.5, "attention_4096": 1.5,
    "attention_512_both": 1.15, "attention_2048_both": 1.2, "attention_4096_both": 1.3,
    "softmax": 2.4, "softmax_both": 1.8, "layer_norm": 1.8, "layer_norm_both": 1.8, "gelu_both": 1.8, "tanh": 4,
    "adam_1": 1.4, "adam_50": 1.3, "adam_500": 2,
    "gpt_decode": 3, "gpt_decode_uncached": 1.5, "lstm_decode": 2, "lstm_2x512_decode": 4, "start": 2,
}
ON_TWO_THREADS = {"attention_2048": 2, "attention_4096": 2, "attention_2048_both": 1.7, "attention_4096_both": 1.7}

# Forward and backward, a causal step takes at most so much of the full one.
CAUSAL_SHARE = 0.55
FULL = {f"attention_{length}_causal_both": f"attention_{length}_both" for length in (512, 2048, 4096)}

# Two threads beside one, both ours.
SPEEDUP = 1.8
SPED_UP = ("lstm", "lstm_scan", "lstm_2x512", "gpt", "speech_lstm", "speech_attention", "dcgan", "wgan_gp")

# From the start of the process to its first step, less a later one; and the most memory until then.
OVERHEAD_MILLISECONDS, START_MIB = 250, 260


def target(row, ours):
    """The ratio a row is to reach, or None. `ours` are our milliseconds by workload, on as many threads."""
    name = row["workload"]
    if name in FULL:
        return row["peerMilliseconds"] / (CAUSAL_SHARE * ours[FULL[name]]) if FULL[name] in ours else None
    return (ON_TWO_THREADS.get(name) if row["threads"] > 1 else None) or RATIOS.get(name)
