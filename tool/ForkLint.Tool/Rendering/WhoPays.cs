using ForkLint.Heap;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// Which calls of this process pay what was measured. Most processes on Linux start others without duplicating themselves;
/// a reader who does not know that would fix the wrong thing.
/// </summary>
internal static class WhoPays
{
    private static string[] AlwaysForks(string? runtime) =>
    [
        "Code that calls fork pays this cost: fork, forkpty, daemon and clone through P/Invoke (as in pty libraries), and the runtime",
        $"itself when it starts createdump for a crash dump ({RuntimeAdvice.Variable(runtime, "DbgEnableMiniDump")}, DiagnosticsClient.WriteDump).",
    ];

    /// <summary>The lines, without indentation.</summary>
    /// <remarks>
    /// Sources: dotnet/runtime src/native/libs/System.Native/pal_process.c (vfork since .NET Core 3.0 by dotnet/corefx#33289;
    /// fork with UserName where the C library is not glibc); musl 1.2.4's vfork for arm64 and riscv64.
    /// </remarks>
    public static IEnumerable<string> Describe(ProcessFacts process)
    {
        if (!process.IsDotNet)
        {
            return ProgramAdvice.For(process.Name);
        }

        if (RuntimeAdvice.MajorOf(process.Runtime) is < 3)
        {
            return ["Every Process.Start pays it on this runtime: before .NET Core 3.0 it duplicated the process with fork.", .. AlwaysForks(process.Runtime)];
        }

        return process.Libc switch
        {
            "glibc" => ["Process.Start does not: on glibc it shares the memory (vfork) at any size, UserName included.", .. AlwaysForks(process.Runtime)],
            "musl" =>
            [
                "Process.Start does with UserName set; without it, it shares the memory (vfork), except on musl 1.2.3 and older on",
                "arm64 and riscv64, where vfork is a fork.",
                .. AlwaysForks(process.Runtime),
            ],
            _ =>
            [
                "Process.Start shares the memory (vfork) on glibc; on musl it forks when UserName is set.",
                .. AlwaysForks(process.Runtime),
            ],
        };
    }

    /// <summary>Whether Process.Start duplicates the process; null where that depends on how it is called, or is not known.</summary>
    public static bool? IsDuplicating(ProcessFacts process) =>
        RuntimeAdvice.MajorOf(process.Runtime) is < 3 ? true : process.Libc == "glibc" ? false : null;
}
