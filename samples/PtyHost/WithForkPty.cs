using ForkLint.Samples;

/// <summary>The shell started by <c>forkpty</c>: a full fork, with managed code in the child.</summary>
internal static unsafe class WithForkPty
{
    internal static int Run(int scrollbackLengthBytes)
    {
        var scrollback = new byte[scrollbackLengthBytes];
        scrollback.AsSpan().Fill(1);
        var shell = Shell.Create();
        PrepareForChild(shell);

        // What this call is charged: what the host holds when it forks.
        var chargedBytes = Memory.Of("self").CommitChargeBytes;
        int controller;
        var pid = Pty.ForkPty(&controller, 0, 0, 0);
        if (pid == 0)
        {
            _ = Pty.Execute(shell.Path, shell.Arguments, shell.Environment);
            Pty.Exit(127);
        }

        if (pid < 0)
        {
            return 1;
        }

        var said = Pty.ReadLine(controller);
        Pty.Finish(controller);
        Console.WriteLine(chargedBytes);
        Console.WriteLine(said);
        GC.KeepAlive(scrollback);
        return Pty.Reap(pid) ? 0 : 1;
    }

    // The child must not compile anything: it has one thread, and the others may have held the runtime's locks.
    private static void PrepareForChild(Shell shell)
    {
        byte nothing = 0;
        _ = Pty.Execute(&nothing, shell.Arguments, shell.Environment);
        _ = Memory.Of("self");
    }
}
