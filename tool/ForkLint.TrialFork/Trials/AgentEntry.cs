using System.Globalization;
using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Gets the agent into the application: asks the runtime, places the shim, applies it, meets it, sends the payload.</summary>
internal sealed class AgentEntry(MeasureRequest request, Target target, DotNetFacts facts, CancellationToken cancellation)
{
    private const int OldestMajor = 8;
    private const string ShimThread = "forklint-agent";
    private const int PollMilliseconds = 1;

    /// <summary>The shim's thread begins within this time of the runtime's OK, even on a busy host; it then waits for 5 s.</summary>
    private static readonly TimeSpan ShimPatience = TimeSpan.FromSeconds(4);

    /// <summary>The runtime's version as it says itself.</summary>
    public string? RuntimeVersion { get; private set; }

    /// <summary>Enters; the connection is ready for requests.</summary>
    /// <exception cref="MeasureException">It is not possible, or not safe.</exception>
    public AgentConnection Enter()
    {
        var files = AgentFiles.Find(request.AgentFolder);
        byte[] payload = request.InjectFault == AgentFault.CorruptPayload ? [1, 2, 3] : File.ReadAllBytes(files.PayloadPath);
        using var folder = RootedDirectory.Open(target.Files, facts.TemporaryFolder);

        Enter(MeasureStage.ContactRuntime);
        var port = new DiagnosticsPort(target, facts, folder, request, cancellation);
        RuntimeVersion = port.Identify().RuntimeVersion;
        if (Version.TryParse(RuntimeVersion, out var version) && version.Major < OldestMajor)
        {
            throw new MeasureException(ExitReason.NotDotNet, string.Create(CultureInfo.InvariantCulture, $"{target.Title} runs on .NET {RuntimeVersion}, and the agent needs .NET {OldestMajor}"), "use --engine estimate");
        }

        Enter(MeasureStage.PlaceShim);
        string shim = ShimFile.Place(target, facts, folder, files);
        MeetingPlace.RequireWritable(target, facts, folder);

        // What was true a second ago may have changed, and the hook is what cannot be taken back.
        Preflight.Agent.RequireStillAllowed(new PreflightSubject(request, target, facts, cancellation));
        Enter(MeasureStage.ApplyHook);
        port.ApplyStartupHook(shim);

        Enter(MeasureStage.AwaitShim);
        AwaitShimThread();

        return Meet(folder, payload);
    }

    private void Enter(MeasureStage stage)
    {
        cancellation.ThrowIfCancellationRequested();
        request.Observer?.Entered(stage);
    }

    /// <summary>
    /// The runtime's OK proves nothing: a trimmed application says it too. The shim's thread does, and it shows without any file: until it
    /// runs, no code in the target could remove what a killed tool leaves.
    /// </summary>
    private void AwaitShimThread()
    {
        var deadline = new Deadline(ShimPatience, target.PidDescriptor.Value, cancellation);
        while (!HasShimThread())
        {
            if (!deadline.Pause(PollMilliseconds))
            {
                if (ProcessSafety.Condition(target.Pid).TryGet(out var condition) && Standstill.Of(target.Pid, condition) is { } standstill)
                {
                    throw new MeasureException(
                        ExitReason.RefusedForSafety,
                        $"{target.Title} was stopped before the agent started: once the process continues, the agent finds no tool and leaves",
                        $"{standstill.Remedy}, and measure again");
                }

                throw target.HasEnded ? Measurement.Gone(target.Pid) : new MeasureException(
                    ExitReason.NotDotNet,
                    $"the runtime of {target.Title} accepted the startup hook and did not run it: presumably the application is trimmed, or switches startup hooks off",
                    "use --engine estimate");
            }
        }
    }

    private bool HasShimThread() =>
        target.Files.Threads().TryGet(out var threads) && threads.Reverse().Any(thread => DotNetProbe.ReadThreadName(target.Files, thread) == ShimThread);

    private AgentConnection Meet(Descriptor folder, byte[] payload)
    {
        using var place = MeetingPlace.Make(target, facts, folder, () => Enter(MeasureStage.MakeMeetingPlace));
        Enter(MeasureStage.AwaitAgent);
        var deadline = new Deadline(request.AgentPatience, target.PidDescriptor.Value, cancellation);
        while (deadline.Wait(place.Value, wanted: 1))
        {
            if (place.AcceptFrom(target) is not { } socket)
            {
                continue;
            }

            var connection = new AgentConnection(socket, target, request, cancellation);
            try
            {
                Enter(MeasureStage.SendPayload);
                if (connection.SendPayload(payload))
                {
                    return connection;
                }

                connection.Dispose(); // A shim of another version that waited for another tool.
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        throw target.HasEnded ? Measurement.Gone(target.Pid) : new MeasureException(
            ExitReason.MeasurementFailed,
            $"the agent in {target.Title} did not come to the meeting place",
            "the application may be overloaded: try again later, or use --engine estimate");
    }
}
