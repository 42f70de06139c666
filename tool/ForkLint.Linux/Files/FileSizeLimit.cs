using System.Runtime.InteropServices;

namespace ForkLint.Linux.Files;

/// <summary>The limit on the size of files that this process makes (setrlimit(2), RLIMIT_FSIZE).</summary>
public static class FileSizeLimit
{
    private const int FileTooLarge = 25; // SIGXFSZ, the same on x86-64 and arm64

    /// <summary>
    /// Keeps the signal that the kernel sends at the limit from ending this process: the write then fails and says why. Until what is returned is disposed of.
    /// </summary>
    public static IDisposable Report() => PosixSignalRegistration.Create((PosixSignal)FileTooLarge, static context => context.Cancel = true);
}
