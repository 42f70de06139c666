using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// FORK007: managed code calls fork or a similar function. Since .NET 7 JIT memory is a mapping that parent and child share
/// (W^X), so managed code in the child can crash the parent; and only the calling thread lives on in the child, so a
/// collection there can block forever (dotnet/runtime#95890, #79864).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ManagedForkAnalyzer : DiagnosticAnalyzer
{
    private const string Remedy = "use Process.Start or posix_spawn";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.ForkFromManagedCode);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            // A look at the text first: any use of symbols here makes the compiler bind all references.
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

        var managed = ManagedCode.FirstBeforeExit(site.EntryPoint is "clone" or "__clone" && PassedFunction(call) is { } function ? Code(function, call.SemanticModel) : ChildBranch.Of(call));
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.ForkFromManagedCode,
            call.Syntax.GetLocation(),
            managed is null ? [] : [managed.Syntax.GetLocation()],
            ImmutableDictionary<string, string?>.Empty.Add(DiagnosticProperties.Member, DiagnosticProperties.MemberId(context.ContainingSymbol)),
            Sentence(site, managed is null ? null : ManagedCode.Describe(managed))));
    }

    /// <summary>The first argument of clone(2)'s wrapper: the child runs that function, and nothing of what follows the call.</summary>
    private static IOperation? PassedFunction(IOperation call) =>
        call is IInvocationOperation { Arguments: [var first, ..] } && first.Value.Type is IPointerTypeSymbol or IFunctionPointerTypeSymbol or { TypeKind: TypeKind.Delegate }
            or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr }
            ? first.Value
            : null;

    private static IReadOnlyList<ChildCode> Code(IOperation function, SemanticModel? model) => CalledThrough.Function(function) switch
    {
        IAnonymousFunctionOperation lambda => [new ChildCode(lambda.Body, IsAllThatFollows: false)],
        // In another file no operation can be asked for.
        IMethodReferenceOperation { Method: { DeclaringSyntaxReferences: [var reference] } } when model is not null && reference.SyntaxTree == model.SyntaxTree =>
            model.GetOperation(reference.GetSyntax()) is { } body ? [.. body.ChildOperations.Select(static part => new ChildCode(part, IsAllThatFollows: false))] : [],
        _ => [],
    };

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
        var sentence = managed is null
            ? $"'{site.DisplayName}' is called from managed code"
            : $"'{site.DisplayName}' is called, and {managed} runs in the child before _exit or exec*";
        var (why, remedy) = site switch
        {
            { EntryPoint: "daemon" } => ("the parent exits and the child keeps one thread, without the GC's", "let a service manager run it"),
            { Kind: SpawnKind.Shares } => ("the child runs in the parent's memory, and returning there is undefined behavior", Remedy),
            _ => managed is null ? ("the child keeps one thread, and its GC can block forever", Remedy) : ("it can block, or crash the parent", Remedy),
        };
        return $"{sentence}: {why}; {remedy}";
    }
}
