using System.Globalization;
using ForkLint.Dumps;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Dumping;

/// <summary>Finds out whether createdump would write a dump of a process. Nothing is done to the process.</summary>
internal static class DumpChecker
{
    private const string RuntimeLibrary = "libcoreclr.so";

    /// <summary>Looks and judges.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="type">The type; null for the one that the application is set to, else heap.</param>
    /// <param name="directory">The directory, as the application sees it; null for the one that the application is set to.</param>
    /// <param name="isTimed">Whether a short write in the directory tells how long it takes.</param>
    /// <exception cref="MeasureException">The process is gone, or may not be read.</exception>
    /// <exception cref="ToolException">It is not .NET.</exception>
    public static CrashDumpReport Check(int pid, DumpType? type, string? directory, bool isTimed)
    {
        _ = NamedProcess.Require(pid);
        var facts = DotNetProbe.Probe(pid);
        var process = new ProcessFiles(pid);
        if (!facts.IsDotNet)
        {
            throw new ToolException(ExitReason.NotDotNet, $"{ProcessName.Of(pid)} (pid {pid.ToString(CultureInfo.InvariantCulture)}) is not a .NET process: no runtime would write a dump of it", "'dump' without --check dumps any process");
        }

        var mappings = Measurement.Require(process.Mappings(), pid);
        var situation = (HostLook.Read(pid) is { } host ? ForkOutlook.Of(process, mappings, host)?.Situation : null)
            ?? throw new ToolException(ExitReason.MeasurementFailed, $"what a fork of process {pid.ToString(CultureInfo.InvariantCulture)} needs cannot be read", "try again");
        return Check(new Looked(process, Measurement.Require(process.Status(), pid), facts, mappings, situation, CreatedumpCheck.Examine(pid)), type, directory, isTimed);
    }

    /// <summary>The same for a process that was looked at already; null where it is not .NET, or is gone by now.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="result">What was measured of it: nothing is stopped or probed again.</param>
    public static CrashDumpReport? TryCheck(int pid, MeasureResult result)
    {
        try
        {
            var process = new ProcessFiles(pid);
            return result is { Facts: { } facts, Createdump: { } rights } && process.Status().TryGet(out var status)
                ? Check(new Looked(process, status, facts, result.ParentMappings, result.Situation, rights), null, null, isTimed: false)
                : null;
        }
        catch (Exception failure) when (failure is MeasureException or ToolException)
        {
            return null;
        }
    }

    private static CrashDumpReport Check(Looked looked, DumpType? type, string? directory, bool isTimed)
    {
        var (process, status, facts, mappings, situation, rights) = looked;
        var settings = CrashDumpSettings.Read(Measurement.Require(process.Environment(), process.Pid), Describe(process, status));
        var wanted = type ?? (settings.IsEnabled ? settings.Type : null) ?? DumpType.Heap;
        var user = new FileUser(
            status.EffectiveUid,
            status.EffectiveGid,
            status.Groups,
            status.EffectiveCapabilities is { } set && Capabilities.Holds(set, Capability.DacOverride));
        var place = PlaceReader.Read(process, directory ?? settings.Directory, user, directory is null ? Path.GetFileName(settings.Path) : null);
        long size = CreatedumpSize.Predict(wanted, mappings, status.Threads);
        var untouched = UntouchedMemory.Of(mappings);
        string program = Path.Combine(RuntimeFolder(process, mappings), "createdump");
        var verdict = DumpVerdict.Judge(new DumpSituation
        {
            SizeBytes = size,
            Place = place,
            ProgramPath = program,
            HasProgram = PlaceReader.HasProgram(process, program),
            Fork = ForkAdmission.JudgeHere(situation),
            ForkKernelBytes = situation.Candidate.KernelBytes,
            UntouchedBytes = untouched.StackBytes + untouched.OtherBytes,
            Rooms = situation.HiddenCgroup is null ? MemoryRoom.Over(situation) : [],
            FileSizeLimitBytes = process.Limits().TryGet(out var limits) && limits.TryGetValue("Max file size", out var limit) ? limit.Soft : null,
            Tracing = [.. rights.Select(static right => new DumpReason(DumpRequirement.Tracing, right.Allowed, right.Reason, right.Remedy))],
        });
        double? rate = isTimed && place.IsWritable == Answer.Yes ? WriteRate.Measure(process, place.Directory, (place.FreeBytes ?? 0) / 8) : null;
        return new CrashDumpReport
        {
            Pid = process.Pid,
            Name = ProcessName.Of(process),
            Type = wanted,
            SizeBytes = size,
            FreeBytes = place.FreeBytes,
            Directory = place.Directory,
            FileSystem = place.FileSystem,
            Fits = verdict.Works,
            Reasons = [.. verdict.Reasons.Select(static reason => new CrashDumpReason(reason.Requirement, reason.Holds, reason.Text, reason.Remedy))],
            StopMilliseconds = rate is { } bytes ? WriteRate.Stop(size, bytes).TotalMilliseconds : null,
            Createdump = new CreatedumpSection(program, facts.RuntimeVersion, DumpVerdict.ProgramBytes),
            Untouched = new UntouchedSection(untouched.Stacks, untouched.StackBytes, untouched.OtherBytes),
            Settings = new CrashDumpSettingsSection
            {
                Enabled = settings.IsEnabled,
                Type = settings.Type,
                Path = settings.Path,
                DirectoryExists = (directory is null ? place : PlaceReader.Read(process, settings.Directory, user, null)).Missing is null,
            },
        };
    }

    private static DumpedProcess Describe(ProcessFiles process, ProcessStatus status)
    {
        int own = status.NamespacePids.Count > 0 ? status.NamespacePids[^1] : process.Pid;
        string folder = Link(process, "cwd") is { Length: > 0 } link && link[0] == '/' ? link : "/";
        string host = Link(process, "ns/uts") == Link(new ProcessFiles(Environment.ProcessId), "ns/uts")
            ? Environment.MachineName
            : process.Environment().ValueOr(new Dictionary<string, string>()).GetValueOrDefault("HOSTNAME") ?? "%h";
        return new DumpedProcess(own, status.Name, host, folder);
    }

    /// <summary>The runtime looks beside its library; where a single file holds it, or the program is compiled ahead of time, beside the program.</summary>
    private static string RuntimeFolder(ProcessFiles process, IReadOnlyList<Mapping> mappings) =>
        Path.GetDirectoryName(mappings.Select(static mapping => mapping.Path).FirstOrDefault(static path => Path.GetFileName(path) == RuntimeLibrary) ?? process.ExecutablePath().ValueOr("/")) ?? "/";

    private static string? Link(ProcessFiles process, string name)
    {
        try
        {
            return new FileInfo(process.PathOf(name)).LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A process that was looked at.</summary>
    private sealed record Looked(ProcessFiles Process, ProcessStatus Status, DotNetFacts Facts, IReadOnlyList<Mapping> Mappings, ForkSituation Situation, IReadOnlyList<TracingRight> Rights);
}
