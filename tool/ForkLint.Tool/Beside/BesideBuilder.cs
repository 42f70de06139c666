using ForkLint.Heap;
using ForkLint.Heap.Native;
using ForkLint.Linux;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Beside;

/// <summary>Works out what fits beside the process that was measured. It reads nothing: everything was read when the measurement began.</summary>
/// <param name="measured">What was measured.</param>
/// <param name="name">What people call the process.</param>
/// <param name="savings">What can be freed; null where that was not looked for.</param>
internal sealed class BesideBuilder(Measured measured, string name, IReadOnlyList<Saving>? savings)
{
    private const int MostOthers = 20;
    private const int MostExamples = 3;

    private readonly MeasureResult _result = measured.Result;
    private readonly long? _resident = Resident(measured);

    /// <summary>The section.</summary>
    /// <param name="asked">The sizes that were asked about.</param>
    /// <param name="asIf">The other machine or container to work it out for; null for here.</param>
    /// <param name="traced">What the application was seen to start; null where no trace was given.</param>
    public BesideSection Build(IReadOnlyList<ChildSize> asked, AsIf? asIf = null, IReadOnlyList<MeasuredSpawn>? traced = null)
    {
        var rooms = RoomsOf(_result.Situation, asIf);
        var tightest = rooms.MinBy(static room => room.Bytes)!;
        var cgroup = asIf?.MemoryLimitBytes is null ? _result.Cgroup?.Limits.FirstOrDefault(limit => limit.Path == tightest.Path) ?? _result.Cgroup : null;
        var others = _result.Surroundings.Processes.Where(process => process.Pid != _result.Process.Pid).ToList();
        var container = ContainerBytes(asIf);
        var ceiling = _result.Process.Runtime is null && _resident is null ? null : _result.Collector.CeilingBytes(container, asIf?.RamBytes ?? _result.Host.TotalBytes);
        var children = new ChildrenBuilder(this, asIf, rooms, cgroup, ceiling);
        return new BesideSection
        {
            AsIf = asIf?.ToString(),
            LimitedBy = tightest.Rule,
            LimitPath = tightest.Name,
            HiddenLimit = Hidden(asIf),
            LimitBytes = tightest.LimitBytes,
            UsedBytes = tightest.UsedBytes,
            ReclaimableBytes = tightest.ReclaimableBytes,
            RoomBytes = tightest.Bytes,
            SwapBytes = tightest.SwapBytes,
            Others = [.. others.Take(MostOthers).Select(static process => new OtherProcessSection { Pid = process.Pid, Name = NameOf(process), ResidentBytes = process.ResidentBytes })],
            OthersCount = others.Count,
            OthersResidentBytes = others.Sum(static process => process.ResidentBytes),
            CollectorCeilingBytes = ceiling,
            CollectorResidentBytes = _resident,
            OomKills = cgroup?.OomKills,
            LimitHits = cgroup?.LimitHits,
            PeakBytes = cgroup?.PeakBytes,
            OomGroup = cgroup?.OomGroup,
            PressurePercent = cgroup?.Pressure,
            Children = [.. asked.Select(size => children.Section(size, null, ChildSource.Asked)), .. Examples(traced ?? []).Select(example => children.Section(example.Size, example.Name, example.Source))],
        };
    }

    /// <summary>Programs that were traced, and programs that live: of one that is both, the larger peak is the example.</summary>
    private IEnumerable<Example> Examples(IReadOnlyList<MeasuredSpawn> traced)
    {
        var seen = traced.Where(static spawn => spawn is { Program: not null, PeakBytes: > 0 and <= ChildSize.LargestBytes }).Select(static spawn => (spawn.Program!, spawn.PeakBytes!.Value));
        var living = _result.Surroundings.Descendants.Select(static process => (NameOf(process), process.PeakResidentBytes ?? process.ResidentBytes));
        return Largest(seen, ChildSource.Traced).Concat(Largest(living, ChildSource.Living))
            .GroupBy(static child => child.Name, StringComparer.Ordinal)
            .Select(static program => program.MaxBy(static child => child.Size.Bytes)!)
            .OrderBy(static child => child.Source).ThenByDescending(static child => child.Size.Bytes);
    }

    /// <summary>The largest programs, each with the highest peak of its processes: another one of it is the example.</summary>
    private static IEnumerable<Example> Largest(IEnumerable<(string Name, long PeakBytes)> processes, ChildSource source) => processes
        .GroupBy(static process => process.Name, StringComparer.Ordinal)
        .Select(program => new Example(new ChildSize { Bytes = program.Max(static process => process.PeakBytes) }, program.Key, source))
        .OrderByDescending(static child => child.Size.Bytes)
        .Take(MostExamples);

    // A container whose size is given hides nothing.
    private string? Hidden(AsIf? asIf) => asIf?.MemoryLimitBytes is null ? _result.Situation.HiddenCgroup : null;

    private static IReadOnlyList<MemoryRoom> RoomsOf(ForkSituation situation, AsIf? asIf) =>
        asIf is null ? MemoryRoom.Over(situation) : MemoryRoom.Over(situation, asIf);

    // The collector reckons with the smallest limit that kills, wherever it is set.
    private long? ContainerBytes(AsIf? asIf) => asIf?.MemoryLimitBytes
        ?? _result.Cgroup?.Limits.Where(static limit => limit.Kind == MemoryLimitKind.Kill).Min(static limit => (long?)limit.LimitBytes);

