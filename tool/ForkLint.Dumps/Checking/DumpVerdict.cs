using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>What a reason is about.</summary>
public enum DumpRequirement
{
    /// <summary>The program createdump, beside the runtime.</summary>
    Program,

    /// <summary>The fork that the runtime makes to start it.</summary>
    Fork,

    /// <summary>The right of createdump to trace the process that started it.</summary>
    Tracing,

    /// <summary>The directory of the file.</summary>
    Directory,

    /// <summary>Free space on its file system.</summary>
    Space,

    /// <summary>Memory: for createdump, and for a file that is memory itself.</summary>
    Memory,

    /// <summary>The limit on the size of files (RLIMIT_FSIZE).</summary>
    FileSize,
}

/// <summary>Whether one thing that a dump needs is there.</summary>
/// <param name="Requirement">What it is about.</param>
/// <param name="Holds">Whether it is there.</param>
/// <param name="Text">One sentence with the figures that decided.</param>
/// <param name="Remedy">What to do where it is not; null where it is.</param>
public sealed record DumpReason(DumpRequirement Requirement, Answer Holds, string Text, string? Remedy = null);

/// <summary>Everything that decides whether createdump would succeed.</summary>
public sealed record DumpSituation
{
    /// <summary>What it would write.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Where.</summary>
    public required DumpPlace Place { get; init; }

    /// <summary>Where the program is expected.</summary>
    public required string ProgramPath { get; init; }

    /// <summary>Whether it is there and can be run.</summary>
    public required bool HasProgram { get; init; }

    /// <summary>Whether a fork succeeds.</summary>
    public required ForkVerdict Fork { get; init; }

    /// <summary>What a fork needs in the kernel at once.</summary>
    public required long ForkKernelBytes { get; init; }

    /// <summary>What of writable memory was never touched: createdump reads it, and the kernel makes page tables for it.</summary>
    public required long UntouchedBytes { get; init; }

    /// <summary>Every memory limit over the process, the machine last.</summary>
    public required IReadOnlyList<MemoryRoom> Rooms { get; init; }

    /// <summary>The process's limit on the size of files; null without one.</summary>
    public long? FileSizeLimitBytes { get; init; }

    /// <summary>What the kernel says of tracing.</summary>
    public required IReadOnlyList<DumpReason> Tracing { get; init; }
}

/// <summary>Whether createdump would succeed in a place.</summary>
/// <param name="Works">The least favourable of the reasons.</param>
/// <param name="Reasons">One for each thing that it needs, what fails first.</param>
public sealed record DumpVerdict(Answer Works, IReadOnlyList<DumpReason> Reasons)
{
    /// <summary>createdump's own memory at its highest: measured 8.5 to 12.6 MiB, the runtime's data access library included, whatever the size of the dump.</summary>
    public const long ProgramBytes = 13 << 20;

    /// <summary>Between the look and the dump others write and allocate.</summary>
    private const long MarginBytes = 16 << 20;

    private const int BytesForPageTable = 512; // one table of 4 KiB maps 2 MiB

    /// <summary>Judges.</summary>
    public static DumpVerdict Judge(DumpSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var reasons = new List<DumpReason> { Program(situation), Fork(situation) };
        reasons.AddRange(situation.Tracing);
        reasons.Add(Directory(situation.Place));
        if (situation.Place.Missing is null)
        {
            reasons.Add(Space(situation));
        }

        if (situation.FileSizeLimitBytes is { } limit && limit < situation.SizeBytes)
        {
            reasons.Add(new DumpReason(DumpRequirement.FileSize, Answer.No, $"the process may write files of {ByteSize.Format(limit)} (RLIMIT_FSIZE), and the dump has {ByteSize.Format(situation.SizeBytes)}", "raise the limit (ulimit -f, LimitFSIZE=)"));
        }

        reasons.Add(Memory(situation));
        List<DumpReason> ordered = [.. reasons.OrderBy(static reason => Rank(reason.Holds))];
        return new DumpVerdict(ordered[0].Holds, ordered);
    }

    private static int Rank(Answer answer) => answer switch
    {
        Answer.No => 0,
        Answer.Uncertain => 1,
        _ => 2,
    };

    private static DumpReason Program(DumpSituation situation) => situation.HasProgram
        ? new DumpReason(DumpRequirement.Program, Answer.Yes, $"createdump is at {situation.ProgramPath}")
        : new DumpReason(DumpRequirement.Program, Answer.No, $"there is no createdump that can be run at {situation.ProgramPath}", "put the createdump of this version of the runtime there, or use 'dump', which needs none");

