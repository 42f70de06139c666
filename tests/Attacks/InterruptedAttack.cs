using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.LiveTargets;

namespace ForkLint.Attacks;

/// <summary>Signals at random instants.</summary>
internal static partial class InterruptedAttack
{
    private const int KillSignal = 9;
    private const int ContinueSignal = 18;
    private const int StopSignal = 19;
    private const int LongestMilliseconds = 1500;
    private static readonly string[] Options = ["trials=3", "stall=30000", "patience=60", "lock=60", "hold=0.2"];

    /// <summary>Kills the tool.</summary>
    public static Outcome Kill(AttackedApplication application, int count) => Repeat(application, count, (tool, random) =>
    {
        Thread.Sleep(random.Next(LongestMilliseconds));
        _ = Send(tool.Pid, KillSignal);
    });

    /// <summary>Stops and continues both.</summary>
    public static Outcome Stop(AttackedApplication application, int count) => Repeat(application, count, (tool, random) =>
    {
        for (int round = 0; round < 3; round++)
        {
            int pid = random.Next(2) == 0 ? tool.Pid : application.Pid;
            Thread.Sleep(random.Next(LongestMilliseconds / 3));
            _ = Send(pid, StopSignal);
            Thread.Sleep(random.Next(100));
            _ = Send(pid, ContinueSignal);
        }
    });

    private static Outcome Repeat(AttackedApplication application, int count, Action<MeasureHost, Random> attack)
    {
        var random = new Random(20);
        var endings = new SortedDictionary<int, int>();
        int harmed = 0;
        for (int round = 1; round <= count && harmed == 0; round++)
        {
            using (var tool = MeasureHost.Start(application.Pid, Options, ["env", "DOTNET_EnableDiagnostics=0"]))
            {
                attack(tool, random);
                int code = tool.Finish().ExitCode;
                endings[code] = endings.GetValueOrDefault(code) + 1;
            }

            if (application.Complaint() is { Length: > 0 } complaint)
            {
                harmed++;
                Console.WriteLine($"{round}: {complaint}");
            }

            if (round % 50 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round}: {application.Measure()}"));
            }
        }

        return new Outcome(harmed == 0, $"{harmed} harmed; the tool ended with {string.Join(", ", endings.Select(static pair => $"{pair.Key} {pair.Value} times"))}; {application.Measure()}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
