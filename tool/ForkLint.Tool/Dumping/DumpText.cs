using System.Globalization;
using System.Text;
using ForkLint.Dumps;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Dumping;

/// <summary>What <c>dump</c> prints for people.</summary>
internal static class DumpText
{
    /// <summary>Below this, untouched memory is not worth a word.</summary>
    private const long WorthSayingBytes = 32 << 20;

    /// <summary>One line about a dump that was written, and one about how to open it where that takes more than opening it.</summary>
    public static string Written(WrittenDump dump)
    {
        string threads = dump.Wishes.HasStacks ? Units.Count(dump.Threads, "thread") : "no registers, so that stacks cannot be walked";
        string path = NeutralText.Terminal(dump.Path);
        string open = dump.Wishes.Compression == DumpCompression.Gzip ? $"It is compressed: gunzip {path} makes it a dump that can be opened.\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{path}: {Units.Bytes(dump.LengthBytes)}, {threads}; the application was stopped for {Units.Microseconds(dump.Stood.TotalMicroseconds)}\n{open}");
    }

    /// <summary>One line about a gcdump that was written, one about what is not in it, one about how to open it.</summary>
    public static string Written(WrittenGcDump dump)
    {
        string stood = dump switch
        {
            { IsOfRunningProcess: true } => "the application ran on while it was read",
            { Stood: { } microseconds } => $"the application was stopped for {Units.Microseconds(microseconds)}",
            _ => "the application was stopped for a fork",
        };
        string left = dump.Summary.UnreachableObjects == 0 ? "" : $"{Units.Count(dump.Summary.UnreachableObjects, "object")} that nothing refers to {(dump.Summary.UnreachableObjects == 1 ? "is" : "are")} left out.\n";
        string path = NeutralText.Terminal(dump.Path);
        return string.Create(CultureInfo.InvariantCulture, $"{path}: {Units.Bytes(dump.LengthBytes)}, {Units.Count(dump.Summary.Objects, "object")} of {Units.Bytes(dump.Summary.Bytes)}; {stood}\n{left}dotnet-gcdump report {path} lists its types; PerfView and Visual Studio open it.\n");
    }

    /// <summary>The verdict about createdump: one sentence, then what it rests on.</summary>
    public static string Verdict(CrashDumpReport report, TextStyle style)
    {
        report = ReportJson.ForTerminal(report);
        var output = new StringBuilder();
        var (verdict, emphasis) = Headline(report);
        output.Append(style.Apply(verdict, emphasis)).Append("\n\n");
        var table = new TextTable(2, Align.Left, Align.Left);
        foreach (var reason in report.Reasons)
        {
            var (word, mark) = Word(reason.Holds);
            table.Row((word, mark), (reason.Text, Emphasis.None));
            if (reason.Remedy is { } remedy)
            {
                table.Row(("", Emphasis.None), ($"→ {remedy}", Emphasis.Quiet));
            }
        }

        table.AppendTo(output, style);
        output.Append('\n');
        AppendUntouched(output, report);
        AppendSettings(output, report);
        return output.ToString();
    }

    private static (string Text, Emphasis Emphasis) Headline(CrashDumpReport report)
    {
        string subject = string.Create(CultureInfo.InvariantCulture, $"A dump of {report.Name} (pid {report.Pid}) by createdump, {CrashDumpText.Name(report.Type)}, {Units.Bytes(report.SizeBytes)},");
        string stop = report.StopMilliseconds is { } milliseconds ? $"; it would stop the application for about {Units.Milliseconds(Math.Round(milliseconds / 100) * 100)} (an estimate)" : "";
        return report.Fits switch
        {
            Answer.Yes => ($"{subject} would be written to {report.Directory}{stop}.", Emphasis.Good),
            Answer.No => ($"{subject} would not be written to {report.Directory}.", Emphasis.Bad),
            _ => ($"{subject} may or may not be written to {report.Directory}{stop}.", Emphasis.Caution),
        };
    }

    private static void AppendUntouched(StringBuilder output, CrashDumpReport report)
    {
        if (report.Type == DumpType.Mini)
        {
            return;
        }

        if (report.Untouched.StackBytes >= WorthSayingBytes)
        {
            output.Append(CultureInfo.InvariantCulture, $"{Units.Bytes(report.Untouched.StackBytes)} of this are untouched parts of {Units.Count(report.Untouched.Stacks, "thread stack")}, written as zeroes: {Variable(report, "Thread_DefaultStackSize=40000")} makes new stacks 256 KiB.\n");
        }

        if (report.Untouched.OtherBytes >= WorthSayingBytes)
        {
            output.Append(CultureInfo.InvariantCulture, $"{Units.Bytes(report.Untouched.OtherBytes)} of this are other memory that was never touched, written as zeroes. 'dump' without --check writes neither.\n");
        }
    }

    private static void AppendSettings(StringBuilder output, CrashDumpReport report)
    {
        var settings = report.Settings;
        output.Append(settings.Enabled
            ? $"A crash writes a dump ({(settings.Type is { } type ? CrashDumpText.Name(type) : "DbgMiniDumpType has a value that the runtime does not know")}) to {settings.Path}{(settings.DirectoryExists ? "" : ", whose directory does not exist there")}.\n"
            : $"A crash writes no dump: {Variable(report, "DbgEnableMiniDump=1")} is not set for this application.\n");
    }

    private static string Variable(CrashDumpReport report, string setting) => RuntimeAdvice.Variable(report.Createdump.Version, setting);

    private static (string Word, Emphasis Emphasis) Word(Answer answer) => answer switch
    {
        Answer.Yes => ("yes", Emphasis.Good),
        Answer.No => ("no", Emphasis.Bad),
        _ => ("uncertain", Emphasis.Caution),
    };
}
