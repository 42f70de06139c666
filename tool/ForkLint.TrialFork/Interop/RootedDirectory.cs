using System.Runtime.InteropServices;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Opens a directory of another process's file system. The target chooses what lies there, so no link may lead the tool out of it.</summary>
internal static unsafe class RootedDirectory
{
    private const ulong NoMagicLinks = 2;
    private const ulong NoSymbolicLinks = 4;
    private const ulong InRoot = 16;
    private const int NotImplemented = 38;

    /// <summary>
    /// Opens <paramref name="path"/> as the target sees it: openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_SYMLINKS below /proc/PID/root.
    /// </summary>
    /// <exception cref="MeasureException">It is not there, a link is on the way, or the kernel refuses.</exception>
    public static Descriptor Open(ProcessFiles target, string path)
    {
        using var root = OpenRoot(target);
        var how = new OpenHow { Flags = (ulong)(Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec), Resolve = InRoot | NoMagicLinks | NoSymbolicLinks };
        nint bytes = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            int opened = (int)Libc.SystemCall(Libc.OpenAt2Call, root.Value, bytes, (nint)(&how), sizeof(OpenHow));
            if (opened >= 0)
            {
                return new Descriptor(opened);
            }

            // Linux before 5.6 does not know it, and the seccomp filters of older container engines refuse it.
            int error = Libc.LastError;
            return error is NotImplemented or Libc.ErrorNotPermitted ? Walk(root, target, path) : throw Failure(target, path, error);
        }
        finally
        {
            Marshal.FreeCoTaskMem(bytes);
        }
    }

    /// <summary>The same, one name after the other: none of them may be a link, and none leads upwards.</summary>
    private static Descriptor Walk(Descriptor root, ProcessFiles target, string path)
    {
        var at = new Descriptor(Libc.Duplicate(root.Value));
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int index = 0; index < names.Length; index++)
        {
            if (names[index] is "." or "..")
            {
                at.Dispose();
                throw Failure(target, path, Libc.ErrorLoop);
            }

            int access = index == names.Length - 1 ? Libc.ReadOnly : Libc.PathOnly;
            int opened = Libc.OpenAt(at.Value, names[index], access | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec, 0);
            int error = Libc.LastError;
            at.Dispose();
            if (opened < 0)
            {
                // With O_DIRECTORY and O_NOFOLLOW a link is "not a directory".
                throw Failure(target, path, error == Libc.ErrorNotDirectory ? Libc.ErrorLoop : error);
            }

            at = new Descriptor(opened);
        }

        return at;
    }

    private static Descriptor OpenRoot(ProcessFiles target)
    {
        int root = Libc.OpenAt(Libc.CurrentDirectory, target.PathOf("root"), Libc.PathOnly | Libc.DirectoryOnly | Libc.CloseOnExec, 0);
        return root >= 0 ? new Descriptor(root) : throw Failure(target, target.PathOf("root"), Libc.LastError);
    }

    private static MeasureException Failure(ProcessFiles target, string path, int error)
    {
        if (error is Libc.ErrorNoProcess || target.Stat() is not { IsOk: true, Value.IsZombie: false })
        {
            return Measurement.Gone(target.Pid);
        }

        return error switch
        {
            Libc.ErrorLoop => new MeasureException(
                ExitReason.RefusedForSafety,
                $"a symbolic link is on the target's way to {path}, and following it could lead out of the target's file system",
                "start the target with TMPDIR set to the real folder, or use --engine estimate"),
            Libc.ErrorAccess or Libc.ErrorNotPermitted => new MeasureException(
                ExitReason.NotPermitted,
                $"{path} of the target may not be opened: {Libc.Message(error)}",
                "run the tool as root (sudo) or as the target's own user; in a container add --cap-add SYS_PTRACE"),
            Libc.ErrorNoEntry => new MeasureException(
                ExitReason.MeasurementFailed,
                $"the target's temporary folder {path} does not exist (any more), and the agent must meet the tool there",
                "create it again, or use --engine estimate")
            { AllowsEstimate = true },
            _ => new MeasureException(
                ExitReason.MeasurementFailed,
                $"{path} of the target cannot be opened: {Libc.Message(error)}",
                "use --engine estimate")
            { AllowsEstimate = true },
        };
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
