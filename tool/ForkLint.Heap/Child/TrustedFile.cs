using System.Globalization;
using ForkLint.Heap.Interop;

namespace ForkLint.Heap.Child;

/// <summary>
/// Whether a file of the application's may be loaded as code here. It may if only root and this tool's own user
/// can have written it or anything on the way to it; or when application and tool are one user, not root, since such an
/// application gains nothing by it that it could not do to the tool anyway.
/// </summary>
internal static class TrustedFile
{
    /// <summary>Why the file must not be loaded, or null if it may be.</summary>
    public static string? WhyNot(string path, int applicationPid)
    {
        uint self = Libc.EffectiveUser();
        uint? application = UserOf(applicationPid);
        if (self != 0 && application == self)
        {
            return File.Exists(path) ? null : "the file does not exist";
        }

        string resolved = ResolveLinks(path);
        for (string? part = resolved; part is not null; part = Path.GetDirectoryName(part))
        {
            if (!FileOwner.TryRead(part, out uint owner, out uint mode))
            {
                return $"{part} cannot be examined";
            }

            if (owner != 0 && owner != self)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{part} belongs to user {owner}, and the tool never runs a file that the application can write");
            }

            // A sticky directory that others may write does not let them replace what is not theirs.
            bool isSticky = (mode & 0x200) != 0;
            if ((mode & 0x12) != 0 && !isSticky)
            {
                return $"{part} is writable by its group or by everyone";
            }
        }

        return null;
    }

    private static string ResolveLinks(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private static uint? UserOf(int pid)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
            {
                if (line.StartsWith("Uid:", StringComparison.Ordinal))
                {
                    string[] fields = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
                    return fields.Length > 2 && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint effective) ? effective : null;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }
}
