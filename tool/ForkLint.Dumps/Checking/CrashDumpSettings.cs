using System.Globalization;
using System.Text;

namespace ForkLint.Dumps;

/// <summary>
/// What an application's environment says of the dump that its runtime writes when it crashes: the variables <c>DOTNET_Dbg…</c>, or
/// <c>COMPlus_Dbg…</c> as they were called (learn.microsoft.com/dotnet/core/diagnostics/collect-dumps-crash).
/// </summary>
public sealed record CrashDumpSettings
{
    private const string DefaultName = "coredump.%p";

    /// <summary>Whether a crash writes a dump.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>The type; null where the value is none that the runtime knows.</summary>
    public required DumpType? Type { get; init; }

    /// <summary>The name as it was set, or the runtime's own.</summary>
    public required string Name { get; init; }

    /// <summary>The path of the file, with what stands for the process, its program and the host put in; %t, the time of the crash, stays.</summary>
    public required string Path { get; init; }

    /// <summary>The directory of the file, as the application sees it.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } directory ? directory : "/";

    /// <summary>Reads them.</summary>
    /// <param name="environment">The environment that the application was started with.</param>
    /// <param name="process">What its name is made of.</param>
    public static CrashDumpSettings Read(IReadOnlyDictionary<string, string> environment, DumpedProcess process)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(process);
        string? Value(string name) => environment.GetValueOrDefault("DOTNET_" + name) ?? environment.GetValueOrDefault("COMPlus_" + name);
        string temporary = environment.GetValueOrDefault("TMPDIR") is { Length: > 0 } folder ? folder : "/tmp";
        string name = Value("DbgMiniDumpName") is { Length: > 0 } given ? given : System.IO.Path.Combine(temporary, DefaultName);
        return new CrashDumpSettings
        {
            IsEnabled = Number(Value("DbgEnableMiniDump")) is > 0,
            Type = Value("DbgMiniDumpType") is { } type ? TypeOf(Number(type)) : DumpType.Heap,
            Name = name,
            Path = System.IO.Path.GetFullPath(Expand(name, process), process.WorkingDirectory),
        };
    }

    /// <summary>The runtime reads numbers as hexadecimal (clrconfignative).</summary>
    private static int? Number(string? text) =>
        int.TryParse(text is { Length: > 2 } && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Triage (3) is a mini dump without names of files.</summary>
    private static DumpType? TypeOf(int? number) => number switch
    {
        1 or 3 => DumpType.Mini,
        2 => DumpType.Heap,
        4 => DumpType.Full,
        _ => null,
    };

    private static string Expand(string name, DumpedProcess process)
    {
        var path = new StringBuilder();
        for (int index = 0; index < name.Length; index++)
        {
            if (name[index] != '%' || index == name.Length - 1)
            {
                path.Append(name[index]);
                continue;
            }

            path.Append(name[++index] switch
            {
                '%' => "%",
                'p' or 'd' => process.Pid.ToString(CultureInfo.InvariantCulture),
                'e' => process.Name,
                'h' => process.HostName,
                var other => $"%{other}",
            });
        }

        return path.ToString();
    }
}

/// <summary>What the name of a dump is made of.</summary>
/// <param name="Pid">The process's id, as it sees it itself.</param>
/// <param name="Name">The name of its command.</param>
/// <param name="HostName">The name of the host that it sees.</param>
/// <param name="WorkingDirectory">Where a relative name starts.</param>
public sealed record DumpedProcess(int Pid, string Name, string HostName, string WorkingDirectory);
