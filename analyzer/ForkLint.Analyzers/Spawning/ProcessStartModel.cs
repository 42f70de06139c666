using ForkLint.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Spawning;

/// <summary>What <c>Process.Start</c> does on one target.</summary>
/// <param name="Kind"><see langword="null"/> where no process can be started.</param>
/// <param name="Why">What makes it duplicate; <see langword="null"/> where it does not.</param>
/// <param name="ChargesCommit">Whether the kernel charges the parent's memory again.</param>
internal readonly record struct ProcessStartVerdict(SpawnKind? Kind, string? Why, bool ChargesCommit)
{
    /// <summary>How bad it is, for the worst of several targets.</summary>
    public int Severity => Kind switch
    {
        SpawnKind.Duplicates => ChargesCommit ? 3 : 2,
        SpawnKind.Shares => 1,
        _ => 0,
    };
}

/// <summary>
/// Whether <c>Process.Start</c> duplicates the address space: the branches of <c>ForkAndExecProcess</c> in
/// dotnet/runtime <c>src/native/libs/System.Native/pal_process.c</c>, by version, system and <c>UserName</c>.
/// </summary>
/// <param name="targets">The runtimes that a project is built for: the worst of them counts.</param>
internal sealed class ProcessStartModel(IReadOnlyList<TargetRuntime> targets)
{
    private readonly ProcessStartVerdict _withoutUserName = Worst(targets, userName: false);
    private readonly ProcessStartVerdict _withUserName = Worst(targets, userName: true);

    /// <summary>What the project is built for.</summary>
    public IReadOnlyList<TargetRuntime> Targets { get; } = targets;

    /// <summary>Whether it matters that <c>UserName</c> is set, so that looking for it is worth the time.</summary>
    public bool DependsOnUserName => _withoutUserName != _withUserName;

    /// <summary>The model of the project that <paramref name="compilation"/> belongs to.</summary>
    public static ProcessStartModel Of(Compilation compilation, AnalyzerConfigOptionsProvider provider) =>
        new(TargetRuntime.Of(compilation, BuildProperties.Read(provider.GlobalOptions)));

    /// <summary>What a start does here.</summary>
    /// <param name="userName">Whether <c>UserName</c> is set on its start info.</param>
    /// <param name="choice">What the user says, which wins.</param>
    public ProcessStartVerdict Judge(bool userName, ProcessStartChoice choice) => choice switch
    {
        ProcessStartChoice.Shares => new ProcessStartVerdict(SpawnKind.Shares, null, ChargesCommit: false),
        ProcessStartChoice.Duplicates => new ProcessStartVerdict(SpawnKind.Duplicates, ForkLintOptions.ProcessStartModelKey + " says so", ChargesCommit: true),
        _ => userName ? _withUserName : _withoutUserName,
    };

    /// <summary>What a start does on one target, before the user's options.</summary>
    public static ProcessStartVerdict Judge(TargetRuntime target, bool userName)
    {
        var version = target.Version.Major;
        var why = target switch
        {
            { System: TargetSystem.Windows or TargetSystem.NoProcesses } => null,
            { IsClassicMono: true } => "classic Mono forks",
            { Family: not TargetFamily.NetCore } => null,
            _ when version < 3 => ".NET Core before 3.0 forks",
            { System: TargetSystem.MacOS or TargetSystem.MacCatalyst } when version < 11 => ".NET before 11 forks on macOS",
            { System: TargetSystem.MacOS } when userName => "UserName is set, which forks on macOS",
            { System: TargetSystem.Android } when version >= 10 => ".NET forks on Android",
            { System: TargetSystem.Musl, Architecture: "arm64" or "riscv64" } => "vfork is fork in musl up to 1.2.3 on " + target.Architecture,
            { System: TargetSystem.Musl } when userName => "UserName is set, which forks on musl",
            { System: TargetSystem.Android or TargetSystem.OtherUnix } when userName => "UserName is set, which forks where the C library is not glibc",
            _ => null,
        };
        return target.System == TargetSystem.NoProcesses ? default : why is null ? Shares
            : new(SpawnKind.Duplicates, why, ChargesCommit: target.System is not (TargetSystem.MacOS or TargetSystem.MacCatalyst));
    }

    private static ProcessStartVerdict Shares => new(SpawnKind.Shares, null, ChargesCommit: false);

    private static ProcessStartVerdict Worst(IReadOnlyList<TargetRuntime> targets, bool userName)
    {
        var worst = default(ProcessStartVerdict);
        foreach (var target in targets)
        {
            var verdict = Judge(target, userName);
            if (verdict.Severity > worst.Severity)
            {
                worst = verdict.Why is { } why && target.Identifier is { } identifier
                    ? verdict with { Why = $"{why} ({identifier})" }
                    : verdict;
            }
        }

        return worst;
    }
}
