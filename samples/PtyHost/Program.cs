// A host that runs a shell on a pseudo-terminal, as terminals and build servers do, in two ways:
//   forkpty      duplicates the whole address space, and runs managed code in the child until exec
//   posix_spawn  shares the memory until exec, and runs none
using System.Diagnostics;
using System.Globalization;
using ForkLint.Samples;

const int ScrollbackLengthBytes = 200_000_000;

if (args is ["forkpty"])
{
    return WithForkPty.Run(ScrollbackLengthBytes);
}

if (args is ["posix_spawn"])
{
    return WithPosixSpawn.Run(ScrollbackLengthBytes);
}

// Managed code in a forked child shares the compiled code's memory with its parent, and has killed it there. That
// sharing can be switched off, for this demonstration only: a real host must not fork at all.
Console.WriteLine("                 charged to start the shell, MB   the shell on the terminal said");
foreach (var way in (string[])["forkpty", "posix_spawn"])
{
    var start = new ProcessStartInfo(Environment.ProcessPath!)
    {
        ArgumentList = { way },
        RedirectStandardOutput = true,
        Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_TieredCompilation"] = "0", ["DOTNET_TieredPGO"] = "0" },
    };
    using var process = Process.Start(start)!;
    var output = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    if (process.ExitCode != 0)
    {
        Console.Error.WriteLine($"{way} failed with exit code {process.ExitCode}.");
        return 1;
    }

    var lines = output.Split('\n');
    Console.WriteLine($"{way,-17}{Memory.Megabytes(long.Parse(lines[0], CultureInfo.InvariantCulture)),30}   {lines[1].Trim()}");
}

Console.WriteLine("""

    Myth: forkpty starts a shell.
    Fact: first it duplicates the host, scrollback and all, then it runs the host's compiled code in the copy, and
          only exec makes it a shell. posix_spawn with POSIX_SPAWN_SETSID gives the shell the same terminal, for nothing.
    """);
return 0;
