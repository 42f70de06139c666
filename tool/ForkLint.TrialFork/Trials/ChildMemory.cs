using System.Globalization;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.TrialFork;

/// <summary>The memory file of a proven child.</summary>
internal static class ChildMemory
{
    /// <summary>
    /// Opens it. Only where this process may not (Yama lets none but ancestors), the descriptor that the agent sent is taken, and only if it
    /// is provably the same file: a read from a pipe would block, and a write by root to a file of another's choice could do anything.
    /// </summary>
    /// <param name="target">The application.</param>
    /// <param name="pid">The proven child.</param>
    /// <param name="sent">What the agent sent; closed, or owned by the result.</param>
    /// <returns>Null if it may not be opened, or none was sent.</returns>
    /// <exception cref="MeasureException">What was sent is another file.</exception>
    public static SafeFileHandle? Open(Target target, int pid, Descriptor? sent)
    {
        if (sent == null)
        {
            return null;
        }

        int opened = Libc.OpenAt(Libc.CurrentDirectory, new ProcessFiles(pid).PathOf("mem"), Libc.ReadWrite | Libc.CloseOnExec, 0);
        if (opened < 0 && !IsMemoryOf(target, pid, sent))
        {
            string link = AgentText.Clean(ChildProof.Link(sent) ?? "");
            throw ChildProof.Untrue(target, $"{(link.Length == 0 ? "a file" : link)} as the child's memory");
        }

        if (opened >= 0)
        {
            sent.Dispose();
        }

        return new SafeFileHandle(opened >= 0 ? opened : sent.Detach(), ownsHandle: true);
    }

    /// <summary>
    /// A file called PID/mem at the top of a mount of procfs. The mount is looked up in the application's own list by the number that the
    /// kernel gives, so the file itself is asked for nothing.
    /// </summary>
    internal static bool IsMemoryOf(Target target, int pid, Descriptor sent)
    {
        if (ChildProof.Link(sent) is not { } link
            || ChildProof.Information(sent, "mnt_id:") is not { } mountId
            || !new ProcessFiles(pid).Status().TryGet(out var status)
            || !target.Files.Mounts().TryGet(out var mounts))
        {
            return false;
        }

        return mounts.Any(mount => mount.Id == mountId && mount is { FileSystem: "proc", Root: "/" })
            && status.NamespacePids.Append(pid).Any(number => link.EndsWith(string.Create(CultureInfo.InvariantCulture, $"/{number}/mem"), StringComparison.Ordinal));
    }
}
