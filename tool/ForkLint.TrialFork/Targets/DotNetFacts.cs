namespace ForkLint.TrialFork;

/// <summary>What a process shows of its runtime from outside.</summary>
public sealed record DotNetFacts
{
    /// <summary>Whether it runs .NET in any form: CoreCLR, NativeAOT, Mono.</summary>
    public required bool IsDotNet { get; init; }

    /// <summary>Whether its diagnostics socket is there.</summary>
    public bool HasDiagnosticsSocket => SocketName != null;

    /// <summary>The name of the socket in <see cref="TemporaryFolder"/>; null where there is none.</summary>
    public string? SocketName { get; init; }

    /// <summary>The folder in which the runtime puts its socket, as the target sees it.</summary>
    public required string TemporaryFolder { get; init; }

    /// <summary>Whether it is compiled ahead of time: no startup hook can be loaded.</summary>
    public required bool IsNativeAot { get; init; }

    /// <summary>Whether the runtime is Mono, which has no startup hooks over a socket.</summary>
    public required bool IsMono { get; init; }

    /// <summary>The variable that switches diagnostics off, as it was set, such as "DOTNET_EnableDiagnostics=0"; null where none does.</summary>
    public required string? DiagnosticsDisabledBy { get; init; }

    /// <summary>TMPDIR as the program was started with; null where it had none.</summary>
    public string? TemporaryVariable { get; init; }

    /// <summary>Whether its environment or its configuration switches startup hooks off (what trimming does too).</summary>
    public required bool StartupHooksDisabled { get; init; }

    /// <summary>The runtime's version, such as "10.0.12"; null where the files do not say.</summary>
    public required string? RuntimeVersion { get; init; }

    /// <summary>Whether it collects with the server GC, by the names of its threads; null where they cannot be read.</summary>
    public required bool? IsServerGC { get; init; }

    /// <summary>What its environment and its configuration say of how large the collector's heap may become.</summary>
    public CollectorLimit Collector { get; init; } = new(null, null);

    /// <summary>The major version; null where unknown.</summary>
    public int? MajorVersion => RuntimeVersion != null && Version.TryParse(RuntimeVersion.Split('-')[0], out var version) ? version.Major : null;
}
