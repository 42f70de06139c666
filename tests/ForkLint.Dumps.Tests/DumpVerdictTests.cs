using ForkLint.Linux;

namespace ForkLint.Dumps.Tests;

public sealed class DumpVerdictTests
{
    private const long MiB = 1 << 20;

    private static readonly DumpSituation Good = new()
    {
        SizeBytes = 500 * MiB,
        Place = new DumpPlace { Directory = "/dumps", IsWritable = Answer.Yes, FileSystem = "ext4", FreeBytes = 2000 * MiB },
        ProgramPath = "/usr/share/dotnet/createdump",
        HasProgram = true,
        Fork = Fork(Answer.Yes),
        ForkKernelBytes = 2 * MiB,
        UntouchedBytes = 0,
        Rooms = [Room(100 * MiB)],
        Tracing = [new DumpReason(DumpRequirement.Tracing, Answer.Yes, "may")],
    };

    public static TheoryData<string, object, Answer, DumpRequirement> Situations => new()
    {
        { "good", Good, Answer.Yes, DumpRequirement.Program },
        { "no program", Good with { HasProgram = false }, Answer.No, DumpRequirement.Program },
        { "fork fails", Good with { Fork = Fork(Answer.No) }, Answer.No, DumpRequirement.Fork },
        { "fork may fail", Good with { Fork = Fork(Answer.Uncertain) }, Answer.Uncertain, DumpRequirement.Fork },
        { "not traced", Good with { Tracing = [new DumpReason(DumpRequirement.Tracing, Answer.No, "may not")] }, Answer.No, DumpRequirement.Tracing },
        { "no directory", Good with { Place = new DumpPlace { Directory = "/dumps", Missing = "No such file or directory" } }, Answer.No, DumpRequirement.Directory },
        { "read-only", Good with { Place = Good.Place with { IsReadOnly = true, IsWritable = Answer.No } }, Answer.No, DumpRequirement.Directory },
        { "not writable", Good with { Place = Good.Place with { IsWritable = Answer.No } }, Answer.No, DumpRequirement.Directory },
        { "too little space", Good with { Place = Good.Place with { FreeBytes = 499 * MiB } }, Answer.No, DumpRequirement.Space },
        { "hardly enough space", Good with { Place = Good.Place with { FreeBytes = 501 * MiB } }, Answer.Uncertain, DumpRequirement.Space },
        { "file too large", Good with { FileSizeLimitBytes = 400 * MiB }, Answer.No, DumpRequirement.FileSize },
        { "memory short", Good with { Rooms = [Room(10 * MiB)] }, Answer.No, DumpRequirement.Memory },
        { "memory nearly short", Good with { Rooms = [Room(20 * MiB)] }, Answer.Uncertain, DumpRequirement.Memory },
        { "tmpfs in a small cgroup", Good with { Place = Tmpfs }, Answer.No, DumpRequirement.Memory },
        { "tmpfs in a large cgroup", Good with { Place = Tmpfs, Rooms = [Room(600 * MiB)] }, Answer.Yes, DumpRequirement.Program },
        { "memory.high does not kill", Good with { Rooms = [Room(1 * MiB) with { Rule = AdmissionRule.MemoryHigh }, Room(600 * MiB)] }, Answer.Yes, DumpRequirement.Program },
        { "limits not visible", Good with { Rooms = [] }, Answer.Uncertain, DumpRequirement.Memory },
    };

    private static DumpPlace Tmpfs => Good.Place with { FileSystem = "tmpfs", IsMemory = true };

    [Theory]
    [MemberData(nameof(Situations))]
    public void What_fails_first_decides(string what, object situation, Answer works, DumpRequirement first)
    {
        var verdict = DumpVerdict.Judge((DumpSituation)situation);
        Assert.Equal((what, works, first), (what, verdict.Works, verdict.Reasons[0].Requirement));
        Assert.All(verdict.Reasons, reason => Assert.False(reason.Holds == Answer.No && reason.Remedy is null && reason.Requirement != DumpRequirement.Tracing));
    }

    [Fact]
    public void Two_figures_in_the_reason_for_space() =>
        Assert.Equal("500 MiB are needed, and /dumps (ext4) has 100 MiB free", DumpVerdict.Judge(Good with { Place = Good.Place with { FreeBytes = 100 * MiB } }).Reasons[0].Text);

    [Theory]
    [InlineData(1000u, UnixFileMode.UserRead, 1000u, 7u, Answer.No)]
    [InlineData(1000u, UnixFileMode.UserWrite | UnixFileMode.UserExecute, 1000u, 7u, Answer.Yes)]
    [InlineData(1000u, UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite, 0u, 100u, Answer.No)]
    [InlineData(1000u, UnixFileMode.GroupWrite | UnixFileMode.GroupExecute, 0u, 100u, Answer.Yes)]
    [InlineData(1000u, UnixFileMode.GroupWrite | UnixFileMode.GroupExecute, 0u, 200u, Answer.Yes)]
    [InlineData(1000u, UnixFileMode.OtherWrite | UnixFileMode.OtherExecute, 0u, 100u, Answer.No)]
    [InlineData(1000u, UnixFileMode.OtherWrite | UnixFileMode.OtherExecute, 0u, 7u, Answer.Yes)]
    public void One_class_of_the_mode_counts(uint user, UnixFileMode mode, uint owner, uint group, Answer expected)
    {
        Assert.Equal(expected, new FileUser(user, 100, [200], OverridesModes: false).MayMakeFiles(mode, owner, group));
        Assert.Equal(Answer.Yes, new FileUser(user, 100, [200], OverridesModes: true).MayMakeFiles(mode, owner, group));
    }

    private static ForkVerdict Fork(Answer answer) => new() { Rule = AdmissionRule.Here, Where = "here", Succeeds = answer, Reason = "because" };

    private static MemoryRoom Room(long bytes) => new() { Rule = AdmissionRule.MemoryCgroup, Path = "/sys/fs/cgroup/app", LimitBytes = bytes, UsedBytes = 0, ReclaimableBytes = 0 };
}
