using System.Diagnostics;

namespace ForkLint.TestApps;

/// <summary>Lines in, lines out: tests never wait for time to pass, they wait for an answer.</summary>
internal static class Handshake
{
    /// <summary>
    /// Says that the target stands, then answers: Ping → Pong (it lives), Spawn → Spawned CODE (it can still start processes),
    /// Variables → Variables … (a digest of its environment), Go → Done … (the scenario acts), Quit → ends. The end of the input ends it too.
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

    private static void Say(string text)
    {
        Console.WriteLine(text);
        Console.Out.Flush();
    }
}
