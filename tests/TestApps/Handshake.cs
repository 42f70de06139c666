using System.Diagnostics;

namespace ForkLint.TestApps;

/// <summary>Lines in, lines out: tests never wait for time to pass, they wait for an answer.</summary>
internal static class Handshake
{
    /// <summary>
    /// Says that the target stands, then answers: Ping → Pong (it lives), Spawn → Spawned CODE (it can still start processes),
    /// Variables → Variables … (a digest of its environment), Collect → Collected (what is garbage is gone, and what its finalizers let go),
    /// Go → Done … (the scenario acts), Quit → ends. The end of the input ends it too.
    /// </summary>
    public static int Serve(IScenario scenario, string ready)
    {
        Say(ready);
        while (Console.ReadLine() is { } line)
        {
            switch (line)
            {
                case "Ping":
                    Say("Pong");
                    break;
                case "Spawn":
                    Say($"Spawned {Spawn()}");
                    break;
                case "Variables":
                    Say($"Variables {EnvironmentDigest.Compute()}");
                    break;
                case "Collect":
                    Collect();
                    Say("Collected");
                    break;
                case "Go":
                    Say($"Done {scenario.Go()}".TrimEnd());
                    break;
                case "Quit":
                    return 0;
                default:
                    Say($"Unknown {line}");
                    break;
            }
        }

        return 0;
    }

    private static int Spawn()
    {
        using var child = Process.Start(new ProcessStartInfo("/bin/true") { UseShellExecute = false })!;
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>Several rounds: the finalizer that one collection runs lets the next one unload an assembly.</summary>
    private static void Collect()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private static void Say(string text)
    {
        Console.WriteLine(text);
        Console.Out.Flush();
    }
}
