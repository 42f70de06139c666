using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ForkLint.LiveTargets;

/// <summary>
/// Where the tests were started in the background of a shell, SIGINT and SIGQUIT are ignored, and every program that they start inherits that
/// (POSIX, 2.11 Signals and Error Handling): nothing could be interrupted. They get what they have in a terminal.
/// </summary>
internal static partial class DefaultSignals
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const nint Default = 0;
    private const nint Ignored = 1;

#pragma warning disable CA2255 // A test assembly is the program here: it sets the stage before its first test.
    [ModuleInitializer]
    internal static void Restore()
    {
        foreach (int signal in new[] { Interrupt, Quit })
        {
            nint before = SetHandler(signal, Default);
            if (before != Ignored)
            {
                _ = SetHandler(signal, before);
            }
        }
    }
#pragma warning restore CA2255

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
