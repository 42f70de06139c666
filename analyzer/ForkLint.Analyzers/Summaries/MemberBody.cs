using ForkLint.Analyzers.Evaluation;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Summaries;

/// <summary>A call of a method of the compilation.</summary>
internal sealed record BodyCall(IMethodSymbol Callee, IOperation Call);

/// <summary>The body of one member, kept until the end of the compilation, with what a <see cref="Glance"/> at it told.</summary>
internal sealed class MemberBody(ISymbol member, IOperation root, bool isGenerated)
{
    // A body this short is followed at every call of it: it may return or keep its argument.
    private const int ShortOperations = 60;

    // Most bodies have none of these.
    private static readonly List<IOperation> NoOperations = [];
    private static readonly List<BodyCall> NoCalls = [];
    private static readonly List<(FunctionBody Body, BodyFacts Facts)> NoResults = [];
    private static readonly HashSet<IMethodSymbol> NoMethods = new(SymbolEqualityComparer.Default);
    private static readonly HashSet<IParameterSymbol> NoParameters = new(SymbolEqualityComparer.Default);
    private static readonly HashSet<ISymbol> NoMembers = new(SymbolEqualityComparer.Default);

    /// <summary>The order of the bodies: written code before generated code.</summary>
    public static readonly Comparer<MemberBody> ByPlace = Comparer<MemberBody>.Create(static (one, other) =>
        SourceOrder.Compare((one.IsGenerated, one.Place), (other.IsGenerated, other.Place)));

    private Location? _place;
    private SizeEnvironment? _environment;
    private List<FunctionBody>? _functions;
    private List<IOperation>? _spawnOperations;
    private List<IOperation>? _allocating;
    private List<Allocation>? _allocations;
    private List<BodyCall>? _calls;
    private HashSet<IMethodSymbol>? _namedMethods;
    private HashSet<IParameterSymbol>? _capturedParameters;
    private HashSet<ISymbol>? _storedMembers;
    private HashSet<ISymbol>? _changedMembers;

    /// <summary>The method, or the field or property whose initializer this is.</summary>
    public ISymbol Member { get; } = member;

    /// <summary>The text that it stands in.</summary>
    public SyntaxTree Tree => root.Syntax.SyntaxTree;

    /// <summary>Where its member stands.</summary>
    public Location Place => _place ??= Member.Locations[0];

    /// <summary>Whether a tool wrote it, not a person.</summary>
    public bool IsGenerated { get; } = isGenerated;

    /// <summary>Whether it was glanced at.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether it creates a process itself.</summary>
    public bool Spawns => SpawnOperations.Count > 0;

    /// <summary>What in it may create a process.</summary>
    public List<IOperation> SpawnOperations => _spawnOperations ?? NoOperations;

    /// <summary>Whether anything in it allocates, of any size.</summary>
    public bool Allocates => _allocating is not null;

    /// <summary>Whether it releases memory, collects, waits for a child, or makes an object of a type that its callers choose.</summary>
    public bool HasEffects { get; private set; }

    /// <summary>Whether it stores anything in a field or property.</summary>
    public bool StoresInMembers => _storedMembers is not null || _changedMembers is not null;

    /// <summary>Whether following it costs next to nothing.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Where it calls the methods of the compilation that it names.</summary>
    public List<BodyCall> Calls => _calls ?? NoCalls;

    /// <summary>The methods of the compilation that it makes delegates of.</summary>
    public HashSet<IMethodSymbol> NamedMethods => _namedMethods ?? NoMethods;

    /// <summary>What is known of values in it.</summary>
    public SizeEnvironment Environment => _environment ??= SizeEnvironment.ForBody(root);

    /// <summary>Parameters of primary constructors that it reads as if they were fields.</summary>
    public HashSet<IParameterSymbol> CapturedParameters => _capturedParameters ?? NoParameters;

    /// <summary>The fields and properties that it stores something in.</summary>
    public HashSet<ISymbol> StoredMembers => _storedMembers ?? NoMembers;

    /// <summary>What the flow analysis found, by function, once it ran.</summary>
    public List<(FunctionBody Body, BodyFacts Facts)> Results { get; set; } = NoResults;

    /// <summary>The member and the functions nested in it, the innermost first. Their graphs are made when first asked for.</summary>
    public List<FunctionBody> Functions => _functions ??= Graph() is { } graph ? FunctionBody.WithNested(Member, graph) : [];

