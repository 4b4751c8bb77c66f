using Xunit;

namespace Adjoint.Tests;

[Collection(nameof(LoaderTests))]
[CollectionDefinition(nameof(LoaderTests), DisableParallelization = true)]
public sealed class LoaderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(8, 4)]
    [InlineData(9, 10)]
    [InlineData(64, 7)]
    public void Every_example_is_there_once_an_epoch_and_the_last_batch_is_what_is_left(int count, int size)
    {
        using var loader = new Loader(new CountingDataset(count), size, seed: 5);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var batches = loader.Epoch(epoch).Select(b => (b.Epoch, b.Number, b.Count, Numbers: Numbers(b))).ToList();
            Assert.Equal((count + size - 1) / size, batches.Count);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), batches.SelectMany(b => b.Numbers).Order());
            Assert.Equal(Enumerable.Range(0, batches.Count), batches.Select(b => b.Number));
            Assert.All(batches, b => Assert.Equal((epoch, b.Numbers.Length), (b.Epoch, b.Count)));
            Assert.All(batches[..^1], b => Assert.Equal(size, b.Count));
        }
    }

    [Fact]
    public void A_last_batch_that_is_not_full_can_be_left_out()
    {
        using var loader = new Loader(new CountingDataset(10), 4) { DropsLast = true };
        Assert.Equal(2, loader.BatchesPerEpoch);
        Assert.Equal([4, 4], loader.Epoch(0).Select(b => b.Count));
        using var none = new Loader(new CountingDataset(3), 4) { DropsLast = true };
        Assert.Equal("Loader: 'counting' has 3 examples, too few for a batch of 4.",
            Assert.Throws<DataException>(() => none.Next()).Message);
    }

    [Fact]
    public void All_fields_of_an_example_stay_together()
    {
        using var loader = new Loader(new CountingDataset(20, side: 2), 6, seed: 1);
        foreach (var batch in loader.Epoch(0))
        {
            Assert.Equal([batch.Count, 1, 2, 2], batch["image"].Shape.ToArray());
            Assert.Equal([batch.Count], batch["label"].Shape.ToArray());
            var (numbers, images, labels) = (Numbers(batch), batch[0].ToArray<float>(), batch["label"].ToArray<int>());
            for (var row = 0; row < batch.Count; row++)
            {
                Assert.Equal(numbers[row] % 3, labels[row]);
                for (var i = 0; i < 4; i++) Assert.Equal(numbers[row] + i / 100f, images[row * 4 + i]);
            }
        }
    }

    [Fact]
    public void The_order_follows_from_seed_and_epoch_alone()
    {
        var data = new CountingDataset(50);
        Assert.Equal(Order(data, 7, 2), Order(data, 7, 2));
        Assert.NotEqual(Order(data, 7, 2), Order(data, 7, 3));
        Assert.NotEqual(Order(data, 7, 2), Order(data, 8, 2));
        using var loader = new Loader(data, 9) { IsShuffled = false };
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), loader.Epoch(4).SelectMany(Numbers));

        static List<long> Order(Dataset data, ulong seed, int epoch)
        {
            using var loader = new Loader(data, 6, seed);
            return [.. loader.Epoch(epoch).SelectMany(Numbers)];
        }
    }

    [Fact]
    public void Orders_are_fair()
    {
        var counts = new int[5, 5];
        var order = new int[5];
        for (var n = 0u; n < 20_000; n++)
        {
            Permutation.Fill(order, 3, n);
            for (var place = 0; place < 5; place++) counts[order[place], place]++;
        }
        foreach (var count in counts) Assert.InRange(count, 3_800, 4_200); // 4,000 and more than three deviations of 57
    }

    [Fact]
    public void A_run_that_goes_on_anywhere_sees_the_same_bits()
    {
        using var whole = NewLoader();
        var all = Enumerable.Range(0, 11).Select(_ => Bits(whole.Next())).ToList();
        Assert.Equal((2, 3), whole.At);
        for (var start = 0; start <= 10; start++)
        {
            using var resumed = NewLoader();
            resumed.Seek(start / 4, start % 4);
            for (var n = start; n < 11; n++) Assert.Equal(all[n], Bits(resumed.Next()));
        }
        whole.Seek(0, 4); // back to the end of the first epoch, which is the beginning of the second
        Assert.Equal((1, 0), whole.At);
        Assert.Equal(all[4], Bits(whole.Next()));

        static Loader NewLoader() => new(new CountingDataset(23, side: 6), 6, seed: 11)
        {
            Transforms = [new RandomFlip(), new RandomShift(2), new RandomCrop(4, 5), new Normalise(2, 3)],
        };

        static float[] Bits(Batch batch) => [.. batch["image"].ToArray<float>(), .. Numbers(batch).Select(n => (float)n)];
    }

    [Fact]
    public void Transforms_draw_anew_in_every_epoch()
    {
        using var loader = new Loader(new CountingDataset(4, side: 8), 4) { IsShuffled = false, Transforms = [new RandomShift(3)] };
        var first = loader.Next()[0].ToArray<float>();
        Assert.NotEqual(first, loader.Next()[0].ToArray<float>());
        Assert.Equal([4, 1, 8, 8], loader.Next()[0].Shape.ToArray());
    }

    [Fact]
    public void A_failure_in_the_background_comes_out_with_its_cause()
    {
        using var loader = new Loader(new CountingDataset(10, failsAt: 7), 2) { IsShuffled = false };
        for (var n = 0; n < 3; n++) Assert.Equal([2 * n, 2 * n + 1], Numbers(loader.Next()));
        for (var n = 0; n < 2; n++)
        {
            var error = Assert.Throws<DataException>(() => loader.Next());
            Assert.Equal("Loader: example 7 of 'counting' can't be read: the disk is gone", error.Message);
            Assert.IsType<InvalidOperationException>(error.InnerException);
        }
        loader.Seek(0, 4); // behind it
        Assert.Equal([8, 9], Numbers(loader.Next()));
    }

    [Fact]
    public void Waiting_ends_when_it_is_cancelled_and_goes_on_afterwards()
    {
        using var hold = new ManualResetEventSlim();
        using var loader = new Loader(new HeldDataset(hold), 1) { IsShuffled = false };
        using var cancelled = new CancellationTokenSource();
        var waiting = Task.Run(() => loader.Next(cancelled.Token));
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => waiting.GetAwaiter().GetResult());
        hold.Set();
        Assert.Equal([0], loader.Next()["number"].ToArray<long>());
    }

    [Fact]
    public void Calls_in_free_form_keep_the_values_they_were_recorded_with()
    {
        using var loader = new Loader(new CountingDataset(12), 2) { IsShuffled = false, Prefetch = 1 };
        var sums = new List<Tensor>();
        for (var n = 0; n < 6; n++) sums.Add(loader.Next()["image"].Sum());
        for (var n = 0; n < 6; n++) Assert.Equal(9 * (4 * n + 1) + 2 * 0.36, sums[n].Item(), 3);
    }

    [Fact]
    public void A_warm_loader_allocates_nothing_for_a_batch_and_feeds_a_step_in_place()
    {
        using var loader = new Loader(new CountingDataset(4_000, side: 28), 8)
        {
            Transforms = [new RandomShift(2), new RandomFlip(), new Normalise(0.5f, 0.5f)],
        };
        var step = Step.Capture(x => x.Sum());
        var tensors = new HashSet<Tensor>();
        for (var n = 0; n < 40; n++) Run();
        var (own, total) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes());
        for (var n = 0; n < 400; n++) Run(); // within one epoch
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - own);
        // Other tests may allocate a little at the same time; a loader that allocates would show it for every example.
        Assert.InRange(GC.GetTotalAllocatedBytes() - total, 0, 64 << 10);
        Assert.Equal(3, tensors.Count);

        void Run()
        {
            var images = loader.Next().Tensors[..1];
            if (tensors.Count < 4) tensors.Add(images[0]);
            step.Run(images);
        }
    }

    [Fact]
    public void Wrong_transforms_are_refused()
    {
        Assert.Throws<DataException>(() => Next(new RandomFlip { Field = "picture" }));
        Assert.Throws<ShapeException>(() => Next(new RandomFlip { Field = "number" }));
        Assert.Throws<ShapeException>(() => Next(new RandomCrop(4, 2)));
        Assert.Throws<ShapeException>(() => Next(new Normalise([1, 2], [1, 2])));

        static void Next(Transform transform)
        {
            using var loader = new Loader(new CountingDataset(3), 1) { Transforms = [transform] };
            loader.Next();
        }
    }

    static long[] Numbers(Batch batch) => batch["number"].ToArray<long>();

    /// <summary>One example that nobody can read before it is let go.</summary>
    sealed class HeldDataset(ManualResetEventSlim hold) : Dataset
    {
        readonly CountingDataset data = new(1);

        public override string Name => "held";
        public override int Count => 1;
        public override IReadOnlyList<Field> Fields => data.Fields;

        public override void Fill(int example, int field, Span<byte> to)
        {
            hold.Wait();
            data.Fill(example, field, to);
        }
    }
}
