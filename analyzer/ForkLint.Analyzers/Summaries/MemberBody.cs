using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Summaries;

/// <summary>The body of one member, kept until the end of the compilation, with what a glance at it told.</summary>
internal sealed class MemberBody
{
    // A body this short is followed into wherever it is called: it may return or keep its argument.
    private const int ShortOperations = 60;

    private readonly IOperation _root;
    private SizeEnvironment? _environment;
    private List<FunctionBody>? _functions;

    private MemberBody(ISymbol member, IOperation root, bool isGenerated)
    {
        Member = member;
        _root = root;
        IsGenerated = isGenerated;
    }

    /// <summary>The method, or the field or property whose initializer this is.</summary>
    public ISymbol Member { get; }

    /// <summary>Whether a tool wrote it, not a person.</summary>
    public bool IsGenerated { get; }

    /// <summary>Whether it creates a process itself.</summary>
    public bool Spawns => SpawnOperations.Count > 0;

    /// <summary>What in it may create a process.</summary>
    public List<IOperation> SpawnOperations { get; } = [];

    /// <summary>Whether anything in it may be a large allocation.</summary>
    public bool Allocates => Allocations.Count > 0;

    /// <summary>What in it may be a large allocation.</summary>
    public List<Allocation> Allocations { get; } = [];

    /// <summary>Whether it releases memory, collects, or waits for a child.</summary>
    public bool Releases { get; private set; }

    /// <summary>Whether it stores anything in a field or property.</summary>
    public bool StoresInMembers { get; private set; }

    /// <summary>Whether following it costs next to nothing.</summary>
    public bool IsShort { get; private set; }

