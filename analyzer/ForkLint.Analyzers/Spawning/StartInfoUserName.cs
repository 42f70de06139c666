using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Spawning;

/// <summary>
/// Whether the body that starts a process also sets <c>UserName</c> on its start info: in an object initializer, or by
/// an assignment to the same variable. A start info that comes from elsewhere counts as without one.
/// </summary>
internal static class StartInfoUserName
{
    /// <summary>Looks through the body around <paramref name="start"/>.</summary>
    /// <param name="start">The call of <c>Process.Start</c>.</param>
    /// <param name="body">The root of the body, where <paramref name="start"/> is of a control-flow graph and has no parents of its own; otherwise <see langword="null"/>.</param>
    public static bool IsSet(IInvocationOperation start, IOperation? body)
    {
        if (body is null)
        {
            body = start.Root();
        }
        else if (start.SemanticModel is null)
        {
            start = body.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault(other => other.Syntax == start.Syntax) ?? start;
        }

        var origins = new HashSet<object>();
        Add(origins, start.Instance);
        foreach (var argument in start.Arguments)
        {
            if (MetadataNames.IsOrDerivesFrom(argument.Parameter?.Type, "System.Diagnostics", "ProcessStartInfo"))
            {
                Add(origins, argument.Value);
            }
        }

        if (origins.Count == 0)
        {
            return false;
        }

        // Follow assignments backwards until no further variable or creation can be what is started.
        var assignments = Assignments(body);
        bool grown;
        do
        {
            grown = false;
            foreach (var (target, value) in assignments)
            {
                grown |= Key(target) is { } key && origins.Contains(key) && Add(origins, value);
            }
        }
        while (grown);

        return assignments.Any(assignment => assignment.Target is IPropertyReferenceOperation { Property.Name: "UserName" } property
            && MetadataNames.Is(property.Property.ContainingType, "System.Diagnostics", "ProcessStartInfo")
            && !IsEmpty(assignment.Value)
            && Key(property.Instance) is { } receiver
            && origins.Contains(receiver));
    }

    private static List<(object Target, IOperation Value)> Assignments(IOperation body)
    {
        var result = new List<(object, IOperation)>();
        foreach (var operation in body.DescendantsAndSelf())
        {
            switch (operation)
            {
                case ISimpleAssignmentOperation assignment:
                    result.Add((assignment.Target, assignment.Value));
                    break;
                case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator:
                    result.Add((declarator.Symbol, value));
                    break;
            }
        }

        return result;
    }

    private static bool Add(HashSet<object> origins, IOperation? operation) =>
        Key(operation) is { } key && origins.Add(key);

    /// <summary>What stands for a start info, or for a process and thereby for its start info: a variable, or the creation itself.</summary>
    private static object? Key(object? target) => target switch
    {
        ISymbol symbol => symbol,
        IConversionOperation conversion => Key(conversion.Operand),
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation { Property.Name: "StartInfo" } startInfo => Key(startInfo.Instance),
        IPropertyReferenceOperation property => property.Property,
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } receiver => Creation(receiver),
        IInstanceReferenceOperation { Type: { } type } => type,
        IObjectCreationOperation creation => creation,
        _ => null,
    };

    /// <summary>The creation whose initializer this is part of, also through <c>new Process { StartInfo = { … } }</c>.</summary>
    private static IOperation? Creation(IOperation receiver)
    {
        for (var current = receiver.Parent; current is not null; current = current.Parent)
        {
            if (current is IObjectCreationOperation)
            {
                return current;
            }
        }

        return null;
    }

    /// <summary>The runtime takes an empty name for none.</summary>
    private static bool IsEmpty(IOperation value) => value.ConstantValue is { HasValue: true, Value: null or "" };
}
