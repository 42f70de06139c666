using ForkLint.Linux;

namespace ForkLint.Tool.Processes;

/// <summary>What a process is called by the people who run it: <c>Shop.Api</c>, where the kernel says <c>dotnet</c>.</summary>
internal static class ProcessName
{
    /// <summary>No file's name is longer (limits.h, NAME_MAX); what a process calls itself can be, and then only the beginning counts.</summary>
    private const int MaximumLength = 255;

    /// <summary>The kernel keeps so many bytes (TASK_COMM_LEN).</summary>
    private const int CommandLength = 15;

    /// <summary>The name of a process; a question mark when it has ended.</summary>
    public static string Of(int pid) => Of(new ProcessFiles(pid));

    /// <summary>The managed entry assembly where the command line names it, else the executable, else what the kernel calls it.</summary>
    public static string Of(ProcessFiles process)
    {
        var arguments = process.CommandLine().ValueOr([]);
        return Of(arguments, process.Stat().TryGet(out var stat) ? stat.Comm : "?");
    }

    /// <summary>The same from what was read before.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="command">What the kernel calls it.</param>
    public static string Of(IReadOnlyList<string> arguments, string command) =>
        ProgramOfTitle(arguments, command) ?? FromArguments(arguments) ?? command;

    /// <summary>
    /// The program that wrote a title over its command line, as Redis, PostgreSQL and Chromium do: "redis-server *:6379". Its first word is the
    /// program's file then, and what the kernel calls it.
    /// </summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="command">What the kernel calls it: the first 15 bytes of the program's name.</param>
    /// <returns>The program's name; null where the command line is no title.</returns>
    public static string? ProgramOfTitle(IReadOnlyList<string> arguments, string command)
    {
        if (command.Length == 0 || arguments.Count == 0 || arguments[0].IndexOf(' ', StringComparison.Ordinal) is var space && space < 0)
        {
            return null;
        }

        var word = Path.GetFileName(arguments[0][..space]).TrimEnd(':');
        return word == command || (command.Length >= CommandLength && word.StartsWith(command, StringComparison.Ordinal)) ? WithoutExtension(word) : null;
    }

    /// <summary>The name that a command line gives; null when it is empty.</summary>
    public static string? FromArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0].Length == 0)
        {
            return null;
        }

        var executable = Path.GetFileName(arguments[0]);
        if (executable is not "dotnet")
        {
            return WithoutExtension(executable);
        }

        // `dotnet App.dll`, `dotnet exec --depsfile App.deps.json App.dll`: the host's options come before the assembly.
        var assembly = arguments.Skip(1).FirstOrDefault(argument => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && !argument.StartsWith('-'));
        return assembly is null ? executable : WithoutExtension(Path.GetFileName(assembly));
    }

    private static string WithoutExtension(string file)
    {
        var name = file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? file[..^4] : file;
        return name.Length <= MaximumLength ? name : name[..MaximumLength];
    }
}
