using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

/// <summary>Savings stand in the order of what is short: 203 idle stacks do not lead in a container.</summary>
public sealed class SavingsOrderTests
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;

    private static readonly Saving Stacks = Saving("203 stacks", SavingKind.ThreadStacks, 1500 * MiB, 0);
    private static readonly Saving Cache = Saving("cache", SavingKind.Managed, 100 * MiB, 100 * MiB);
    private static readonly Saving Pages = Saving("pages", SavingKind.FilePrivate, 1 * MiB, 20 * MiB);
    private static readonly Saving Other = Saving("other", SavingKind.Other, 500 * MiB, 500 * MiB);
    private static readonly Saving Spawn = Saving("not duplicating", SavingKind.DoNotDuplicate, 2 * GiB, 600 * MiB);

    [Theory]
    [InlineData("Resident", "cache, pages, 203 stacks, other, not duplicating")]
    [InlineData("CommitCharge", "203 stacks, cache, pages, other, not duplicating")]
    [InlineData("None", "203 stacks, cache, pages, other, not duplicating")]
    public void What_is_short_decides(string cost, string expected) =>
        Assert.Equal(expected, string.Join(", ", SavingsOrder.Sort([Spawn, Other, Pages, Stacks, Cache], Enum.Parse<ShortCost>(cost)).Select(saving => saving.What)));

    [Theory]
    [InlineData(0, 400, 3072, "Resident")]
    [InlineData(0, null, 3072, "None")]
    [InlineData(0, null, 10, "Resident")]
    [InlineData(2, null, 3072, "CommitCharge")]
    [InlineData(2, 30, 3072, "Resident")]
    public void The_nearest_limit_says_what_is_short(int mode, int? room, int available, string expected)
    {
        var situation = new ForkSituation
        {
            Host = new HostMemory
            {
                Kernel = "6.1.0",
                PageSizeBytes = 4096,
                TotalBytes = 8 * GiB,
                SwapTotalBytes = 0,
                FreeBytes = 5 * MiB,
                AvailableBytes = available * MiB,
                HugeTlbBytes = 0,
                CommitLimitBytes = 4 * GiB,
                CommittedBytes = 3500 * MiB,
                OvercommitMode = mode,
                OvercommitRatioPercent = 50,
                OvercommitKbytes = 0,
                AdminReserveBytes = 0,
                UserReserveBytes = 0,
                CpuCount = 2,
            },
            Candidate = new ForkCandidate
            {
                Mappings = [new Mapping { Start = 0x1000, End = 0x1000 + (200UL << 20), Permissions = "rw-p", OffsetBytes = 0, Inode = 0, Path = "", Flags = VmFlags.Readable | VmFlags.Writable | VmFlags.Accounted }],
                VirtualBytes = GiB,
                Privileged = true,
                PageTableBytes = MiB,
                AnonymousBytes = 200 * MiB,
            },
            Cgroup = room is { } left ? new MemoryCgroup { Version = 2, Path = "/c", LimitBytes = 500 * MiB, UsageBytes = (500 - left) * MiB, InactiveFileBytes = 0, ActiveFileBytes = 0 } : null,
        };
        Assert.Equal(expected, SavingsOrder.Of(situation).ToString());
    }

    private static Saving Saving(string what, SavingKind kind, long charge, long resident) => new()
    {
        What = what,
        Kind = kind,
        CommitChargeBytes = charge,
        ChildResidentBytes = resident,
        LatencySavedMicroseconds = null,
        ExposureBytes = resident,
        Action = "let go",
        Confidence = Confidence.Exact,
    };
}
