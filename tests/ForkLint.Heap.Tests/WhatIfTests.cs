using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>The question that started it: what must be freed so that the fork succeeds on a small machine?</summary>
public sealed class WhatIfTests
{
    private static readonly Saving Cache = Make("F:App.Cache.Table", SavingKind.Managed, 400_000_000);
    private static readonly Saving Buffer = Make("native:0x50000010", SavingKind.Native, 200_000_000);
    private static readonly Saving Small = Make("F:App.Small", SavingKind.Managed, 50_000_000);

    [Theory]
    [InlineData("ram=2GiB", 0)]
    [InlineData("ram=1GiB", 1)]
    [InlineData("ram=512MiB", 2)]
    [InlineData("ram=128MiB", -1)]
    public void The_shortest_list_is_found_for_a_strict_device(string device, int expected)
    {
        ForkSituation now = Situation(700_000_000);
        Assert.True(AsIf.TryParse(device + ",swap=0,overcommit=2,ratio=100,committed=750MB", out AsIf? asIf, out string? error), error);

        // The machine itself has 50 MB committed beside the process, whose own share falls when it frees something.
        IReadOnlyList<Saving>? list = WhatIf.ShortestList(now, [Small, Cache, Buffer], situation =>
        {
            long own = 700_000_000 - (now.Host.CommittedBytes - situation.Host.CommittedBytes);
            Assert.True(AsIf.TryParse($"{device},swap=0,overcommit=2,ratio=100,committed={50_000_000 + own}B", out AsIf? then, out _));
            return ForkAdmission.JudgeAsIf(situation, then!);
        });
        Assert.Equal(expected, list?.Count ?? -1);
        if (expected == 1)
        {
            Assert.Same(Cache, list![0]);
        }
    }

    [Fact]
    public void Where_one_mapping_is_too_large_only_what_shrinks_it_is_on_the_list()
    {
        ForkSituation now = Situation(700_000_000);
        ForkVerdict Judge(ForkSituation situation) => new()
        {
            Rule = AdmissionRule.Here,
            Where = "test",
            Reason = "",
            Succeeds = situation.Candidate.Mappings.Any(mapping => mapping.Start == 0x50000000 && mapping.SizeBytes > 100_000_000) ? Answer.No : Answer.Yes,
        };
        IReadOnlyList<Saving>? list = WhatIf.ShortestList(now, [Cache, Buffer, Small], Judge);
        Assert.Same(Buffer, Assert.Single(list!));
    }

    [Fact]
    public void A_memory_limit_asks_for_what_is_resident_and_not_for_what_is_only_charged()
    {
        ForkSituation now = Situation(700_000_000);
        Saving untouched = Make("F:App.Untouched", SavingKind.Managed, 500_000_000) with { ChildResidentBytes = 0 };
        Saving trimmed = Make("F:App.Pages", SavingKind.Native, 300_000_000) with { CommitChargeBytes = 0 };
        Assert.True(AsIf.TryParse("memory-limit=512MiB", out AsIf? asIf, out string? error), error);
        ForkVerdict Judge(ForkSituation situation) => ForkAdmission.JudgeAsIf(situation, asIf!);
        Assert.Same(Buffer, Assert.Single(WhatIf.ShortestList(now, [untouched, Buffer, Small], Judge)!));
        Assert.Same(trimmed, Assert.Single(WhatIf.ShortestList(now, [untouched, trimmed], Judge)!));
        Assert.Null(WhatIf.ShortestList(now, [untouched], Judge));
    }

    [Fact]
    public void Freeing_lowers_the_charge_by_as_much_and_nothing_else_twice()
    {
        ForkSituation now = Situation(700_000_000);
        ForkSituation after = WhatIf.After(now, [Cache, Buffer]);
        Assert.Equal(600_000_000, CommitCharge.PredictBytes(now.Candidate.Mappings) - CommitCharge.PredictBytes(after.Candidate.Mappings));
        Assert.Equal(600_000_000, now.Host.CommittedBytes - after.Host.CommittedBytes);
    }

    /// <summary>What is freed is gone from the cgroup's verdict as well.</summary>
    [Fact]
    public void Freeing_makes_room_in_the_memory_cgroup_and_not_duplicating_frees_nothing()
    {
        ForkSituation now = Situation(700_000_000) with
        {
            Cgroup = new MemoryCgroup { Version = 2, Path = "/cg", LimitBytes = 710_000_000, UsageBytes = 700_000_000, InactiveFileBytes = 0, ActiveFileBytes = 0 },
        };
        Assert.Equal(Answer.Uncertain, ForkAdmission.JudgeHere(now).Succeeds);
        Assert.Equal(Answer.Yes, ForkAdmission.JudgeHere(WhatIf.After(now, [Small])).Succeeds);
        Assert.Same(Small, Assert.Single(WhatIf.ShortestList(now, [Small], ForkAdmission.JudgeHere)!));

        Saving none = Make("none", SavingKind.DoNotDuplicate, 700_000_000);
        Assert.Equal(now.Cgroup.HeadRoomBytes, WhatIf.After(now, [none]).Cgroup!.HeadRoomBytes);
    }

    private static ForkSituation Situation(ulong bytes) => new()
    {
        Host = HostMemory.Read().Value,
        Candidate = new ForkCandidate
        {
            Mappings =
            [
                Map(0x10000000, bytes - 200_000_000),
                Map(0x50000000, 200_000_000),
            ],
            VirtualBytes = (long)bytes,
            Privileged = true,
            PageTableBytes = 2_000_000,
            AnonymousBytes = (long)bytes,
        },
    };

    private static Mapping Map(ulong start, ulong bytes) => new()
    {
        Start = start,
        End = start + bytes,
        Permissions = "rw-p",
        OffsetBytes = 0,
        Inode = 0,
        Path = "",
        Flags = VmFlags.Accounted | VmFlags.Readable | VmFlags.Writable,
    };

    private static Saving Make(string holder, SavingKind kind, long bytes) => new()
    {
        What = holder,
        Kind = kind,
        CommitChargeBytes = bytes,
        ChildResidentBytes = bytes,
        LatencySavedMicroseconds = null,
        ExposureBytes = bytes,
        Action = "",
        Confidence = Confidence.Exact,
        Holder = holder,
    };
}