    private static DumpReason Fork(DumpSituation situation) => new(
        DumpRequirement.Fork,
        situation.Fork.Succeeds,
        situation.Fork.Succeeds == Answer.Yes ? "the fork that starts createdump succeeds" : $"the fork that starts createdump {(situation.Fork.Succeeds == Answer.No ? "fails" : "may fail")}: {situation.Fork.Reason}",
        situation.Fork.Succeeds == Answer.Yes ? null : "'measure' says what to free first");

    private static DumpReason Directory(DumpPlace place) => place switch
    {
        { Missing: { } why } => new DumpReason(DumpRequirement.Directory, Answer.No, $"{place.Directory} cannot be used: {why}", "make it, in the container of the application, or name another"),
        { IsReadOnly: true } => new DumpReason(DumpRequirement.Directory, Answer.No, $"{place.Directory} is on a file system that is mounted read-only", "mount a volume for dumps, or name another directory"),
        { NameObstacle: { } why } => new DumpReason(DumpRequirement.Directory, Answer.No, $"no file can be made in {place.Directory}: {why}", "set another name (DOTNET_DbgMiniDumpName)"),
        { HasFreeFiles: false } => new DumpReason(DumpRequirement.Directory, Answer.No, $"the file system of {place.Directory} has no inode left for another file", "remove files there, or name another directory"),
        { IsWritable: Answer.No } => new DumpReason(DumpRequirement.Directory, Answer.No, $"the application's user may not make files in {place.Directory}", "give it the right, or name another directory"),
        _ => new DumpReason(DumpRequirement.Directory, place.IsWritable, $"{place.Directory} exists{(place.IsWritable == Answer.Yes ? " and may be written to" : "; whether it may be written to is not known")}"),
    };

    private static DumpReason Space(DumpSituation situation)
    {
        var place = situation.Place;
        string where = place.FileSystem is { } kind ? $"{place.Directory} ({kind})" : place.Directory;
        if (place.FreeBytes is not { } free)
        {
            return new DumpReason(DumpRequirement.Space, place.IsMemory ? Answer.Yes : Answer.Uncertain, place.IsMemory ? $"{where} has no size of its own" : $"how much is free in {where} is not known");
        }

        string figures = $"{ByteSize.Format(situation.SizeBytes)} are needed, and {where} has {ByteSize.Format(free)} free";
        var answer = free < situation.SizeBytes ? Answer.No : free - situation.SizeBytes < Math.Min(MarginBytes, situation.SizeBytes / 50) ? Answer.Uncertain : Answer.Yes;
        return new DumpReason(DumpRequirement.Space, answer, figures, answer == Answer.Yes ? null : "make room, name another directory, or take a smaller type");
    }

    private static DumpReason Memory(DumpSituation situation)
    {
        long file = situation.Place is { IsMemory: true, Missing: null } ? situation.SizeBytes : 0;
        long needed = ProgramBytes + situation.ForkKernelBytes + (situation.UntouchedBytes / BytesForPageTable) + file;
        string need = file > 0
            ? $"{ByteSize.Format(needed)} of memory are needed, most of it for the file, which is memory in {situation.Place.FileSystem}"
            : $"{ByteSize.Format(needed)} of memory are needed for createdump";
        var judged = situation.Rooms.Where(static room => room.Rule != AdmissionRule.MemoryHigh).Select(room => (Answer: Judge(room, needed), Room: room)).OrderBy(static judged => Rank(judged.Answer)).ThenBy(static judged => judged.Room.Bytes).ToList();
        if (judged is not [var (answer, room), ..])
        {
            return new DumpReason(DumpRequirement.Memory, Answer.Uncertain, $"{need}; how much there is, is not known", "run the tool on the host, where the limits can be seen");
        }

        string left = string.Create(CultureInfo.InvariantCulture, $"{ByteSize.Format(Math.Max(0, room.Bytes))} left {(room.IsMachine ? "on this machine" : $"in its memory cgroup {room.Path}")}");
        return answer == Answer.Yes
            ? new DumpReason(DumpRequirement.Memory, answer, $"{need}, and there are {left}")
            : new DumpReason(DumpRequirement.Memory, answer, $"{need}, and there are only {left}: the kernel would not refuse, it would kill", file > 0 ? "name a directory on a disk, or raise the limit" : "raise the limit, or free memory first: 'measure' says what");
    }

    private static Answer Judge(MemoryRoom room, long needed) =>
        room.Bytes >= needed + MarginBytes ? Answer.Yes
        : room.Bytes + room.SwapBytes >= needed || room.IsMachine ? Answer.Uncertain
        : Answer.No;
}
