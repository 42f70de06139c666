using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests.Support;

/// <summary>A live target with a temporary folder of its own, and the check that an attack did nothing to it.</summary>
internal sealed class AttackedTarget : IDisposable
{
    private const int HangLimitSeconds = 60;
    private static readonly string[] Defaults = ["trials=2", "stall=30000", $"patience={HangLimitSeconds}", $"lock={HangLimitSeconds}"];
    private readonly DirectoryInfo _folder;
    private readonly Footprint _before;
    private readonly string _variables;

    private AttackedTarget(DirectoryInfo folder, LiveTarget target)
    {
        _folder = folder;
        Live = target;

        // The first spawn makes the runtime catch SIGCHLD and open its own pipe: the application's doing, so before the first look.
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
        _variables = target.Ask("Variables")!;
        Assert.StartsWith("Variables ", _variables, StringComparison.Ordinal);
        _before = Footprint.Of(target.Pid, folder.FullName);
    }

    /// <summary>The running application.</summary>
    public LiveTarget Live { get; }

    /// <summary>Its process id.</summary>
    public int Pid => Live.Pid;

    /// <summary>Its temporary folder, removed at the end.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A request that bounds only hangs, and makes few trials.</summary>
    public MeasureRequest Request => new()
    {
        Pid = Pid,
        Engine = EngineKind.Agent,
        MaxTrials = 2,
        MaxStall = TimeSpan.FromSeconds(30),
        LockPatience = TimeSpan.FromSeconds(HangLimitSeconds),
        AgentPatience = TimeSpan.FromSeconds(HangLimitSeconds),
    };

    /// <summary>Starts a scenario of the test application.</summary>
    public static AttackedTarget Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts it through a launcher.</summary>
    public static AttackedTarget Start(IReadOnlyList<string> launcher, string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("forklint-attack-");
        var target = LiveTarget.Start(new TargetStart
        {
            Launcher = launcher,
            Arguments = arguments,
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = folder.FullName },
        });
        return new AttackedTarget(folder, target);
    }

    /// <summary>Starts a tool that measures it in a process of its own. It leaves no diagnostics socket of its own when it is killed.</summary>
    public MeasureHost StartTool(params string[] options) =>
        MeasureHost.Start(Pid, [.. Defaults.Where(given => !options.Any(option => option.Split('=')[0] == given.Split('=')[0])), .. options], ["env", "DOTNET_EnableDiagnostics=0"]);

    /// <summary>Starts a tool and waits until it is held at a stage.</summary>
    public MeasureHost StartToolUntil(MeasureStage stage, params string[] options)
    {
        var tool = StartTool([$"pause={stage}", .. options]);
        Assert.Equal($"At {stage}", tool.ReadLine());
        return tool;
    }

    /// <summary>Measures it completely and requires that the figures agree.</summary>
    public MeasureResult MeasureCompletely()
    {
        var result = Measurer.Run(Request, CancellationToken.None);
        Assert.True(result.Fork.Succeeded);
        Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
        return result;
    }

    /// <summary>Waits until the agent has made a child, and tells its process id.</summary>
    public int AwaitChild()
    {
        Until.Holds(() => ProcFiles.AgentChildren(Pid).Count > 0, "no child appears");
        return Assert.Single(ProcFiles.AgentChildren(Pid));
    }

    /// <summary>It answers, can start processes, has the variables it had, and within the child's time limit nothing is left.</summary>
    public void RequireUnharmed(string after = "")
    {
        Assert.Equal("Pong", Live.Ask("Ping"));
        Assert.Equal("Spawned 0", Live.Ask("Spawn"));
        Assert.Equal(_variables, Live.Ask("Variables"));
        Assert.Equal($"{after}: ", $"{after}: {Until.Settled(Left)}");
    }

    /// <summary>What a measurement left.</summary>
    public string Left() => _before.Left(Pid, Folder);

    /// <inheritdoc/>
    public void Dispose()
    {
        Live.Dispose();
        _folder.Delete(recursive: true);
    }
}
