using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What a check may look at. What several of them need is read once.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="target">The application.</param>
/// <param name="facts">What its runtime shows from outside.</param>
/// <param name="cancellation">The user's interruption, for a check that waits.</param>
internal sealed class PreflightSubject(MeasureRequest request, Target target, DotNetFacts facts, CancellationToken cancellation)
{
    private IReadOnlyDictionary<string, string>? _environment;
    private IReadOnlyList<MapRegion>? _maps;

    /// <summary>What was asked for.</summary>
    public MeasureRequest Request => request;

    /// <summary>The application.</summary>
    public Target Target => target;

    /// <summary>What its runtime shows from outside.</summary>
    public DotNetFacts Facts => facts;

    /// <summary>The user's interruption.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The environment that it was started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment ??= Measurement.Require(target.Files.Environment(), target.Pid);

    /// <summary>Its mappings, as they were at the first look.</summary>
    public IReadOnlyList<MapRegion> Maps => _maps ??= Measurement.Require(target.Files.CoarseMaps(), target.Pid);
}
