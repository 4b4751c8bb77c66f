using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace Adjoint.Tests;

public sealed unsafe class StorageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(3 << 20)]
    public void A_storage_begins_on_a_cache_line_and_all_of_it_can_be_written(long bytes)
    {
        using var storage = Storage.Allocate(bytes);
        Assert.Equal(0, (nint)storage.Pointer % Storage.Alignment);
        Assert.Equal(bytes, storage.Bytes);
        storage.AsSpan<byte>().Fill(7);
        Assert.Equal(bytes, storage.AsSpan<byte>().Length);
    }

    [Fact]
    public void A_class_holds_its_sizes_and_wastes_at_most_a_quarter()
    {
        var last = 0L;
        for (var i = 0; i < 120; i++)
        {
            var size = StoragePool.SizeOf(i);
            Assert.True(size > last && size % Storage.Alignment == 0);
            Assert.Equal(i, StoragePool.ClassOf(last + 1));
            Assert.Equal(i, StoragePool.ClassOf(size));
            if (last >= 256) Assert.True(size - last <= last / 4, $"{last} to {size}");
            last = size;
        }
    }

    [Fact]
    public void A_block_given_back_is_used_again_as_it_was()
    {
        var pool = new StoragePool();
        var first = pool.Allocate(1000);
        var address = (nint)first.Pointer;
        first.AsSpan<byte>().Fill(9);
        first.Dispose();
        using var second = pool.Allocate(1010);
        Assert.Equal(address, (nint)second.Pointer);
        Assert.Equal(9, second.AsSpan<byte>()[999]);
        pool.Trim();
    }

    [Fact]
    public void Zeroed_storage_holds_zeros()
    {
        using (var used = Storage.Allocate(70_000)) used.AsSpan<byte>().Fill(1);
        using var storage = Storage.AllocateZeroed(70_000);
        Assert.Equal(-1, storage.AsSpan<byte>().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_disposed_storage_has_no_pointer()
    {
        var storage = Storage.Allocate(64);
        storage.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)storage.Pointer);
    }

    [Fact]
    public void Waiting_blocks_of_sizes_no_longer_wanted_go_back_to_the_system()
    {
        var pool = new StoragePool();
        for (var mebibytes = 100; mebibytes < 1000; mebibytes += 50) pool.Allocate((long)mebibytes << 20).Dispose();
        Assert.Equal(0, pool.Used);
        Assert.True(pool.Idle <= 1280L << 20, $"{pool.Idle} bytes wait");
        pool.Trim();
        Assert.Equal(0, pool.Idle);
    }

    [Fact]
    public void Forgotten_storages_come_back()
    {
        var pool = new StoragePool();
        Forget(pool);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, pool.Used);
        Assert.True(pool.Idle > 0);
        pool.Trim();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(StoragePool pool)
        {
            for (var i = 0; i < 10; i++) pool.Allocate(1 << 16);
        }
    }

    [Fact]
    public void Threads_share_the_pool()
    {
        var pool = new StoragePool();
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 2000; i++)
            {
                using var storage = pool.Allocate(64 * (1 + i % 50));
                var span = storage.AsSpan<int>();
                span.Fill(thread);
                Assert.Equal(-1, span.IndexOfAnyExcept(thread));
            }
        });
        Assert.Equal(0, pool.Used);
        pool.Trim();
    }

    [Fact]
    public void Too_many_bytes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Storage.Allocate(-1));
        Assert.Throws<OutOfMemoryException>(() => Storage.Allocate(long.MaxValue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Guarded_memory_ends_a_process_that_leaves_it(bool atEnd)
    {
        // The step over the edge happens in a child: it cannot be caught.
        using var guarded = new GuardedMemory(10, atEnd);
        guarded.AsSpan<byte>().Fill(1);
        Assert.Equal(0, (atEnd ? (nint)guarded.Pointer + 10 : (nint)guarded.Pointer) % Environment.SystemPageSize);
        var edge = (nint)(atEnd ? guarded.Pointer + 10 : guarded.Pointer - 1);
        if (!OperatingSystem.IsLinux()) return;
        var region = File.ReadLines("/proc/self/maps").First(l => Holds(l, edge));
        Assert.Equal("---p", region.Split(' ')[1]);

        static bool Holds(string line, nint address)
        {
            var ends = line.Split(' ')[0].Split('-').Select(e => nint.Parse(e, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            return ends.First() <= address && address < ends.Last();
        }
    }
}
