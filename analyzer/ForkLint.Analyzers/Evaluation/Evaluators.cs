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
        body.ValueOf = Delegates.ValueOf;
    }

    /// <summary>The state.</summary>
    public BodyState Body { get; }

    /// <inheritdoc cref="Evaluation.Lifetimes"/>
    public Lifetimes Lifetimes { get; }

    /// <inheritdoc cref="ExpressionEvaluator"/>
    public ExpressionEvaluator Expressions { get; }

    /// <inheritdoc cref="ConditionEvaluator"/>
    public ConditionEvaluator Conditions { get; }

    /// <inheritdoc cref="PlaceEvaluator"/>
    public PlaceEvaluator Places { get; }

    /// <inheritdoc cref="AssignmentEvaluator"/>
    public AssignmentEvaluator Assignments { get; }

    /// <inheritdoc cref="OperatorEvaluator"/>
    public OperatorEvaluator Operators { get; }

    /// <inheritdoc cref="CreationEvaluator"/>
    public CreationEvaluator Creations { get; }

    /// <inheritdoc cref="CallEvaluator"/>
    public CallEvaluator Calls { get; }

    /// <inheritdoc cref="LibraryCallEvaluator"/>
    public LibraryCallEvaluator LibraryCalls { get; }

    /// <inheritdoc cref="SourceCallEvaluator"/>
    public SourceCallEvaluator SourceCalls { get; }

    /// <inheritdoc cref="DelegateEvaluator"/>
    public DelegateEvaluator Delegates { get; }

    /// <inheritdoc cref="WaitEvaluator"/>
    public WaitEvaluator Waits { get; }
}
