using System.Collections.Concurrent;
using System.Collections.Immutable;
using ForkLint.Analyzers.Configuration;
using ForkLint.Analyzers.Native;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>Which calls spawn: the one place that knows the APIs. It is made once per compilation; a call is judged by its name first, and each member is resolved once.</summary>
internal sealed class SpawnCatalog(ProcessStartModel model, UserApis userApis, AnalyzerConfigOptionsProvider provider)
{
    private readonly ConcurrentDictionary<IMethodSymbol, Member?> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, ForkLintOptions> _options = new();

    private enum MemberKind
    {
        ProcessStart,
        Native,
        User,
    }

    /// <summary>What <c>Process.Start</c> does in this compilation.</summary>
    public ProcessStartModel ProcessStartModel { get; } = model;

    /// <summary>What the additional files name.</summary>
    public UserApis UserApis { get; } = userApis;

    /// <summary>The catalog of a compilation; <see langword="null"/> where nothing it references can spawn.</summary>
    public static SpawnCatalog? Create(
        Compilation compilation,
        AnalyzerConfigOptionsProvider provider,
        ImmutableArray<AdditionalText> additionalFiles,
        CancellationToken cancellationToken = default)
    {
        var userApis = UserApis.Load(compilation, additionalFiles, cancellationToken);
        return userApis.HasSpawns
            || compilation.GetTypeByMetadataName("System.Diagnostics.Process") is not null
            || compilation.GetTypeByMetadataName("System.Runtime.InteropServices.DllImportAttribute") is not null
            ? new SpawnCatalog(ProcessStartModel.Of(compilation, provider), userApis, provider)
            : null;
    }

    /// <summary>Whether a process can be started by a method whose name begins with <c>Run</c> (.NET 11 and later).</summary>
    public static bool HasRun(Compilation compilation) =>
        compilation.GetTypesByMetadataName("System.Diagnostics.Process")
            .Concat(compilation.GetTypesByMetadataName("Microsoft.Win32.SafeHandles.SafeProcessHandle"))
            .Any(static type => type.MemberNames.Any(static member => member.StartsWith("Run", StringComparison.Ordinal)));

    /// <summary>The options of the file a spawn stands in.</summary>
    public ForkLintOptions OptionsFor(SyntaxTree tree) =>
        _options.GetOrAdd(tree, key => ForkLintOptions.For(key, provider));

    /// <summary>
    /// Whether calling <paramref name="method"/> can create a process, with any arguments. For <c>syscall</c> and
    /// <c>clone</c> only <see cref="Classify"/> knows whether one call does.
    /// </summary>
    public bool IsSpawn(IMethodSymbol method) => Find(method) is not null;

    /// <summary>Whether <paramref name="method"/> is one of the C library's functions that can create a process.</summary>
    public bool IsNative(IMethodSymbol method) => Find(method) is { Kind: MemberKind.Native };

    /// <summary>What <paramref name="operation"/> spawns; <see langword="null"/> where it does not.</summary>
    /// <param name="operation">A call, object creation or property access, of a body or of its control-flow graph.</param>
    /// <param name="environment">What its arguments can be made of. For an operation of a control-flow graph it must know the body.</param>
    public SpawnSite? Classify(IOperation operation, SizeEnvironment? environment = null) => operation switch
    {
        IInvocationOperation call => Find(call.TargetMethod) is { } member ? ClassifyCall(call, member, environment ?? SizeEnvironment.Empty) : null,
        IObjectCreationOperation { Constructor: { } constructor } => UserApis.HasSpawns && UserApis.MayBeSpawn(constructor.Name) && UserApis.IsSpawn(constructor, out var kind)
            ? User(operation, constructor.ContainingType.Name, kind)
            : null,
        IPropertyReferenceOperation { Property: var property } => UserApis.HasSpawns && UserApis.MayBeSpawn(property.Name) && UserApis.IsSpawn(property, out var read)
            ? User(operation, property.ContainingType.Name + "." + property.Name, read)
            : null,
        _ => null,
    };

    /// <summary>What running a delegate of <paramref name="method"/> spawns; <see langword="null"/> where it does not, or where arguments decide.</summary>
    /// <param name="method">The method that the delegate was made of.</param>
    /// <param name="call">Where the delegate runs.</param>
    public SpawnSite? ClassifyDelegate(IMethodSymbol method, IOperation call) => Find(method) is not { } member ? null : member.Kind switch
    {
        MemberKind.Native => NativeSpawns.ClassifyByName(call, member.EntryPoint, member.DisplayName, ProcessStartModel.Targets),
        MemberKind.User => User(call, member.DisplayName, member.UserKind),
        _ => ProcessStart(call, member.DisplayName, userName: false) is { } site ? site with { WaitsForChild = member.WaitsForChild } : null,
    };

