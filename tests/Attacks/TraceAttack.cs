using System.Diagnostics;
using System.Globalization;
using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Attacks;

/// <summary>Trials by ptrace of a program of any kind, and kills of the tool in the middle of them.</summary>
internal static class TraceAttack
{
    private const int KilledExitCode = 137;
    private const int LongestMilliseconds = 700;
    private const int LatencyRounds = 15;
    private const int LatencyMegabytes = 400;

    /// <summary>So many trial forks, five in a measurement.</summary>
    public static Outcome Repeat(string kind, int count)
    {
        using var program = AnyProgram.Start(kind);
        var other = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int trials = 0;
        int equal = 0;
        int measured = 0;
        string complaint = "";
        var stopped = new List<double>();
        while (trials < count && complaint.Length == 0 && other.Values.Sum() < 100)
        {
            try
            {
                var result = Measurer.Run(Request(program.Pid), CancellationToken.None);
                measured++;
                trials += result.Fork.Trials.Count(static trial => trial.Succeeded);
                equal += result.Fork.PredictedChargeBytes == result.Fork.ChargedBytes ? 1 : 0;
                stopped.AddRange(result.Fork.Trials.Select(static trial => trial.ThreadStoppedMicroseconds ?? 0));
            }
            catch (MeasureException failure)
            {
                other[failure.Message] = other.GetValueOrDefault(failure.Message) + 1;
            }

            complaint = program.Complaint();
        }

        int zombies = program.Zombies();
        stopped.Sort();
        bool holds = complaint.Length == 0 && zombies == 0 && trials >= count && (!program.StandsStill || equal == measured);
        string text = string.Create(CultureInfo.InvariantCulture, $"{kind}: {trials} trials in {measured} measurements, charge equal in {equal}, thread stopped for {Middle(stopped):F0} us (median), {(stopped.Count > 0 ? stopped[^1] : 0):F0} us (longest), {zombies} zombies, harm: {(complaint.Length == 0 ? "none" : complaint)}");
        return new Outcome(holds, text + string.Concat(other.Select(static pair => $"\n  {pair.Value} times: {pair.Key}")));
    }

    /// <summary>So many kills at random instants. What a kill leaves as a zombie is collected by the measurement that follows at the end.</summary>
    public static Outcome Kill(string kind, int count)
    {
        using var program = AnyProgram.Start(kind);
        var random = new Random(21);
        int killed = 0;
        int ended = 0;
        string complaint = "";
        int mostZombies = 0;
        for (int round = 0; round < count && complaint.Length == 0; round++)
        {
            using var tool = MeasureHost.Start(program.Pid, ["engine=Ptrace", "trials=50", "stall=30000", "lock=60", "hold=0.1", "pause=SweepLeft"], ["env", "DOTNET_EnableDiagnostics=0", "DOTNET_TieredPGO=0"]);
            if (tool.ReadLine() == "At SweepLeft")
            {
                tool.Continue();
                Busy(random.Next(LongestMilliseconds * 1000));
                tool.Kill();
            }

            int code = tool.Finish().ExitCode;
            killed += code == KilledExitCode ? 1 : 0;
            ended += code == KilledExitCode ? 0 : 1;
            mostZombies = Math.Max(mostZombies, program.Zombies());
            complaint = program.Complaint();
        }

        var last = complaint.Length == 0 ? Measurer.Run(Request(program.Pid), CancellationToken.None) : null;
        int zombies = program.Zombies();
        return new Outcome(complaint.Length == 0 && zombies == 0, string.Create(CultureInfo.InvariantCulture, $"{kind}: {killed} killed, {ended} had ended before, at most {mostZombies} zombies between, {zombies} after a last measurement ({string.Join("; ", last?.Warnings ?? [])}), harm: {(complaint.Length == 0 ? "none" : complaint)}"));
    }

    /// <summary>The latency of a trial beside that of the program's own fork, in turn.</summary>
    public static Outcome Latency(int rounds)
    {
        using var program = CProgram.Start(string.Create(CultureInfo.InvariantCulture, $"{LatencyMegabytes} read"));
        var own = new List<double>();
        var traced = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            for (int fork = 0; fork < LatencyRounds; fork++)
            {
                own.Add(program.Fork());
            }

            traced.AddRange(Measurer.Run(Request(program.Pid), CancellationToken.None).Fork.Trials.Select(static trial => trial.LatencyMicroseconds));
        }

        own.Sort();
        traced.Sort();
        double ratio = Middle(traced) / Middle(own);
        return new Outcome(ratio <= 1.2, string.Create(CultureInfo.InvariantCulture, $"{LatencyMegabytes} MB: the program's own fork {Middle(own):F0} us (median of {own.Count}), by ptrace {Middle(traced):F0} us (median of {traced.Count}), ratio {ratio:F3}"));
    }

    private static MeasureRequest Request(int pid) => new()
    {
        Pid = pid,
        Engine = EngineKind.Ptrace,
        MaxTrials = 20,
        MaxStall = TimeSpan.FromSeconds(30),
        LockPatience = TimeSpan.FromSeconds(60),
    };

    private static double Middle(List<double> sorted) => sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];

    /// <summary>To the microsecond, which sleeping is not.</summary>
    private static void Busy(int microseconds)
    {
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(microseconds / 1000);
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
        {
            Thread.SpinWait(10);
        }
    }
}
