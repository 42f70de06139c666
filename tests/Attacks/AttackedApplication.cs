using System.Globalization;
using ForkLint.Linux;
using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Attacks;

/// <summary>How an attack ended.</summary>
/// <param name="Holds">Whether all that must hold did.</param>
/// <param name="Text">The counts.</param>
internal sealed record Outcome(bool Holds, string Text);

/// <summary>What an application has at one moment.</summary>
internal readonly record struct Size(int Mappings, int Descriptors, int Threads, long ChargeBytes, long ResidentBytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mappings} mappings, {Descriptors} descriptors, {Threads} threads, {ChargeBytes >> 10} KiB charged, {ResidentBytes >> 10} KiB resident");
}

/// <summary>The application that is attacked, with a temporary folder of its own.</summary>
internal sealed class AttackedApplication : IDisposable
{
    private const int Looks = 40;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-attacks-");
    private readonly LiveTarget _live;
    private readonly bool _isIdle;
    private long _progress;

    private AttackedApplication(bool isIdle)
    {
        _isIdle = isIdle;
        _live = LiveTarget.Start(new TargetStart
        {
            Arguments = isIdle ? ["hold", "managed=20000000"] : ["busy", "allocators=1", "starters=1"],
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = _folder.FullName },
        });
        _ = _live.Ask("Spawn");
    }

    /// <summary>Its process id.</summary>
    public int Pid => _live.Pid;

    /// <summary>A request that bounds only hangs.</summary>
    public MeasureRequest Request => new()
    {
        Pid = Pid,
        Engine = EngineKind.Agent,
        MaxTrials = 1,
        MaxStall = TimeSpan.FromSeconds(30),
        AgentPatience = TimeSpan.FromSeconds(60),
        LockPatience = TimeSpan.FromSeconds(60),
    };

    public static AttackedApplication Start(bool isIdle) => new(isIdle);

    /// <summary>Its size now.</summary>
    public Size Measure()
    {
        var files = new ProcessFiles(Pid);
        var mappings = files.Mappings().Value;
        var status = files.Status().Value;
        return new Size(mappings.Count, Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length, status.Threads, CommitCharge.PredictBytes(mappings), status.ResidentBytes ?? 0);
    }

    /// <summary>
    /// Its size without what comes and goes: the smallest of several looks, because a busy application has pipes to the processes that it starts, after a full
    /// collection, because an idle one keeps what a measurement allocates (15 KB) until its collector's first budget is used.
    /// </summary>
    public Size Settled()
    {
        _ = _live.Ask("Collect");
        Size? least = null;
        for (int look = 0; look < Looks; look++)
        {
            var now = Measure();
            least = least is { } so
                ? new Size(
                    Math.Min(so.Mappings, now.Mappings),
                    Math.Min(so.Descriptors, now.Descriptors),
                    Math.Min(so.Threads, now.Threads),
                    Math.Min(so.ChargeBytes, now.ChargeBytes),
                    Math.Min(so.ResidentBytes, now.ResidentBytes))
                : now;
            Thread.Sleep(BetweenLooks);
        }

        return least!.Value;
    }

    /// <summary>What is wrong with it; "" when it answers, makes progress, and nothing of an agent is left in it within a minute.</summary>
    public string Complaint()
    {
        if (_live.Ask("Ping") != "Pong" || _live.Ask("Spawn") != "Spawned 0")
        {
            return "it does not answer";
        }

        if (!_isIdle)
        {
            long before = _progress;
            for (int look = 0; look < 500 && _progress <= before; look++)
            {
                long[] counts = [.. (_live.Ask("Go") ?? "Done 0 0 1")["Done ".Length..].Split(' ').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
                if (counts[2] != 0)
                {
                    return "a process that it started failed";
                }

                _progress = counts[0] + counts[1];
                Thread.Sleep(10);
            }

            if (_progress <= before)
            {
                return "it stands still";
            }
        }

        string left = "";
        for (int look = 0; look < 1200; look++)
        {
            left = Left();
            if (left.Length == 0)
            {
                return "";
            }

            Thread.Sleep(50);
        }

        return left;
    }

    public void Dispose()
    {
        _live.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Left()
    {
        try
        {
            var tasks = Directory.GetDirectories($"/proc/{Pid}/task");
            var threads = tasks.Select(static task => File.ReadAllText($"{task}/comm").Trim()).Where(static name => name.StartsWith("forklint-", StringComparison.Ordinal));
            var children = tasks.SelectMany(static task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(static child => File.ReadAllText($"/proc/{child}/comm").StartsWith("forklint-", StringComparison.Ordinal));
            return string.Join(' ', threads.Concat(children));
        }
        catch (IOException)
        {
            return "changing";
        }
    }
}