    /// <summary>The methods of the compilation that it names.</summary>
    public IEnumerable<IMethodSymbol> Callees => Calls.Select(call => call.Callee).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default);

    /// <summary>Where it calls them.</summary>
    public List<(IMethodSymbol Callee, IOperation Call)> Calls { get; } = [];

    /// <summary>The methods of the compilation that it makes delegates of.</summary>
    public HashSet<IMethodSymbol> NamedMethods { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>What is known of values in it.</summary>
    public SizeEnvironment Environment => _environment ??= SizeEnvironment.ForBody(_root);

    /// <summary>Parameters of primary constructors that it reads as if they were fields.</summary>
    public HashSet<IParameterSymbol> CapturedParameters { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The fields and properties that it stores something in.</summary>
    public HashSet<ISymbol> StoredMembers { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>What the flow analysis found, by function, once it ran.</summary>
    public List<(FunctionBody Body, BodyFacts Facts)> Results { get; set; } = [];

    /// <summary>The member and the functions nested in it, the innermost first. Their graphs are made when first asked for.</summary>
    public List<FunctionBody> Functions => _functions ??= Graph() is { } graph ? FunctionBody.WithNested(Member, graph) : [];

    /// <summary>Glances at a body.</summary>
    public static MemberBody Of(ISymbol member, IOperation root, bool isGenerated, SpawnCatalog spawns, AllocationCatalog allocations)
    {
        var body = new MemberBody(member, root, isGenerated);
        var count = 0;
        foreach (var operation in root.DescendantsAndSelf())
        {
            count++;
            body.Glance(operation, spawns, allocations);
        }

        body.IsShort = count <= ShortOperations;
        return body;
    }

    /// <summary>Gives the graph that the compiler has already made, so that it is not made twice.</summary>
    public void UseGraph(ControlFlowGraph graph) => _functions ??= FunctionBody.WithNested(Member, graph);

    private ControlFlowGraph? Graph() => _root switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
        IBlockOperation block => ControlFlowGraph.Create(block),
        _ => null,
    };

    private void Glance(IOperation operation, SpawnCatalog spawns, AllocationCatalog allocations)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Spawn(call, spawns.IsSpawn(call.TargetMethod));
                Releases |= ReleaseCatalog.Classify(call, out _) != ReleaseKind.None || WaitCatalog.WaitsForChild(call);
                Call(call.TargetMethod, call);
                MayAllocate(operation, allocations);
                StoresInMembers |= call.Instance is IFieldReferenceOperation or IPropertyReferenceOperation && LibraryModel.AddsElement(call.TargetMethod);
                break;
            case IObjectCreationOperation { Constructor: { } constructor }:
                Spawn(operation, spawns.UserApis.HasSpawns && spawns.Classify(operation) is not null);
                Call(constructor, operation);
                MayAllocate(operation, allocations);
                break;
            case IArrayElementReferenceOperation { ArrayReference: IFieldReferenceOperation or IPropertyReferenceOperation, Parent: IAssignmentOperation assignment }
                when ReferenceEquals(assignment.Target, operation):
                StoresInMembers = true;
                break;
            case IArrayCreationOperation:
                MayAllocate(operation, allocations);
                break;
            case IPropertyReferenceOperation { Property: var property } reference:
                Spawn(operation, spawns.UserApis.HasSpawns && spawns.Classify(operation) is not null);
                Store(reference, property.OriginalDefinition);
                Call(property.GetMethod, operation);
                Call(property.SetMethod, operation);
                MayAllocate(operation, allocations);
                break;
            case IFieldReferenceOperation reference:
                Store(reference, reference.Field.OriginalDefinition);
                break;
            case IMethodReferenceOperation reference:
                Spawn(reference, spawns.IsSpawn(reference.Method));
                Call(reference.Method, operation);
                NamedMethods.Add((reference.Method.ReducedFrom ?? reference.Method).OriginalDefinition);
                break;
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } owner } parameter }
                when Member is IMethodSymbol && !SymbolEqualityComparer.Default.Equals(owner, Member):
                CapturedParameters.Add(parameter);
                break;
            case IFieldInitializerOperation initializer:
                StoresInMembers = true;
                StoredMembers.UnionWith(initializer.InitializedFields);
                break;
            case IPropertyInitializerOperation initializer:
                StoresInMembers = true;
                StoredMembers.UnionWith(initializer.InitializedProperties);
                break;
            case IDeconstructionAssignmentOperation { Target: var target, Value: var value }:
                target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
                Call(BodyInterpreter.DeconstructMethod(value.Type, target is ITupleOperation parts ? parts.Elements.Length : 0), operation);
                break;
            case IBinaryOperation { OperatorMethod: { } method }:
                Call(method, operation);
                break;
            case IConversionOperation { OperatorMethod: { } method }:
                Call(method, operation);
                break;
            default:
                if (operation.Syntax is CollectionExpressionSyntax)
                {
                    MayAllocate(operation, allocations);
                }

                break;
        }
    }

    private void Store(IOperation reference, ISymbol member)
    {
        var isStored = reference.Parent switch
        {
            IAssignmentOperation assignment => ReferenceEquals(assignment.Target, reference) || assignment is ISimpleAssignmentOperation { IsRef: true },
            IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.RefKind: not RefKind.None } } => true,
            ITupleOperation or IAddressOfOperation => true,

            // A member of a struct is stored in the struct: "_pair.Data = …".
            IMemberReferenceOperation { Parent: IAssignmentOperation outer } part => ReferenceEquals(outer.Target, part),
            _ => false,
        };
        if (isStored)
        {
            StoresInMembers = true;
            StoredMembers.Add(member);
        }
    }

    private void MayAllocate(IOperation operation, AllocationCatalog allocations)
    {
        // Small ones that a loop collects may be large together.
        if (allocations.Classify(operation, Environment) is { } allocation
            && (allocation.Size.IsKnown
                ? allocation.Size.Bytes >= BodyInterpreter.SmallBytes || (allocation.Size.Bytes > 0 && LoopRepetition.IsInLoop(operation.Syntax))
                : allocation.Kind == AllocationKind.UnboundedRead
                    || operation.Descendants().Any(part => part is IParameterReferenceOperation or ILocalReferenceOperation)))
        {
            Allocations.Add(allocation);
        }
    }

    private void Spawn(IOperation operation, bool isSpawn)
    {
        if (isSpawn)
        {
            SpawnOperations.Add(operation);
        }
    }

    private void Call(IMethodSymbol? method, IOperation call)
    {
        if (method is { DeclaringSyntaxReferences.IsEmpty: false } or { ContainingType.DeclaringSyntaxReferences.IsEmpty: false })
        {
            Calls.Add(((method!.ReducedFrom ?? method).OriginalDefinition, call));
        }
    }
}
