using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>The catalogs that tell the interpreter what an operation means.</summary>
/// <param name="Spawns">Which calls spawn.</param>
/// <param name="Allocations">Which expressions allocate.</param>
/// <param name="IsCandidate">Whether an expression may allocate enough to count.</param>
/// <param name="Summaries">What the methods of the compilation do.</param>
internal sealed record FlowCatalogs(SpawnCatalog Spawns, AllocationCatalog Allocations, Func<IOperation, bool> IsCandidate, ISummaries Summaries);
