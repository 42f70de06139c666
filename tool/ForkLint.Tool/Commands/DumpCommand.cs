using System.CommandLine;
using System.Globalization;
using ForkLint.Dumps;
using ForkLint.Linux;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Dumping;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>dump</c>: a dump of a frozen copy, and whether the runtime's own dumps would work.</summary>
internal static class DumpCommand
{
    private const string Examples = """
        dotnet-forklint dump 4242                          a dump with all objects, while the process runs on
        dotnet-forklint dump 4242 --type full -o app.core  with the code of all modules, to a file of your choice
        dotnet-forklint dump 4242 --compress               the same, smaller
        dotnet-forklint dump 4242 --no-stacks              where the process may not be traced
        dotnet-forklint dump 4242 --gcdump                 the heap alone, for dotnet-gcdump, PerfView, Visual Studio
        dotnet-forklint dump 4242 --check                  would a dump by the runtime's own createdump work here?
        dotnet-forklint dump 4242 --check -o /dumps        the same for another directory
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var target = new Argument<string[]>("PID") { Description = "The id of the process.", Arity = ArgumentArity.ZeroOrMore };
        var processId = OptionFactory.ProcessId();
        var name = OptionFactory.Name("Dump the process with this name, or with a name that contains it. 'ps' shows the names.");
        var type = OptionFactory.Choice<DumpType>("--type", "heap: threads, stacks and all objects. mini: no objects. full: the code of modules as well.");
        var check = new Option<bool>("--check") { Description = "Do not write a dump. Check whether createdump could write one: size, disk space, memory, permissions." };
        var output = new Option<string?>("--output", "-o") { Description = "The file. With --check: the directory, as the application sees it. [default: core_DATE_TIME in the current folder, or DATE_TIME_PID.gcdump; with --check the directory that the application's settings name]", HelpName = "path" };
        var format = OptionFactory.Choice<OutputFormat>("--format", "The format of --check.");
        var maxStall = OptionFactory.MaxStall("How long the application may be stopped.");
        var compress = new Option<bool>("--compress") { Description = "Compress the file with gzip. Writing then takes longer. Unpack the file with gunzip before you open it." };
        var noStacks = new Option<bool>("--no-stacks") { Description = "Dump through an agent in the application, for a process that you may not trace. The file has all objects and memory but no registers, so stacks cannot be walked." };
        var gcdump = new Option<bool>("--gcdump") { Description = "Write the managed heap in the format of dotnet-gcdump, without its pause: types, sizes and references, no values." };
        var force = new Option<bool>("--force") { Description = "Dump even when a memory cgroup or the machine has too little room for the copy. The kernel may then kill the application." };
        var command = new ExampleCommand("dump", "Write a dump of a process from a frozen copy. The process stops for a fork, not while the file is written.", Examples) { target, processId, name, type, check, output, compress, noStacks, gcdump, format, maxStall, force };
        command.SetRun(parsed =>
        {
            var subject = Subject.Of(parsed, target, parsed.GetValue(processId), parsed.GetValue(name));
            if (subject.Launch is not null)
            {
                throw new ToolException(ExitReason.Usage, "'dump' takes a running process", "start it first, and name its PID");
            }

            if (parsed.GetValue(check))
            {
                if (new Option[] { compress, noStacks, gcdump }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
                {
                    throw new ToolException(ExitReason.Usage, $"{given.Name} is for a dump by this tool, and --check is about createdump's", $"leave out {given.Name}, or --check");
                }

                return Check(subject.FindPid(), parsed.GetResult(type) is null ? null : parsed.GetValue(type), parsed.GetValue(output), parsed.GetValue(format));
            }

            if (parsed.GetResult(format) is not null)
            {
                throw new ToolException(ExitReason.Usage, "--format is for what --check prints", "leave it out, or add --check");
            }

            if (parsed.GetValue(gcdump) && new Option[] { type, compress, noStacks }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other)
            {
                throw new ToolException(ExitReason.Usage, $"{other.Name} is for a dump of memory, and --gcdump writes the heap alone", $"leave out {other.Name}, or --gcdump");
            }

            var request = new MeasureRequest
            {
                Pid = subject.FindPid(),
                MaxStall = parsed.GetValue(maxStall) ?? MeasureRequest.DefaultMaxStall,
                IgnoreHeadRoom = parsed.GetValue(force),
                EnterUnproven = parsed.GetValue(force),
            };
            if (parsed.GetValue(gcdump))
            {
                return Interruptible.Run(cancellation =>
                {
                    string file = parsed.GetValue(output) ?? string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd_HHmmss}_{request.Pid}.gcdump");
                    ReportOutput.Write(DumpText.Written(GcDumper.Write(request, file, cancellation)));
                    return ExitReason.Ok;
                });
            }

            var compression = parsed.GetValue(compress) ? DumpCompression.Gzip : DumpCompression.None;
            string path = parsed.GetValue(output) ?? string.Create(CultureInfo.InvariantCulture, $"core_{DateTime.Now:yyyyMMdd_HHmmss}{(compression == DumpCompression.Gzip ? ".gz" : "")}");
            var wishes = new DumpWishes(parsed.GetValue(type), path) { Compression = compression, HasStacks = !parsed.GetValue(noStacks) };
            if (wishes is { HasStacks: false, Type: DumpType.Mini })
            {
                throw new ToolException(ExitReason.Usage, "--type mini holds little but stacks, and --no-stacks leaves them out", "take --type heap or --type full");
            }

            return Interruptible.Run(cancellation =>
            {
                var dump = Dumper.Write(request, wishes, cancellation);
                ReportOutput.Write(DumpText.Written(dump));
                return ExitReason.Ok;
            });
        });
        return command;
    }

    private static ExitReason Check(int pid, DumpType? type, string? directory, OutputFormat format)
    {
        if (directory is not null && !Path.IsPathRooted(directory))
        {
            throw new ToolException(ExitReason.Usage, $"'{directory}' is relative, and --check looks at a directory as the application sees it", "name it from the root on");
        }

        var report = DumpChecker.Check(pid, type, directory, isTimed: true);
        ReportOutput.Write(format == OutputFormat.Json ? ReportJson.Write(report) : DumpText.Verdict(report, TextStyle.ForStandardOutput()));
        return report.Fits == Answer.No ? ExitReason.BudgetExceeded : ExitReason.Ok;
    }
}
