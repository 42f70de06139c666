using System.Runtime.InteropServices;
using ForkLint.Linux.Tests.Support;
using static ForkLint.Linux.Tests.Support.Samples;

namespace ForkLint.Linux.Tests.Live;

/// <summary>Three files of the kernel that must agree with each other.</summary>
public sealed class ResidentMemoryTests
{
    [Fact]
    public void Of_a_parked_program_smaps_smaps_rollup_and_status_agree()
    {
        using var target = TargetProgram.Start("every-kind");
        Assert.Equal("ok", target.Send($"touch {8 * MiB}"));

        // The program may still fault a page on its way back to sleep, so the first reading is for warmth.
        var read = ReadAll();
        for (var attempt = 0; attempt < 10 && MemoryRollup.Sum(read.Mappings).ResidentBytes != read.Rollup.ResidentBytes; attempt++)
        {
            read = ReadAll();
        }

        var sum = MemoryRollup.Sum(read.Mappings);
        Assert.Equal(read.Rollup with { ProportionalBytes = 0 }, sum with { ProportionalBytes = 0 });
        Assert.InRange(read.Rollup.ProportionalBytes - sum.ProportionalBytes, -1024, read.Mappings.Count * 1024);

        // The kernel's gate page belongs to no process.
        Assert.Equal(read.Status.VirtualBytes, read.Mappings.Where(m => m.Path != "[vsyscall]").Sum(m => m.SizeBytes));

        // status reads counters that are kept per processor: some dozens of pages may be missing or too many.
        Assert.InRange(read.Status.ResidentBytes!.Value, sum.ResidentBytes - MiB, sum.ResidentBytes + MiB);
        Assert.InRange(read.Status.AnonymousBytes!.Value, 8 * MiB, sum.AnonymousBytes + MiB);
        Assert.Equal(read.Status.ResidentBytes, read.Status.AnonymousBytes + read.Status.FileBytes + read.Status.SharedMemoryBytes);
        Assert.Equal(target.Files.CoarseMaps().Value.Select(m => (m.Start, m.End, m.Path)), read.Mappings.Select(m => (m.Start, m.End, m.Path)));

        (IReadOnlyList<Mapping> Mappings, MemoryRollup Rollup, ProcessStatus Status) ReadAll() =>
            (target.Files.Mappings().Value, target.Files.Rollup().Value, target.Files.Status().Value);
    }

    [Fact]
    public void Of_the_test_process_they_agree_as_far_as_it_stands_still()
    {
        var own = new ProcessFiles(Environment.ProcessId);

        // A busy runtime allocates between the readings: the closest of ten pairs counts.
        var nearest = long.MaxValue;
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var sum = MemoryRollup.Sum(own.Mappings().Value);
            nearest = Math.Min(nearest, Math.Abs(sum.ResidentBytes - own.Rollup().Value.ResidentBytes) + Math.Abs(sum.ResidentBytes - own.Status().Value.ResidentBytes!.Value));
        }

        Assert.InRange(nearest, 0, 16 * MiB);
        Assert.True(own.Mappings().Value.Count > 100);
        Assert.True(own.Status().Value.Threads > 1);
        Assert.True(own.Stat().Value.VirtualBytes > GiB);
    }

    [Fact]
    public unsafe void The_page_map_counts_the_pages_that_were_touched()
    {
        const int pages = 300;
        var pageSize = (nuint)Environment.SystemPageSize;

        // Anonymous memory of its own mapping, so that nothing else touches its pages.
        using var target = TargetProgram.Start();
        var memory = (byte*)NativeMemory.AlignedAlloc(pages * pageSize, pageSize);
        try
        {
            using var map = PageMap.Open(Environment.ProcessId).Value;
            var start = (ulong)memory;
            var before = map.Count(start, start + pages * pageSize).Value;
            for (var page = 0; page < pages; page += 3)
            {
                memory[(nuint)page * pageSize] = 1;
            }

            var after = map.Count(start, start + pages * pageSize).Value;
            Assert.InRange(before.Present, 0, 2);
            Assert.InRange(after.Present, pages / 3, pages / 3 + 2);
            Assert.Equal((0L, after.Present), (after.Swapped, after.Exclusive));

            var entries = new PageEntry[pages];
            Assert.Equal(pages, map.Read(start, entries).Value);
            Assert.True(entries[3] is { IsPresent: true, IsFileOrShared: false, IsSwapped: false });
            Assert.False(entries[4].IsPresent);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }

        using var other = PageMap.Open(target.Pid).Value;
        var stack = target.Files.CoarseMaps().Value.Single(m => m.Path == "[stack]");
        Assert.InRange(other.Count(stack.Start, stack.End).Value.Present, 1, stack.SizeBytes / Environment.SystemPageSize);
        target.Kill();
        Assert.Equal(ReadFailure.ProcessGone, PageMap.Open(target.Pid).Failure);
    }
}
