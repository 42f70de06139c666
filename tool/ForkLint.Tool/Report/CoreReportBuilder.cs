using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.TrialFork;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Tool.Report;

/// <summary>What was read of a core dump: what its report is made from.</summary>
/// <param name="Core">The dump.</param>
/// <param name="Path">Its file.</param>
/// <param name="Name">What people call the process.</param>
/// <param name="Heap">Its heap; null where there is none, or it could not be read.</param>
/// <param name="Savings">What was found to free; null where it was not looked for.</param>
/// <param name="Warnings">What a reader must know.</param>
internal sealed record MeasuredCore(CoreFile Core, string Path, string Name, HeapReport? Heap, IReadOnlyList<Saving>? Savings, IReadOnlyList<string> Warnings)
{
    /// <summary>The version of its .NET runtime; null where it has none or it is not known.</summary>
    public string? Runtime { get; init; }

    /// <summary>What a fork of the process would have been charged, as far as the dump tells.</summary>
    public long ChargeBytes => CommitCharge.PredictBytes(Core.Mappings);

    /// <summary>
    /// The process on a machine of which nothing is known, for judging it on one that is described. What it had in memory is 0 where the dump does not say it.
    /// </summary>
    public ForkSituation Situation => new()
    {
        Host = new HostMemory
        {
            Kernel = "",
            PageSizeBytes = Environment.SystemPageSize,
            TotalBytes = 0,
            SwapTotalBytes = 0,
            FreeBytes = 0,
            AvailableBytes = 0,
            HugeTlbBytes = 0,
            CommitLimitBytes = 0,
            CommittedBytes = ChargeBytes,
            OvercommitMode = 1,
            OvercommitRatioPercent = DefaultRatioPercent,
            OvercommitKbytes = 0,
            AdminReserveBytes = 0,
            UserReserveBytes = 0,
            CpuCount = 1,
        },
        Candidate = new ForkCandidate
        {
            Mappings = Core.Mappings,
            VirtualBytes = Core.Mappings.Sum(static mapping => mapping.SizeBytes),
            Privileged = false,
            PageTableBytes = AnonymousBytes / BytesOfPageTable,
            AnonymousBytes = AnonymousBytes,
        },
    };

    /// <summary>A page table of 4 KiB maps 512 pages.</summary>
    private const long BytesOfPageTable = 512;

    /// <summary>vm.overcommit_ratio of a kernel whose administrator did not change it.</summary>
    private const long DefaultRatioPercent = 50;

    private long AnonymousBytes => Core.Mappings.Sum(static mapping => mapping.AnonymousBytes);
}

/// <summary>Turns what was read of a core dump into the report object. What a dump cannot tell is null.</summary>
internal static class CoreReportBuilder
{
    private const string RuntimeLibrary = "libcoreclr.so";

    /// <summary>The report.</summary>
    /// <param name="measured">What was read.</param>
    /// <param name="asIf">A machine to judge the fork for; null for none.</param>
    public static MeasurementReport Build(MeasuredCore measured, AsIf? asIf)
    {
        var core = measured.Core;
        long? anonymous = core.HasFigures ? core.Mappings.Sum(static mapping => mapping.AnonymousBytes) : null;
        return new MeasurementReport
        {
            Engine = MeasurementReport.CoreEngine,
            EngineWhy = $"read from {measured.Path}; nothing was forked, and what a dump does not hold is unknown",
            Process = new ProcessFacts(core.Pid, measured.Name, measured.Runtime, measured.Heap?.IsServerGC) { IsDotNet = HasRuntime(core), Libc = ReportBuilder.Libc(core.Mappings) },
            Parent = new MemoryFigures
            {
                VirtualBytes = core.HasFigures ? core.Mappings.Sum(static mapping => mapping.SizeBytes) : null,
                AnonymousBytes = anonymous,
                AnonymousHugePageBytes = core.HasFigures ? core.Mappings.Sum(static mapping => mapping.AnonymousHugePageBytes) : null,
                CommitChargeBytes = measured.ChargeBytes,
            },
            Fork = new ForkFigures { PredictedChargeBytes = measured.ChargeBytes },
            Verdicts = asIf is null ? [] : [CoreVerdict.Judge(measured.Situation, core.HasFigures, asIf)],
            Savings = measured.Savings is null ? null : [.. measured.Savings.Select(Section)],
            Heap = measured.Heap is not { } heap ? null : SavingsBuilder.Heap(heap),
            Mappings = [.. MappingGroupSection.Of(core.Mappings).Select(group => group with { ResidentBytes = null, AnonymousBytes = core.HasFigures ? group.AnonymousBytes : null })],
            Warnings = measured.Warnings,
        };
    }

    /// <summary>The entry for a saving: a dump holds what was charged, and not which pages were in memory.</summary>
    public static SavingSection Section(Saving saving) =>
        new SavingSection(saving) with { ChildResidentBytes = Saving.Unknown, ExposureBytes = Saving.Unknown, LatencySavedMicroseconds = null };

    /// <summary>Whether a process has a heap that can be read.</summary>
    public static bool HasRuntime(CoreFile core) => RuntimePath(core) is not null;

    private static string? RuntimePath(CoreFile core) => core.Files.Select(static file => file.Path).FirstOrDefault(static path => Path.GetFileName(path) == RuntimeLibrary);

    /// <summary>
    /// The version of its .NET runtime: a shared one lies in a folder of that name, <c>Microsoft.NETCore.App/10.0.1/libcoreclr.so</c>, and every one says it in its data.
    /// </summary>
    /// <returns>Null where there is no runtime, or the dump does not tell.</returns>
    public static string? RuntimeVersion(CoreFile core, SafeFileHandle file)
    {
        var runtime = RuntimePath(core);
        if (runtime is null)
        {
            return null;
        }

        try
        {
            return OfFolder(runtime) ?? RuntimeImage.Version(FrozenProcess.OfCore(file), core.Files.Where(part => part.Path == runtime));
        }
        catch (HeapReadException)
        {
            return null;
        }
    }

    private static string? OfFolder(string runtime) =>
        Path.GetFileName(Path.GetDirectoryName(runtime)) is { Length: > 0 } folder && char.IsAsciiDigit(folder[0]) && Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
}
