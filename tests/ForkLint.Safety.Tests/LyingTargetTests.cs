using System.Diagnostics;
using System.Globalization;
using ForkLint.LiveTargets;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// An application that answers as runtime and agent itself and hands over what it should not: the tool, which may run as root, must signal,
/// read and write nothing that is not proven to be the child it asked for, and end with one true line.
/// </summary>
public sealed class LyingTargetTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-lies-");
    private readonly Process _stranger = Process.Start(new ProcessStartInfo("sleep", ["1000"]))!;
    private readonly LiveTarget _liar;

    public LyingTargetTests() => _liar = LiveTarget.Start(new TargetStart
    {
        Arguments = ["liar", $"victim={_stranger.Id}"],
        Environment = new Dictionary<string, string?> { ["TMPDIR"] = _folder.FullName },
    });

    public void Dispose()
    {
        _liar.Dispose();
        _stranger.Kill();
        _stranger.WaitForExit();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Each_lie_ends_with_one_true_line_and_harms_nobody()
    {
        var told = new List<string>();
        while (_liar.Ask("Go") is { } answer && answer.Split(' ') is [_, var lie, var oldChild])
        {
            told.Add(lie);
            var descriptors = OwnDescriptors();
            string outcome = Measure(lie);
            Assert.Equal($"{lie}: ", $"{lie}: {Unfit(lie, outcome)}");

            Assert.True(!_stranger.HasExited && ProcFiles.State(_stranger.Id) == "S", $"{lie}: the stranger was harmed");
            Assert.Equal("S", ProcFiles.State(int.Parse(oldChild, CultureInfo.InvariantCulture)));
            Assert.Equal("Pong", _liar.Ask("Ping"));
            Assert.Equal($"{lie}: ", $"{lie}: {Until.Settled(() => string.Join(' ', Footprint.Added(descriptors, OwnDescriptors())), Patience)}");
            Until.Holds(() => ProcFiles.AgentChildren(_liar.Pid).Count == 0, $"{lie}: the fake's child is left", Patience);
        }

        Assert.True(told.Count > 30, string.Join(' ', told));
    }

    /// <summary>This process's descriptors, but for the assemblies that it loads when they are first used.</summary>
    private static List<string> OwnDescriptors() =>
        [.. ProcFiles.Descriptors(Environment.ProcessId).Where(static link => !link.EndsWith(".dll", StringComparison.Ordinal))];

    private string Measure(string lie)
    {
        // Only what sends nothing in time needs an end to the patience with it.
        var patience = TimeSpan.FromSeconds(lie is "Drips" or "Silence" ? 3 : 60);
        var request = new MeasureRequest { Pid = _liar.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(30), AgentPatience = patience, ChildWritesBytes = 1 << 20 };
        try
        {
            return $"Ok {Measurer.Run(request, CancellationToken.None).Process.Runtime}";
        }
        catch (MeasureException failure)
        {
            return $"{failure.Reason} {failure.Message}";
        }
    }

    /// <summary>What is wrong with how the tool ended; "" when it is right.</summary>
    private static string Unfit(string lie, string outcome)
    {
        string expected = lie switch
        {
            "None" => "Ok 10.0.99",
            "PipeAsMemory" or "NamedPipeAsMemory" or "ZeroAsMemory" or "OwnMemory" => "Ok 10.0.99",
            "Itself" or "TheTool" or "Init" or "OtherProcess" or "Grandchild" => "which is not its child",
            "OlderChild" or "OlderCopy" => "which is older than the request",
            "NewProgram" => "which the agent cannot have made",
            "Thread" => "is not the agent",
            "EndedChild" => "MeasurementFailed the child of the trial ended",
            "WrongNumber" => "which has another number than it names",
            "PipeAsProcess" or "FileAsProcess" => "a descriptor that is not a process",
            "NoDescriptor" or "ManyDescriptors" => "descriptors that do not fit",
            "DescriptorsAtHello" => "Ok 10.0.99",
            "NegativeLatency" or "SmallestLatency" or "HugeLatency" or "HugeStall" => "longer than the whole request",
            "HugeError" => "impossible error number",
            "EndlessText" or "NegativeText" => "text of impossible length",
            "EscapesInText" => "failed at Fork: ?[2J?]0;owned??::error",
            "WrongStatus" => "status that does not exist",
            "WrongMagic" or "WrongNumberOfRequest" => "something else than was asked",
            "WrongValue" => "an impossible number",
            "Drips" or "Silence" => "did not answer",

            // The second answer is seen before the next request or after it.
            "Twice" => "is not the agent: it answered with",
            "CutShort" or "Closes" => "hung up at Hello",
            _ => "a lie that the test does not know",
        };
        bool isOneLine = outcome.All(static character => character is >= ' ' and <= '~');
        return isOneLine && outcome.Contains(expected, StringComparison.Ordinal) ? "" : $"{outcome}; expected: {expected}";
    }
}
