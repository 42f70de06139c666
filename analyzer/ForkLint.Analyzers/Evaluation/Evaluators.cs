namespace ForkLint.Analyzers.Evaluation;

/// <summary>The evaluators of one body, which call each other, and the state that they share.</summary>
internal sealed class Evaluators
{
    /// <summary>Makes them.</summary>
    public Evaluators(BodyState body)
    {
        Body = body;
        Lifetimes = new Lifetimes(this);
        Expressions = new ExpressionEvaluator(this);
        Conditions = new ConditionEvaluator(this);
        Places = new PlaceEvaluator(this);
        Assignments = new AssignmentEvaluator(this);
        Operators = new OperatorEvaluator(this);
        Creations = new CreationEvaluator(this);
        Calls = new CallEvaluator(this);
        LibraryCalls = new LibraryCallEvaluator(this);
        SourceCalls = new SourceCallEvaluator(this);
        Delegates = new DelegateEvaluator(this);
        Waits = new WaitEvaluator(this);
        Types = new TypeEvaluator(this);
        body.ValueOf = Delegates.ValueOf;
    }

    /// <summary>The state.</summary>
    public BodyState Body { get; }
    public Lifetimes Lifetimes { get; }
    public ExpressionEvaluator Expressions { get; }
    public ConditionEvaluator Conditions { get; }
    public PlaceEvaluator Places { get; }
    public AssignmentEvaluator Assignments { get; }
    public OperatorEvaluator Operators { get; }
    public CreationEvaluator Creations { get; }
    public CallEvaluator Calls { get; }
    public LibraryCallEvaluator LibraryCalls { get; }
    public SourceCallEvaluator SourceCalls { get; }
    public DelegateEvaluator Delegates { get; }
    public WaitEvaluator Waits { get; }
    public TypeEvaluator Types { get; }
}
