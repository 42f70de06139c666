namespace ForkLint.Linux.Tests.Support;

/// <summary>Error numbers, the same on every architecture of Linux (include/uapi/asm-generic/errno-base.h).</summary>
internal static class Errno
{
    public const int TryAgain = 11;
    public const int NoMemory = 12;
}
