using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// How many more files a process can open. The runtime opens the shim before any of the shim's code runs, and a startup hook that cannot
/// be opened ends the application (.NET 9 and later): a process that is nearly out of descriptors is not entered.
/// </summary>
internal static class DescriptorRoom
{
    /// <summary>What the runtime needs to answer and to load assemblies, what the agent needs beside it, and some for the application.</summary>
    public const int Needed = 24;

    /// <summary>The numbers that are free below the limit; null where that cannot be read.</summary>
    public static long? Left(ProcessFiles process)
    {
        if (!process.Limits().TryGet(out var limits) || !limits.TryGetValue("Max open files", out var limit))
        {
            return null;
        }

        try
        {
            // The limit is one of numbers, not of how many: what was opened above a limit that was lowered since does not count.
            return limit.Soft is not { } soft ? long.MaxValue : soft - Directory.EnumerateFileSystemEntries(process.PathOf("fd"))
                .LongCount(path => long.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out long number) && number < soft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
