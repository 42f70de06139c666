using ForkLint.Dumps;
using ForkLint.Linux;
using ForkLint.Tool.Dumping;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

public sealed class DumpTextTests
{
    private static readonly CrashDumpReport Works = new()
    {
        Pid = 4242,
        Name = "Shop.Api",
        Type = DumpType.Heap,
        SizeBytes = 312 << 20,
        FreeBytes = 11L << 30,
        Directory = "/tmp",
        FileSystem = "ext4",
        Fits = Answer.Yes,
        Reasons = [new CrashDumpReason(DumpRequirement.Program, Answer.Yes, "createdump is at /usr/share/createdump", null)],
        StopMilliseconds = 3120,
        Createdump = new CreatedumpSection("/usr/share/createdump", "10.0.12", 13 << 20),
        Untouched = new UntouchedSection(8, 62 << 20, 0),
        Settings = new CrashDumpSettingsSection { Enabled = false, Type = DumpType.Heap, Path = "/tmp/coredump.4242", DirectoryExists = true },
    };

    private static readonly CrashDumpReport Fails = Works with
    {
        Fits = Answer.No,
        StopMilliseconds = null,
        Reasons = [new CrashDumpReason(DumpRequirement.Space, Answer.No, "too little", "make room")],
        Settings = Works.Settings with { Enabled = true, Type = null, Path = "/no/such", DirectoryExists = false },
    };

    [Fact]
    public void A_dump_that_works() => Assert.Equal(
        """
        A dump of Shop.Api (pid 4242) by createdump, with heap, 312.0 MiB, would be written to /tmp; it would stop the application for about 3.1 s (an estimate).

          yes  createdump is at /usr/share/createdump

        62.0 MiB of this are untouched parts of 8 thread stacks, written as zeroes: DOTNET_Thread_DefaultStackSize=40000 makes new stacks 256 KiB.
        A crash writes no dump: DOTNET_DbgEnableMiniDump=1 is not set for this application.

        """,
        DumpText.Verdict(Works, TextStyle.Plain));

    [Fact]
    public void A_dump_that_fails() => Assert.Equal(
        """
        A dump of Shop.Api (pid 4242) by createdump, with heap, 312.0 MiB, would not be written to /tmp.

          no  too little
              → make room

        62.0 MiB of this are untouched parts of 8 thread stacks, written as zeroes: DOTNET_Thread_DefaultStackSize=40000 makes new stacks 256 KiB.
        A crash writes a dump (DbgMiniDumpType has a value that the runtime does not know) to /no/such, whose directory does not exist there.

        """,
        DumpText.Verdict(Fails, TextStyle.Plain));

    [Theory]
    [InlineData("allow more with --max-stall, or use --engine estimate", "allow more with --max-stall")]
    [InlineData("use --engine estimate", "")]
    [InlineData("let it run (kill -CONT, detach the debugger), or use --engine estimate", "let it run (kill -CONT, detach the debugger)")]
    [InlineData("raise the limit, use --engine estimate, or --force if a kill is acceptable", "raise the limit, or --force if a kill is acceptable")]
    [InlineData("run the tool as root (sudo); in a container add --cap-add SYS_PTRACE", "run the tool as root (sudo); in a container add --cap-add SYS_PTRACE")]
    public void Advice_names_no_option_of_another_command(string advice, string expected) => Assert.Equal(expected, DumpAdvice.Of(advice));

    [Fact]
    public void Names_from_outside_reach_no_terminal()
    {
        var text = DumpText.Verdict(Works with { Name = "a\u001b[31m\nb", Directory = "/x\u001b]0;t\u0007" }, TextStyle.Plain);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain("\nb", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_are_valid()
    {
        var schema = new SchemaValidator(Repository.Read("docs/dump.schema.json"), refuseUndescribed: true);
        Assert.Empty(schema.Validate(ReportJson.Write(Works)));
        Assert.Empty(schema.Validate(ReportJson.Write(Fails)));
        var report = new SchemaValidator(Repository.Read("docs/report.schema.json"), refuseUndescribed: true);
        Assert.Empty(report.Validate(ReportJson.Write(SampleReports.WithSavings with { CrashDump = CrashDumpSection.Of(Fails) })));
    }

    [Fact]
    public void On_the_screen_it_is_one_line()
    {
        Assert.Contains("\nCrash dump      with heap 312.0 MiB: fits in /tmp (11.0 GiB free)\n", ScreenText.Render(SampleReports.WithSavings with { CrashDump = CrashDumpSection.Of(Works) }, TextStyle.Plain, null), StringComparison.Ordinal);
        Assert.Contains("\nCrash dump      with heap 312.0 MiB: would fail; too little. To make it work: make room\n", ScreenText.Render(SampleReports.WithSavings with { CrashDump = CrashDumpSection.Of(Fails) }, TextStyle.Plain, null), StringComparison.Ordinal);
    }
}
