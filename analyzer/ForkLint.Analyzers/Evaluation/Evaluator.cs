using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>One part of what operations mean. It keeps no state of the body: that is <see cref="BodyState"/>, and this gives short names to it.</summary>
internal abstract class Evaluator(Evaluators all)
{
    protected Evaluators All { get; } = all;
    protected BodyState Body { get; } = all.Body;
    protected FlowGraph Graph => Body.Graph;
    protected IMethodSymbol? Method => Body.Method;
    protected FlowCatalogs Catalogs => Body.Catalogs;
    protected MemoryModel Model => Body.Model;
    protected SizeEnvironment Sizes => Body.Sizes;
    protected List<FlowEvent>? Events { get => Body.Events; set => Body.Events = value; }
    protected BodyFacts? Facts { get => Body.Facts; set => Body.Facts = value; }
    protected FlowState State { get => Body.State; set => Body.State = value; }
    protected int Version { get => Body.Version; set => Body.Version = value; }
    protected bool IsEnded { get => Body.IsEnded; set => Body.IsEnded = value; }
    protected ObjectSet Tested { get => Body.Tested; set => Body.Tested = value; }
    protected Lifetimes Lifetimes => All.Lifetimes;
    protected PlaceEvaluator Places => All.Places;
    protected OperatorEvaluator Operators => All.Operators;
    protected CreationEvaluator Creations => All.Creations;
    protected CallEvaluator Calls => All.Calls;
    protected LibraryCallEvaluator LibraryCalls => All.LibraryCalls;
    protected DelegateEvaluator Delegates => All.Delegates;
    protected WaitEvaluator Waits => All.Waits;
    protected TypeEvaluator Types => All.Types;

    /// <summary>What an expression yields; what it does on the way is done to the state.</summary>
    protected ObjectSet Evaluate(IOperation? operation) => All.Expressions.Of(operation);

    /// <summary>The storage an expression names; none for a value that is stored nowhere.</summary>
    protected Cell[] CellsOf(IOperation? operation) => Places.Of(operation);

    /// <summary>The objects, and all that they hold, go where anything can read them.</summary>
    protected void UseDeep(ObjectSet objects, bool isManagedOnly = false) => Delegates.Read(objects, isManagedOnly);

    /// <summary>Calls a method of the compilation.</summary>
    protected ObjectSet CallSource(IOperation operation, IMethodSymbol method, IOperation? instance, ObjectSet receiver, PassedArgument[] arguments) =>
        All.SourceCalls.Call(operation, method, instance, receiver, arguments);

    /// <summary>Runs each of several, of which the program runs one. Returns what they yield.</summary>
    protected ObjectSet RunOneOf<T>(IReadOnlyCollection<T> ways, Func<T, ObjectSet> run)
        where T : class
    {
        var before = State;
        FlowState? after = null;
        var result = ObjectSet.Empty;
        foreach (var way in ways)
        {
            State = ways.Count == 1 ? before : before.Clone();
            result = result.Union(run(way));
            after?.MergeFrom(State);
            after ??= State;
        }

        State = after ?? before;
        Version++;
        return result;
    }

    /// <summary>Anything but plain reads and writes can throw, and the handlers see what holds then.</summary>
    protected void MayThrow() => Body.SeedHandlers();
}
