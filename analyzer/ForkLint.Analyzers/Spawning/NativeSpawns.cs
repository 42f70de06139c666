using ForkLint.Analyzers.Native;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>The functions of the C library that create a process, and what a call of one does.</summary>
internal static class NativeSpawns
{
    private const long CloneVm = 0x100;
    private const long CloneThread = 0x10000;

    private enum Function
    {
        /// <summary>None of these.</summary>
        None,

        /// <summary>A full fork.</summary>
        Fork,

        /// <summary>Shares the parent's memory until exec.</summary>
        VFork,

        /// <summary>glibc and musl make it with CLONE_VM | CLONE_VFORK (glibc since 2.24).</summary>
        Spawn,

        /// <summary>As <see cref="Spawn"/> (glibc since 2.29), and waits for the shell.</summary>
        System,

        /// <summary>The flags of its third argument decide.</summary>
        Clone,

        /// <summary>The flags of the structure decide.</summary>
        Clone3,

        /// <summary>The number decides.</summary>
        SystemCall,
    }

    private static readonly string[] Names =
    [
        "fork", "_Fork", "__fork", "__libc_fork", "forkpty", "daemon", "vfork", "__vfork", "posix_spawn", "posix_spawnp", "pidfd_spawn", "pidfd_spawnp",
        "popen", "system", "clone", "__clone", "clone3", "__clone3", "syscall",
    ];

    private static Function FunctionOf(string name) => name switch
    {
        "fork" or "_Fork" or "__fork" or "__libc_fork" or "forkpty" or "daemon" => Function.Fork,
        "vfork" or "__vfork" => Function.VFork,
        "posix_spawn" or "posix_spawnp" or "pidfd_spawn" or "pidfd_spawnp" or "popen" => Function.Spawn,
        "system" => Function.System,
        "clone" or "__clone" => Function.Clone,
        "clone3" or "__clone3" => Function.Clone3,
        "syscall" => Function.SystemCall,
        _ => Function.None,
    };

    /// <summary>The names of those functions.</summary>
    public static IReadOnlyList<string> EntryPoints => Names;

    /// <summary>Whether the C library has a function of this name that can create a process.</summary>
    public static bool IsEntryPoint(string name) => FunctionOf(name) != Function.None;

    /// <summary>What a call of <paramref name="entryPoint"/> does; <see langword="null"/> where it creates no process.</summary>
    /// <param name="call">The call.</param>
    /// <param name="entryPoint">The function's exported name, for which <see cref="IsEntryPoint"/> holds.</param>
    /// <param name="displayName">The function as a message names it.</param>
    /// <param name="targets">What the project is built for: the processor decides what a number means, and macOS charges nothing.</param>
    /// <param name="environment">The values that flags and numbers can be made of.</param>
    public static SpawnSite? Classify(
        IInvocationOperation call, string entryPoint, string displayName, IReadOnlyList<TargetRuntime> targets, SizeEnvironment environment)
    {
        return FunctionOf(entryPoint) switch
        {
            Function.Clone => Cloned(displayName, Constant(FlagsArgument(call) ?? NativeArguments.At(call, 2))),
            Function.Clone3 => Cloned(displayName, CloneArguments.Flags(NativeArguments.At(call, 0), environment)),
            Function.SystemCall => Constant(NativeArguments.At(call, 0)) is { } number
                ? SystemCalls.Meaning(number, targets) switch
                {
                    SystemCall.Fork => Managed(SpawnKind.Duplicates, displayName + " (fork)", null),
                    SystemCall.VFork => Managed(SpawnKind.Shares, displayName + " (vfork)", null),
                    SystemCall.Clone => Cloned(displayName + " (clone)", Constant(NativeArguments.At(call, 1))),
                    SystemCall.Clone3 => Cloned(displayName + " (clone3)", CloneArguments.Flags(NativeArguments.At(call, 1), environment)),
                    _ => null,
                }
                : null,
            _ => ClassifyByName(call, entryPoint, displayName, targets),
        };

        SpawnSite? Cloned(string name, long? flags) => flags switch
        {
            // A thread is not a process.
            { } known when (known & CloneThread) != 0 => null,
            { } known when (known & CloneVm) != 0 => Managed(SpawnKind.Shares, name, null),
            null => Managed(SpawnKind.Duplicates, name, "unless its flags hold CLONE_VM"),
            _ => Managed(SpawnKind.Duplicates, name, null),
        };

        SpawnSite Managed(SpawnKind kind, string name, string? why) => Forked(call, kind, entryPoint, name, targets) with { Why = why };

        long? Constant(IOperation? operation) => ConstantEvaluator.Exact(operation, environment);
    }

    /// <summary>What a function does whose arguments do not matter; <see langword="null"/> for the others.</summary>
    public static SpawnSite? ClassifyByName(IOperation call, string entryPoint, string displayName, IReadOnlyList<TargetRuntime> targets) => FunctionOf(entryPoint) switch
    {
        Function.Fork => Forked(call, SpawnKind.Duplicates, entryPoint, displayName, targets),
        Function.VFork => Forked(call, SpawnKind.Shares, entryPoint, displayName, targets),
        Function.Spawn => new SpawnSite(call, SpawnKind.Shares, displayName, null, ChargesCommit: false) { EntryPoint = entryPoint },
        Function.System => new SpawnSite(call, SpawnKind.Shares, displayName, null, ChargesCommit: false) { EntryPoint = entryPoint, WaitsForChild = true },
        _ => null,
    };

    private static SpawnSite Forked(IOperation call, SpawnKind kind, string entryPoint, string name, IReadOnlyList<TargetRuntime> targets) =>
        new(call, kind, name, null, ChargesCommit: kind == SpawnKind.Duplicates && ChargesCommit(targets))
        {
            IsManagedFork = true,
            EntryPoint = entryPoint,
        };

    /// <summary>Only where every target is macOS does a fork charge nothing.</summary>
    private static bool ChargesCommit(IReadOnlyList<TargetRuntime> targets) =>
        targets.Count == 0 || targets.Any(target => target.System is not (TargetSystem.MacOS or TargetSystem.MacCatalyst));

    /// <summary>A wrapper of clone may have other parameters; the one called flags is the one.</summary>
    private static IOperation? FlagsArgument(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name.EndsWith("flags", StringComparison.OrdinalIgnoreCase) == true)?.Value;
}
