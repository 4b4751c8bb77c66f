"""The workloads of `adjoint bench`, under the same names, as a user of PyTorch writes them.

workloads.py --list               prints the names
workloads.py NAME THREADS         measures one and prints one JSON object
workloads.py NAME THREADS --once  tells what it took from the start of the process to its first step
"""
import json
import math
import os
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

import models

WARM_UP, BUDGET = 0.4, 1.5
WORKLOADS = {}


def workload(name):
    def add(make):
        WORKLOADS[name] = make
        return make
    return add


# What needs no gradient runs without recording one.
def forward(function):
    def step():
        with torch.no_grad():
            function()
    return step


# The gradient comes from memory, and the old ones are dropped: nothing is cleared or added.
def both(function, given, *leaves):
    def step():
        for leaf in leaves:
            leaf.grad = None
        function().backward(given)
    return step


def training(model, optimizer, loss):
    def step():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()
    return step


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3)


# ---- products

def product(m, n, k):
    @workload(f"product_{m}x{n}x{k}")
    def make():
        x, w = torch.randn(m, k), torch.randn(k, n)
        return forward(lambda: x @ w)


for size in (64, 128, 256, 512, 1024, 2048):
    product(size, size, size)
for sizes in ((32, 1024, 256), (32, 2048, 512), (64, 512, 512), (1, 1024, 256), (512, 35, 256), (2048, 256, 64)):
    product(*sizes)


@workload("product_64_of_128x128x64")
def batched():
    x, z = torch.randn(64, 128, 64), torch.randn(64, 64, 128)
    return forward(lambda: torch.bmm(x, z))


# ---- rows and single numbers

def function(name, call, *shape):
    @workload(name)
    def make():
        x = torch.randn(*shape)
        return forward(lambda: call(x))

    @workload(name + "_both")
    def make_both():
        x, given = torch.randn(*shape, requires_grad=True), torch.randn(*shape)
        return both(lambda: call(x), given, x)


function("softmax", lambda x: F.softmax(x, -1), 4096, 1024)
function("gelu", F.gelu, 4 << 20)
function("tanh", torch.tanh, 4 << 20)


@workload("layer_norm")
def layer_norm():
    x, gain, bias = torch.randn(4096, 1024), torch.ones(1024), torch.zeros(1024)
    return forward(lambda: F.layer_norm(x, (1024,), gain, bias))


@workload("layer_norm_both")
def layer_norm_both():
    x, given = torch.randn(4096, 1024, requires_grad=True), torch.randn(4096, 1024)
    gain, bias = torch.ones(1024, requires_grad=True), torch.zeros(1024, requires_grad=True)
    return both(lambda: F.layer_norm(x, (1024,), gain, bias), given, x, gain, bias)