    private static long? Resident(Measured measured)
    {
        var mappings = measured.Result.ParentMappings;
        var ranges = CollectorReserve.Find(mappings);
        if (ranges.Count > 0)
        {
            return mappings
                .Where(mapping => ranges.Any(range => mapping.Start >= range.Start && mapping.End <= range.End))
                .Sum(static mapping => mapping.AnonymousBytes);
        }

        // Below a small limit the collector's reserve looks like any other.
        return measured.Heap is { } heap ? heap.Bytes + heap.Savings.Where(static saving => saving.Kind == SavingKind.GcFree).Sum(static saving => saving.ChildResidentBytes) : null;
    }

    private long? LiveBytes() => measured.Heap is { } heap
        ? Math.Max(0, heap.Bytes - heap.Savings.Where(static saving => saving.Kind == SavingKind.Garbage).Sum(static saving => saving.CommitChargeBytes))
        : null;

    private static string NameOf(ProcessMemory process) => ProcessName.Of(process.Arguments, process.Name);

    /// <summary>A program of which another one may be started.</summary>
    private sealed record Example(ChildSize Size, string Name, ChildSource Source);

    /// <summary>The verdicts on children in one place.</summary>
    private sealed class ChildrenBuilder(BesideBuilder beside, AsIf? asIf, IReadOnlyList<MemoryRoom> rooms, MemoryCgroup? cgroup, long? ceiling)
    {
        public ChildSection Section(ChildSize size, string? childName, ChildSource source)
        {
            var verdict = ChildRule.Judge(rooms, size);
            var isHidden = beside.Hidden(asIf) is not null;
            var atCeiling = ceiling is { } most && beside._resident is { } resident ? ChildRule.Judge(rooms, size, Math.Max(0, most - resident)) : null;
            var fits = verdict.Fits == Answer.Yes;
            var consequence = fits ? (ShortageConsequence?)null
                : verdict.Room.Rule == AdmissionRule.MemoryHigh || (cgroup?.OomKillDisabled == true && !verdict.Room.IsMachine) ? ShortageConsequence.Wait
                : ShortageConsequence.Kill;
            var choice = consequence == ShortageConsequence.Kill
                ? KillRule.Choose(verdict.Room, beside.Killable(asIf), size, beside.Pid, cgroup?.Limits.Any(static limit => limit.OomGroup == true) == true)
                : null;
            var list = fits ? null : beside.ShortestList(size, asIf);
            return new ChildSection
            {
                Name = childName,
                Asked = size.Text,
                SizeBytes = size.Bytes,
                Count = size.Count,
                Source = source,
                NeededBytes = verdict.NeededBytes,
                Fits = isHidden && fits ? Answer.Uncertain : verdict.Fits,
                DecidedBy = verdict.Room.Rule,
                MarginBytes = verdict.MarginBytes >= 0 && !isHidden ? verdict.MarginBytes : null,
                ShortfallBytes = verdict.ShortfallBytes,
                UncertainBytes = ChildRule.UncertainBytes(verdict.Room),
                Consequence = consequence,
                KilledFirst = choice is null ? null : Killed(choice.Process, size, childName),
                KilledOtherwise = choice is { IsUncertain: true } ? Killed(choice.Otherwise, size, childName) : null,
                KillsWholeCgroup = choice?.WholeCgroup == true,
                FitsAtCeiling = isHidden ? null : atCeiling?.Fits,
                ShortfallAtCeilingBytes = isHidden ? null : atCeiling?.ShortfallBytes,
                HeapHardLimitPercent = (!fits || atCeiling is { Fits: not Answer.Yes }) && beside.ContainerBytes(asIf) is { } bytes && beside._resident is { } heap
                    ? new HeapLimitAdvice(bytes, heap, beside.LiveBytes()).Percent(rooms, size)
                    : null,
                SavingsSuffice = fits || beside.Savings is null ? null : list is not null,
                Savings = [.. (list ?? []).Select(static saving => new SavingSection(saving))],
            };
        }

        private KilledSection Killed(ProcessMemory? process, ChildSize size, string? childName) => process is null
            ? new KilledSection { Name = childName ?? (size.Count > 1 ? "one of the children" : "the child") }
            : new KilledSection { Pid = process.Pid, Name = process.Pid == beside.Pid ? beside.Name : NameOf(process) };
    }

    private int Pid => _result.Process.Pid;

    private string Name => name;

    private IReadOnlyList<Saving>? Savings => savings;

    /// <summary>Among whom the kernel chooses. In a container that is only supposed there is what the process's own holds here, or the process alone.</summary>
    private IReadOnlyList<ProcessMemory> Killable(AsIf? asIf) => asIf?.MemoryLimitBytes is null || _result.Cgroup is not null
        ? _result.Surroundings.Processes
        : [.. _result.Surroundings.Processes.Where(process => process.Pid == Pid)];

    private IReadOnlyList<Saving>? ShortestList(ChildSize size, AsIf? asIf) => savings is null
        ? null
        : WhatIf.ShortestList(_result.Situation, savings, then => ChildRule.Judge(RoomsOf(then, asIf), size).Fits == Answer.Yes);
}