    private SpawnSite? ClassifyCall(IInvocationOperation call, Member member, SizeEnvironment environment)
    {
        switch (member.Kind)
        {
            case MemberKind.Native:
                return NativeSpawns.Classify(call, member.EntryPoint, member.DisplayName, ProcessStartModel.Targets, environment);
            case MemberKind.User:
                return User(call, member.DisplayName, member.UserKind);
            default:
                var userName = ProcessStartModel.DependsOnUserName && StartInfoUserName.IsSet(call, environment.Body);
                return ProcessStart(call, member.DisplayName, userName) is { } site
                    ? site with { WaitsForChild = member.WaitsForChild }
                    : null;
        }
    }

    private SpawnSite? ProcessStart(IOperation operation, string displayName, bool userName)
    {
        var verdict = ProcessStartModel.Judge(userName, OptionsFor(operation.Syntax.SyntaxTree).ProcessStartModel);
        return verdict.Kind is { } kind ? new SpawnSite(operation, kind, displayName, verdict.Why, verdict.ChargesCommit) : null;
    }

    private SpawnSite? User(IOperation operation, string displayName, SpawnKind? kind) => kind switch
    {
        null => ProcessStart(operation, displayName, userName: false),
        { } known => new SpawnSite(operation, known, displayName, null, ChargesCommit: known == SpawnKind.Duplicates),
    };

    private Member? Find(IMethodSymbol method)
    {
        var name = method.Name;
        return method.IsExtern
            || method.IsPartialDefinition
            || method.PartialDefinitionPart is not null
            || name.StartsWith("Start", StringComparison.Ordinal)
            || name.StartsWith("Run", StringComparison.Ordinal)
            || NativeSpawns.IsEntryPoint(name)
            || (UserApis.HasSpawns && UserApis.MayBeSpawn(name))
            ? _members.GetOrAdd((method.ReducedFrom ?? method).OriginalDefinition, Resolve)
            : null;
    }

    private Member? Resolve(IMethodSymbol method)
    {
        if (UserApis.HasSpawns && UserApis.MayBeSpawn(method.Name) && UserApis.IsSpawn(method, out var userKind))
        {
            return new Member(MemberKind.User, method.ContainingType.Name + "." + method.Name) { UserKind = userKind };
        }

        var type = method.ContainingType;
        if (NativeSpawns.IsEntryPoint(method.Name) && LibcFunction.IsWrapper(type))
        {
            return new Member(MemberKind.Native, type.Name + "." + method.Name) { EntryPoint = method.Name };
        }

        if (NativeImport.Of(method) is { } import)
        {
            return NativeSpawns.IsEntryPoint(import.EntryPoint) && NativeLibraries.IsC(import.Library)
                ? new Member(MemberKind.Native, "libc " + import.EntryPoint) { EntryPoint = import.EntryPoint }
                : import.EntryPoint == "SystemNative_ForkAndExecProcess" && NativeLibraries.BaseName(import.Library) == "System.Native"
                ? new Member(MemberKind.ProcessStart, import.EntryPoint)
                : null;
        }

        if (method.MethodKind != MethodKind.Ordinary)
        {
            return null;
        }

        // By name, so that members that came with .NET 11 (dotnet/runtime#126192) work when they are there:
        // Process.StartAndForget, Process.Run, Process.RunAndCaptureText[Async], SafeProcessHandle.Start.
        var runs = method.Name.StartsWith("Run", StringComparison.Ordinal);
        return (runs || method.Name.StartsWith("Start", StringComparison.Ordinal))
            && (MetadataNames.Is(type, "System.Diagnostics", "Process")
                || MetadataNames.Is(type, "Microsoft.Win32.SafeHandles", "SafeProcessHandle"))
            ? new Member(MemberKind.ProcessStart, type.Name + "." + method.Name) { WaitsForChild = runs }
            : null;
    }

    private sealed record Member(MemberKind Kind, string DisplayName)
    {
        public string EntryPoint { get; init; } = "";

        public SpawnKind? UserKind { get; init; }

        public bool WaitsForChild { get; init; }
    }
}