def update(tensors):
    @workload(f"adam_{tensors}")
    def make():
        parameters = [nn.Parameter(torch.randn(10_000_000 // tensors)) for _ in range(tensors)]
        for parameter in parameters:
            parameter.grad = torch.randn_like(parameter)
        return torch.optim.Adam(parameters, lr=1e-3).step


for count in (1, 50, 500):
    update(count)


# ---- attention

def attention(length, is_causal):
    name = f"attention_{length}" + ("_causal" if is_causal else "")

    def leaves(needs_gradient):
        return [torch.randn(4, length, 64, requires_grad=needs_gradient) for _ in range(3)]

    @workload(name)
    def make():
        hidden = models.later(length) if is_causal else None
        q, k, v = leaves(False)
        return forward(lambda: models.attend(q, k, v, hidden))

    @workload(name + "_both")
    def make_both():
        hidden = models.later(length) if is_causal else None
        q, k, v = leaves(True)
        return both(lambda: models.attend(q, k, v, hidden), torch.randn(4, length, 64), q, k, v)


for length in (512, 2048, 4096):
    attention(length, False)
    attention(length, True)


# ---- networks for images

@workload("mlp")
def mlp():
    model, x, label = models.classifier(), torch.randn(64, 784), torch.randint(10, (64,))
    return training(model, adam(model), lambda: F.cross_entropy(model(x), label))


@workload("vae")
def vae():
    model, x = models.Vae(), torch.rand(100, 784)
    return training(model, adam(model), lambda: model.loss(x))


def cnn(batch):
    @workload(f"cnn_{batch}")
    def make():
        model, x, label = models.cnn(), torch.randn(batch, 1, 28, 28), torch.randint(4, (batch,))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        return training(model, optimizer, lambda: F.cross_entropy(model(x), label))


cnn(8)
cnn(64)


@workload("dcgan")
def dcgan():
    generator, judge = models.generator(), models.judge(True)
    real, yes, no = torch.rand(64, 1, 28, 28) * 2 - 1, torch.ones(64, 1), torch.zeros(64, 1)
    loss = F.binary_cross_entropy_with_logits
    of_generator, of_judge = (torch.optim.Adam(m.parameters(), 2e-4, (0.5, 0.999)) for m in (generator, judge))

    def step():
        fake = generator(torch.randn(64, 100, 1, 1))
        of_judge.zero_grad(set_to_none=True)
        (loss(judge(real), yes) + loss(judge(fake.detach()), no)).backward()
        of_judge.step()
        of_generator.zero_grad(set_to_none=True)
        judge.requires_grad_(False)  # nobody wants its gradients here
        loss(judge(fake), yes).backward()
        judge.requires_grad_(True)
        of_generator.step()
    return step


@workload("wgan_gp")
def wgan_gp():
    generator, critic, real = models.generator(), models.judge(False), torch.rand(64, 1, 28, 28) * 2 - 1

    def loss():
        with torch.no_grad():
            fake = generator(torch.randn(64, 100, 1, 1))
        between = torch.lerp(fake, real, torch.rand(64, 1, 1, 1)).requires_grad_(True)
        slope, = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        return critic(fake).mean() - critic(real).mean() + 10 * penalty
    return training(critic, torch.optim.Adam(critic.parameters(), 1e-4, (0, 0.9)), loss)


# ---- models of text and speech

def recurrent(name, layers, width):
    @workload(name)
    def make():
        model = models.Recurrent(layers, width)
        tokens, label = torch.randint(65, (128, 32)), torch.randint(65, (128 * 32,))
        return training(model, adam(model), lambda: F.cross_entropy(model(tokens).view(-1, 65), label))


recurrent("lstm", 1, 256)
recurrent("lstm_scan", 1, 256)  # the bar for a cell of the user's own is the built-in layer
recurrent("lstm_2x512", 2, 512)


@workload("gpt")
def gpt():
    model = models.Gpt()
    tokens, label = torch.randint(65, (16, 128)), torch.randint(65, (16 * 128,))
    return training(model, adam(model), lambda: F.cross_entropy(model(tokens).view(-1, 65), label))


def speech(name, decoder):
    @workload(name)
    def make():
        model, x, written = models.Writer(decoder()), torch.randn(16, 80, 500), torch.randint(35, (16, 100))
        label = torch.randint(35, (16 * 100,))
        return training(model, adam(model), lambda: F.cross_entropy(model(x, written).reshape(-1, 35), label))


speech("speech_lstm", models.RecurrentDecoder)
speech("speech_attention", models.AttentionDecoder)


# ---- letters written one by one, always the likeliest; of all that are written the time of one is told

WRITTEN = 127
PARTS = {}


def writing(name, begin):
    @workload(name)
    def make():
        write = begin()

        def step():
            with torch.no_grad():
                write()
        return step
    PARTS[name] = WRITTEN


def of_recurrent(layers, width):
    def begin():
        model = models.Recurrent(layers, width).eval()

        def write():
            token, state = torch.zeros(1, 1, dtype=torch.long), None
            for _ in range(WRITTEN):
                hidden, state = model.layers(model.table(token), state)
                token = model.last(hidden).argmax(-1)
        return write
    return begin


writing("lstm_decode", of_recurrent(1, 256))
writing("lstm_2x512_decode", of_recurrent(2, 512))


# Keys and values of what was read stay in memory that was made before.
def one_more(block, x, keys, values, at):
    width = x.shape[-1]
    q, k, v = (part.view(1, block.heads, -1) for part in block.parts(block.before(x)).split(width, -1))
    keys[:, :, at], values[:, :, at] = k, v
    scores = q.unsqueeze(2) @ keys[:, :, :at + 1].transpose(-2, -1) / math.sqrt(k.shape[-1])
    x = x + block.together((scores.softmax(-1) @ values[:, :, :at + 1]).reshape(1, width))
    return x + block.narrow(F.gelu(block.wide(block.between(x))))


@lambda begin: writing("gpt_decode", begin)
def gpt_decode():
    model = models.Gpt().eval()
    caches = [(torch.zeros(1, 4, 128, 64), torch.zeros(1, 4, 128, 64)) for _ in model.blocks]

    def write():
        token = torch.zeros(1, dtype=torch.long)
        for at in range(WRITTEN):
            x = model.table(token) + model.places[at]
            for block, (keys, values) in zip(model.blocks, caches):
                x = one_more(block, x, keys, values, at)
            token = model.last(model.norm(x)).argmax(-1)
    return write


@lambda begin: writing("gpt_decode_uncached", begin)
def gpt_decode_uncached():
    model = models.Gpt().eval()

    def write():
        tokens = torch.zeros(1, 1, dtype=torch.long)
        for _ in range(WRITTEN):
            length = tokens.shape[1]
            x = model.table(tokens) + model.places[:length]
            for block in model.blocks:
                x = block(x, model.hidden[:length, :length])
            tokens = torch.cat([tokens, model.last(model.norm(x[:, -1:])).argmax(-1)], 1)
    return write


# ---- timing: the rules of `adjoint bench`

def measure(step, is_one_thread):
    # The processor's clock stands still while others have the core.
    clock = time.process_time if is_one_thread else time.perf_counter
    start, warm = time.perf_counter(), 0
    while warm == 0 or time.perf_counter() - start < WARM_UP:
        step()
        warm += 1
    seconds = (time.perf_counter() - start) / warm
    before = time.perf_counter()
    step()
    seconds = min(seconds, time.perf_counter() - before)
    calls = int(min(max((1e-2 if is_one_thread else 1e-3) / seconds, 1), 20_000))
    times = []
    for _ in range(int(min(max(BUDGET / (seconds * calls), 5), 300))):
        before = clock()
        for _ in range(calls):
            step()
        times.append((clock() - before) / calls)
    times.sort()
    return times[len(times) // 2], times[0]


def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


# The kernel notes the start of a process in ticks since boot.
def since_start():
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def once(step):
    step()
    first, peak, later = since_start(), resident(), []
    for _ in range(5):
        before = time.perf_counter()
        step()
        later.append(time.perf_counter() - before)
    steady = sorted(later)[len(later) // 2]
    return {"startToFirstMilliseconds": first * 1e3, "steadyMilliseconds": steady * 1e3,
            "overheadMilliseconds": (first - steady) * 1e3, "peakResidentBytes": peak}


def main():
    if sys.argv[1] == "--list":
        print("\n".join(WORKLOADS))
        return
    name, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    step = WORKLOADS[name]()
    if "--once" in sys.argv:
        print(json.dumps({"name": name, "threads": threads, "torch": torch.__version__, **once(step)}))
        return
    median, least = (seconds / PARTS.get(name, 1) for seconds in measure(step, threads == 1))
    print(json.dumps({
        "name": name, "threads": threads, "torch": torch.__version__, "medianMilliseconds": median * 1e3,
        "fastestMilliseconds": least * 1e3, "peakResidentBytes": resident(),
    }))


main()