    /// <summary>Glances at the body, unless that was done: what it calls, stores, releases and spawns, without a size or a path.</summary>
    public void Glance(SpawnCatalog spawns, AllocationCatalog allocations, IAssemblySymbol assembly)
    {
        if (IsKnown)
        {
            return;
        }

        IsKnown = true;
        var count = 0;
        var glance = new BodyGlance(this, spawns, allocations, assembly);
        var pending = new List<Pending> { new(root) };
        while (pending.Count > 0)
        {
            var operation = pending[pending.Count - 1].Operation;
            pending.RemoveAt(pending.Count - 1);
            count++;
            glance.At(operation);
            foreach (var child in operation.ChildOperations.Reverse())
            {
                // A third of all operations: they have no children, and say nothing.
                if (child.Kind is OperationKind.Literal or OperationKind.LocalReference or OperationKind.InstanceReference)
                {
                    count++;
                }
                else
                {
                    pending.Add(new Pending(child));
                }
            }
        }

        IsShort = count <= ShortOperations;
    }

    /// <summary>What in it may be a large allocation. Sizes are evaluated when first asked for.</summary>
    public List<Allocation> Allocations(AllocationCatalog catalog)
    {
        if (_allocations is null)
        {
            _allocations = [];
            foreach (var operation in _allocating ?? NoOperations)
            {
                // Small ones that a loop collects may be large together.
                if (catalog.Classify(operation, Environment) is { } allocation
                    && (allocation.Size.IsKnown
                        ? allocation.Size.Bytes >= CreationEvaluator.SmallBytes || (allocation.Size.Bytes > 0 && LoopRepetition.IsInLoop(operation.Syntax))
                        : allocation.Kind == AllocationKind.UnboundedRead
                            || operation.Descendants().Any(part => part is IParameterReferenceOperation or ILocalReferenceOperation)))
                {
                    _allocations.Add(allocation);
                }
            }
        }

        return _allocations;
    }

    /// <summary>Whether it stores in, or adds to, a static member or one of these types.</summary>
    public bool StoresInAny(HashSet<INamedTypeSymbol> types) => Any(_storedMembers, types) || Any(_changedMembers, types);

    /// <summary>Whether it makes an object of one of these types: a primary constructor stores what it is given.</summary>
    public bool Constructs(HashSet<INamedTypeSymbol> types) => Calls.Exists(call =>
        call.Callee.MethodKind == MethodKind.Constructor && TypeRelations.IsRelatedToAny(call.Callee.ContainingType, types));

    /// <summary>Notes a spawn.</summary>
    internal void AddSpawn(IOperation operation) => (_spawnOperations ??= []).Add(operation);

    /// <summary>Notes what may allocate.</summary>
    internal void AddAllocating(IOperation operation) => (_allocating ??= []).Add(operation);

    /// <summary>Notes a call of a method of the compilation.</summary>
    internal void AddCall(IMethodSymbol method, IOperation call) => (_calls ??= []).Add(new BodyCall(method, call));

    /// <summary>Notes that a method may be called through a delegate.</summary>
    internal void AddNamed(IMethodSymbol method) => (_namedMethods ??= new(SymbolEqualityComparer.Default)).Add(method);

    /// <summary>Notes that something is stored in a field or property.</summary>
    internal void AddStored(ISymbol member) => (_storedMembers ??= new(SymbolEqualityComparer.Default)).Add(member);

    /// <summary>Notes that something is added to what a field or property holds.</summary>
    internal void AddChanged(ISymbol member) => (_changedMembers ??= new(SymbolEqualityComparer.Default)).Add(member);

    /// <summary>Notes a primary constructor's parameter that is read as if it were a field.</summary>
    internal void AddCaptured(IParameterSymbol parameter) => (_capturedParameters ??= new(SymbolEqualityComparer.Default)).Add(parameter);

    /// <summary>Notes that it <see cref="HasEffects"/>.</summary>
    internal void SetEffects() => HasEffects = true;

    /// <summary>Gives the graph that the compiler has already made, so that it is not made twice.</summary>
    public void UseGraph(ControlFlowGraph graph) => _functions ??= FunctionBody.WithNested(Member, graph);

    private ControlFlowGraph? Graph() => root switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
        IBlockOperation block => ControlFlowGraph.Create(block),
        _ => null,
    };

    private static bool Any(HashSet<ISymbol>? members, HashSet<INamedTypeSymbol> types) => members is not null && members.Any(member =>
        member.IsStatic || (member.ContainingType is { } type && TypeRelations.IsRelatedToAny(type, types)));

    /// <summary>An operation that was not looked at yet. An array of interfaces would check the type of each that is stored in it.</summary>
    private readonly struct Pending(IOperation operation)
    {
        public IOperation Operation { get; } = operation;
    }
}
