using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Rules;

/// <summary>The analysis of one compilation: what a body decides alone at once, everything else at the end.</summary>
internal sealed class CompilationAnalysis(Compilation compilation, SpawnCatalog spawns, AllocationCatalog allocations)
{
    private readonly HeldDiagnostics _diagnostics = new(new Remedies(compilation));
    private readonly RuleChoice _choice = new(spawns, allocations);

    /// <summary>Reads the blocks of one member.</summary>
    public void Read(OperationBlockAnalysisContext context)
    {
        foreach (var block in context.OperationBlocks)
        {
            if (block.Kind is OperationKind.Attribute or OperationKind.ParameterInitializer)
            {
                continue;
            }

            var traits = BodyTraits.Of(block, spawns, allocations);
            if (traits.Spawns && traits.Allocates)
            {
                Judge(context, context.GetControlFlowGraph(block));
            }
        }
    }

    private void Judge(OperationBlockAnalysisContext context, ControlFlowGraph graph)
    {
        var nested = new NestedSummaries();
        var bodies = FunctionBody.WithNested(context.OwningSymbol, graph);
        foreach (var (body, facts) in BodyAnalyses.Alone(bodies, new FlowCatalogs(spawns, allocations, nested), nested, context.CancellationToken))
        {
            if (body.IsData)
            {
                continue;
            }

            foreach (var verdict in _choice.Judge(facts, static _ => true))
            {
                if (LiveJudge.IsDecided(verdict, facts))
                {
                    context.ReportDiagnostic(_diagnostics.Of(verdict, body, isLive: true));
                }
            }
        }
    }
}

/// <summary>What a glance at a body tells.</summary>
/// <param name="Spawns">Whether it makes a process itself.</param>
/// <param name="Allocates">Whether anything in it may be a large allocation.</param>
internal readonly record struct BodyTraits(bool Spawns, bool Allocates)
{
    /// <summary>Glances at a body.</summary>
    public static BodyTraits Of(IOperation block, SpawnCatalog spawns, AllocationCatalog allocations)
    {
        var (spawning, allocating) = (false, false);
        foreach (var operation in block.Descendants())
        {
            spawning |= operation is IInvocationOperation call ? spawns.IsSpawn(call.TargetMethod)
                : operation is IObjectCreationOperation or IPropertyReferenceOperation && spawns.UserApis.HasSpawns && spawns.Classify(operation) is not null;
            allocating |= operation is IArrayCreationOperation or IObjectCreationOperation or IInvocationOperation
                && allocations.Classify(operation, SizeEnvironment.Empty) is not null;
        }

        return new BodyTraits(spawning, allocating);
    }
}
