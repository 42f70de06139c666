using System.Globalization;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// Which calls of this process pay what was measured. Most processes on Linux start others without duplicating themselves;
/// a reader who does not know that would fix the wrong thing.
/// </summary>
internal static class WhoPays
{
    private static readonly string[] AlwaysForks =
    [
        "Code that calls fork pays this cost: fork, forkpty, daemon and clone through P/Invoke (as in pty libraries), and the runtime",
        "itself when it starts createdump for a crash dump (DOTNET_DbgEnableMiniDump, DiagnosticsClient.WriteDump).",
    ];

    /// <summary>The lines, without indentation.</summary>
    /// <remarks>
    /// Sources: dotnet/runtime src/native/libs/System.Native/pal_process.c (vfork since .NET Core 3.0 by dotnet/corefx#33289;
    /// fork with UserName where the C library is not glibc); musl 1.2.4's vfork for arm64 and riscv64.
    /// </remarks>
    public static IEnumerable<string> Describe(ProcessSection process)
    {
        if (!process.IsDotNet)
        {
            return ProgramAdvice.For(process.Name);
        }

        if (Major(process.Runtime) is < 3)
        {
            return ["Every Process.Start pays it on this runtime: before .NET Core 3.0 it duplicated the process with fork.", .. AlwaysForks];
        }

        return process.Libc switch
        {
            "glibc" => ["Process.Start does not: on glibc it shares the memory (vfork) at any size, UserName included.", .. AlwaysForks],
            "musl" =>
            [
                "Process.Start does with UserName set; without it, it shares the memory (vfork), except on musl 1.2.3 and older on",
                "arm64 and riscv64, where vfork is a fork.",
                .. AlwaysForks,
            ],
            _ =>
            [
                "Process.Start shares the memory (vfork) on glibc; on musl it forks when UserName is set.",
                .. AlwaysForks,
            ],
        };
    }

    /// <summary>Whether Process.Start duplicates the process; null where that depends on how it is called, or is not known.</summary>
    public static bool? IsDuplicating(ProcessSection process) =>
        Major(process.Runtime) is < 3 ? true : process.Libc == "glibc" ? false : null;

    private static int? Major(string? version) =>
        version is not null && int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
}
