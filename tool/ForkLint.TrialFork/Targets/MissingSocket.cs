using System.Globalization;
using System.Text;

namespace ForkLint.TrialFork;

/// <summary>Why a .NET process has no diagnostics socket: what is seen is said as seen, what is inferred as inferred.</summary>
internal static class MissingSocket
{
    /// <summary>sun_path holds 108 bytes, the last of them zero (unix(7)).</summary>
    private const int LongestPathBytes = 107;
    private const int SampleStartTime = 1_000_000;

    /// <summary>Whether the way the application was started explains it.</summary>
    public static bool IsExplained(DotNetFacts facts) => facts.IsNativeAot || facts.IsMono || facts.DiagnosticsDisabledBy != null || IsRelative(facts) || IsTooLong(facts);

    /// <summary>One sentence, without a full stop.</summary>
    public static string Why(DotNetFacts facts, Target target)
    {
        if (facts.DiagnosticsDisabledBy is { } variable)
        {
            return $"{target.Title} was started with {variable}, which switches its diagnostics socket off";
        }

        if (IsRelative(facts))
        {
            return $"{target.Title} was started with TMPDIR={facts.TemporaryVariable}, which is not an absolute path: the agent and the tool would look for each other in different folders";
        }

        if (IsTooLong(facts))
        {
            int length = Encoding.UTF8.GetByteCount(facts.TemporaryFolder);
            return string.Create(CultureInfo.InvariantCulture, $"{target.Title} was started with a TMPDIR of {length} bytes: with the name of the diagnostics socket that is more than the {LongestPathBytes} bytes that a socket's path may have");
        }

        string folder = facts.TemporaryFolder;
        return IsReadOnly(target, folder)
            ? $"{target.Title} has no diagnostics socket in {folder}, which is read-only; presumably its runtime could not make one there"
            : $"{target.Title} has no diagnostics socket in {folder}; presumably it was deleted, or its runtime could not make it";
    }

    private static bool IsRelative(DotNetFacts facts) => facts.TemporaryVariable is { Length: > 0 } folder && folder[0] != '/';

    private static bool IsTooLong(DotNetFacts facts) => !facts.HasDiagnosticsSocket
        && Encoding.UTF8.GetByteCount(string.Create(CultureInfo.InvariantCulture, $"{facts.TemporaryFolder}/dotnet-diagnostic-1-{SampleStartTime}-socket")) > LongestPathBytes;

    /// <summary>Whether the folder's file system is mounted read-only for the target.</summary>
    private static bool IsReadOnly(Target target, string folder)
    {
        try
        {
            using var directory = RootedDirectory.Open(target.Files, folder);
            return Libc.MayAccess(directory.Value, ".", Libc.MayWriteAndSearch, Libc.AsEffectiveUser) != 0 && Libc.LastError == Libc.ErrorReadOnlyFileSystem;
        }
        catch (MeasureException)
        {
            return false;
        }
    }
}
