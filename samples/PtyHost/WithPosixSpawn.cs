using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Samples;

/// <summary>The shell started by <c>posix_spawn</c> in a session of its own, which opens the terminal as its first.</summary>
internal static unsafe class WithPosixSpawn
{
    private const int ReadWrite = 2; // O_RDWR
    private const int FileActionsLengthBytes = 256; // more than sizeof(posix_spawn_file_actions_t) of glibc and musl
    private const int AttributesLengthBytes = 512; // more than sizeof(posix_spawnattr_t)

    internal static int Run(int scrollbackLengthBytes)
    {
        var scrollback = new byte[scrollbackLengthBytes];
        scrollback.AsSpan().Fill(1);
        var shell = Shell.Create();
        int controller, terminal, pid;
        var name = stackalloc byte[128];
        if (Pty.OpenPty(&controller, &terminal, 0, 0, 0) != 0 || Pty.TerminalName(controller, name, 128) != 0)
        {
            return 1;
        }

        var actions = NativeMemory.AllocZeroed(FileActionsLengthBytes);
        var attributes = NativeMemory.AllocZeroed(AttributesLengthBytes);
        _ = Pty.InitializeFileActions(actions);
        _ = Pty.InitializeAttributes(attributes);

        // The first terminal that a session leader opens becomes its controlling terminal (tty_open, drivers/tty/tty_io.c).
        _ = Pty.SetFlags(attributes, Pty.SetSession);
        _ = Pty.AddOpen(actions, 0, name, ReadWrite, 0);
        _ = Pty.AddDuplicate(actions, 0, 1);
        _ = Pty.AddDuplicate(actions, 0, 2);
        var error = Pty.Spawn(&pid, shell.Path, actions, attributes, shell.Arguments, shell.Environment);
        NativeMemory.Free(actions);
        NativeMemory.Free(attributes);
        if (error != 0)
        {
            return 1;
        }

        // posix_spawn shares the memory of its caller (CLONE_VM), so nothing of the host is charged a second time:
        // all there is is the shell itself.
        _ = Pty.Close(terminal);
        var said = Pty.ReadLine(controller);
        var chargedBytes = Memory.Of(pid.ToString(CultureInfo.InvariantCulture)).CommitChargeBytes;
        Pty.Finish(controller);
        Console.WriteLine(chargedBytes);
        Console.WriteLine(said);
        GC.KeepAlive(scrollback);
        return Pty.Reap(pid) ? 0 : 1;
    }
}
