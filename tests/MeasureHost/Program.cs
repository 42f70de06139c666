using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ForkLint.Agent;
using ForkLint.MeasureHost;
using ForkLint.TrialFork;

// Measures in a process of its own, so that it can run as another user, be killed at a stage, or be held there:
// forklint-measurehost PID [name=value ...]. Prints the figures as JSON, or "REASON message" and exits with the reason's code.
var options = args.Skip(1).Select(static argument => argument.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair.Length > 1 ? pair[1] : "");
string? Text(string name) => options.GetValueOrDefault(name);
double? Number(string name) => Text(name) is { } value ? double.Parse(value, CultureInfo.InvariantCulture) : null;
MeasureStage? Stage(string name) => Text(name) is { } value ? Enum.Parse<MeasureStage>(value) : null;

using var interruption = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interruption.Cancel();
};

// The process group of somebody else of the same session: a Ctrl-C there is a Ctrl-C here.
if (Text("group") is { } group && JoinGroup(0, int.Parse(group, CultureInfo.InvariantCulture)) != 0)
{
    throw new Win32Exception(Marshal.GetLastPInvokeError());
}

// As the tool does before anything else.
if (options.ContainsKey("offer"))
{
    KillerOrder.OfferSelf();
}

try
{
    var request = new MeasureRequest
    {
        Pid = int.Parse(args[0], CultureInfo.InvariantCulture),
        Engine = Enum.Parse<EngineKind>(Text("engine") ?? "Agent"),
        MaxTrials = (int)(Number("trials") ?? 5),
        MaxStall = TimeSpan.FromMilliseconds(Number("stall") ?? 5000),
        Hold = Number("hold") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        ChildWritesBytes = (long?)Number("writes"),
        Verify = options.ContainsKey("verify"),
        LockPatience = TimeSpan.FromSeconds(Number("lock") ?? 2),
        AgentPatience = TimeSpan.FromSeconds(Number("patience") ?? 30),
        StartPatience = TimeSpan.FromSeconds(Number("start") ?? 15),
        EnterUnproven = options.ContainsKey("force"),
        AgentFolder = Text("agent"),
        InjectFault = Enum.Parse<AgentFault>(Text("fault") ?? "None"),
        ReadHeap = options.ContainsKey("heap") ? static (_, _) => { } : null,
        Observer = new StageObserver(Stage("die"), Stage("pause")),
    };
    if (options.ContainsKey("freeze"))
    {
        Freezer.Run(request, static (frozen, _) => Console.WriteLine($"{frozen.Threads.Count} threads"), interruption.Token);
        return 0;
    }

    var result = Measurer.Run(request, interruption.Token);
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        engine = result.Engine.ToString(),
        why = result.EngineWhy,
        runtime = result.Process.Runtime,
        isServerGC = result.Process.IsServerGC,
        succeeded = result.Fork.Succeeded,
        errno = result.Fork.Errno,
        predicted = result.Fork.PredictedChargeBytes,
        charged = result.Fork.ChargedBytes,
        childUnique = result.Fork.Child?.UniqueBytes,
        trials = result.Fork.Trials.Count,
        heap = result.HeapWasRead,
        warnings = result.Warnings,
    }));
    return 0;
}
catch (MeasureException failure)
{
    Console.WriteLine($"{failure.Reason} {failure.Message}; {failure.Advice}");
    return (int)failure.Reason;
}
catch (OperationCanceledException)
{
    Console.WriteLine("Interrupted");
    return 130;
}

internal static partial class Program
{
    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static partial int JoinGroup(int pid, int group);
}
