using System.Runtime.InteropServices;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Opens a directory of another process's file system. The target chooses what lies there, so no link may lead the tool out of it.</summary>
internal static unsafe class RootedDirectory
{
    private const ulong NoMagicLinks = 2;
    private const ulong NoSymbolicLinks = 4;
    private const ulong InRoot = 16;

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
            return opened >= 0 ? new Descriptor(opened) : throw Failure(path, Libc.LastError);
        }
        finally
        {
            Marshal.FreeCoTaskMem(bytes);
        }
    }

    private static Descriptor OpenRoot(ProcessFiles target)
    {
        int root = Libc.OpenAt(Libc.CurrentDirectory, target.PathOf("root"), Libc.PathOnly | Libc.DirectoryOnly | Libc.CloseOnExec, 0);
        return root >= 0 ? new Descriptor(root) : throw Failure(target.PathOf("root"), Libc.LastError);
    }

    private static MeasureException Failure(string path, int error) => error switch
    {
        Libc.ErrorLoop => new MeasureException(
            ExitReason.RefusedForSafety,
            $"a symbolic link is on the target's way to {path}, and following it could lead out of the target's file system",
            "start the target with TMPDIR set to the real folder, or use --engine estimate"),
        Libc.ErrorAccess or Libc.ErrorNotPermitted => new MeasureException(
            ExitReason.NotPermitted,
            $"{path} of the target may not be opened: {Libc.Message(error)}",
            "run the tool as root (sudo) or as the target's own user; in a container add --cap-add SYS_PTRACE"),
        38 => new MeasureException(
            ExitReason.MeasurementFailed,
            "this kernel has no openat2 (Linux 5.6), so the target's files cannot be reached safely",
            "use --engine estimate"),
        _ => new MeasureException(
            ExitReason.MeasurementFailed,
            $"{path} of the target cannot be opened: {Libc.Message(error)}",
            "make the target's temporary folder available, or use --engine estimate"),
    };

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
