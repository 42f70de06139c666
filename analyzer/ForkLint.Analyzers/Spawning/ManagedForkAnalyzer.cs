using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// FORK007: managed code calls fork or one of its kin. Since .NET 7 JIT memory is a mapping that parent and child share
/// (W^X), so managed code in the child can crash the parent; and only the calling thread lives on in the child, so a
/// collection there can wait for ever (dotnet/runtime#95890, #79864).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ManagedForkAnalyzer : DiagnosticAnalyzer
{
    private const string Remedy = "start the program with Process.Start or posix_spawn";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.ForkFromManagedCode);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            // A look at the text first: whatever touches symbols here makes the compiler bind all references.
            if (!SpawnMentions.AnyNative(start.Compilation, start.CancellationToken))
            {
                return;
            }

            // The user's own lists name no fork of managed code.
            var (compilation, options) = (start.Compilation, start.Options.AnalyzerConfigOptionsProvider);
            var catalog = new Deferred<SpawnCatalog>(
                cancellationToken => SpawnCatalog.Create(compilation, options, ImmutableArray<AdditionalText>.Empty, cancellationToken));
            start.RegisterOperationAction(operation => Analyze(operation, catalog), OperationKind.Invocation, OperationKind.FunctionPointerInvocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, Deferred<SpawnCatalog> deferred)
    {
        var call = context.Operation;
        if (deferred.Get(context.CancellationToken) is not { } catalog || Called(call, catalog) is not { IsManagedFork: true } site)
        {
            return;
        }

        var managed = ManagedCode.FirstBeforeExit(ChildBranch.Of(call));
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.ForkFromManagedCode,
            call.Syntax.GetLocation(),
            managed is null ? [] : [managed.Syntax.GetLocation()],
            ImmutableDictionary<string, string?>.Empty.Add(DiagnosticProperties.Member, DiagnosticProperties.MemberId(context.ContainingSymbol)),
            Sentence(site, managed is null ? null : ManagedCode.Describe(managed))));
    }

    private static SpawnSite? Called(IOperation call, SpawnCatalog catalog)
    {
        if (call is IInvocationOperation { TargetMethod: { MethodKind: not MethodKind.DelegateInvoke } method })
        {
            return catalog.IsNative(method) ? catalog.Classify(call) : null;
        }

        var callee = call is IInvocationOperation { Instance: var instance } ? instance : ((IFunctionPointerInvocationOperation)call).Target;
        return CalledThrough.Target(callee) is { } target && catalog.IsNative(target) ? catalog.ClassifyDelegate(target, call) : null;
    }

    private static string Sentence(SpawnSite site, string? managed)
    {
        var called = $"'{site.DisplayName}' is called from managed code";
        var named = managed is null ? null : $"{called}, and {managed} runs in the child before _exit or exec*";
        if (site.EntryPoint == "daemon")
        {
            return (named ?? called)
                + ": the parent exits, and the child goes on with the calling thread alone, without the collector's and the pool's threads; let a service manager run the program in the background";
        }

        if (site.Kind == SpawnKind.Shares)
        {
            return (named ?? called)
                + ": the child runs in the parent's memory, on its stack where it is vfork, and returning from the P/Invoke there is undefined behaviour; "
                + Remedy;
        }

        return named is null
            ? called + ": only the calling thread lives on in the child, where a collection can wait for ever, and managed code there can crash the parent, because W^X shares JIT memory between the two (.NET 7 and later); " + Remedy
            : named + ": that can crash the parent, because W^X shares JIT memory between the two (.NET 7 and later), and a collection there can wait for ever; " + Remedy;
    }
}
