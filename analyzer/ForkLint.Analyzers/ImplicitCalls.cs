using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers;

/// <summary>The methods that a statement or an expression calls without naming them, by the members of a type.</summary>
internal static class ImplicitCalls
{
    /// <summary>What an <c>await</c> of a value of a type calls first: <c>GetAwaiter</c>; <see langword="null"/> where it is an extension or there is none.</summary>
    public static IMethodSymbol? GetAwaiter(ITypeSymbol? awaited) => Methods(awaited, "GetAwaiter").FirstOrDefault();

    /// <summary>What an <c>await</c> calls to get its result from an awaiter.</summary>
    public static IMethodSymbol? GetResult(IMethodSymbol getAwaiter) => Methods(getAwaiter.ReturnType, "GetResult").FirstOrDefault();

    /// <summary>What an <c>await</c> asks an awaiter before it waits.</summary>
    public static IMethodSymbol? IsCompleted(IMethodSymbol getAwaiter) => Methods(getAwaiter.ReturnType, "get_IsCompleted").FirstOrDefault();

    /// <summary>The base constructor of the compilation that an implicit constructor calls.</summary>
    public static IMethodSymbol? BaseConstructor(INamedTypeSymbol type) => type.BaseType is { DeclaringSyntaxReferences.IsEmpty: false } ancestor
        ? ancestor.InstanceConstructors.FirstOrDefault(static constructor => constructor.Parameters.All(static parameter => parameter.IsOptional || parameter.IsParams))
        : null;

    /// <summary>Whether <c>new T()</c> is possible of a type parameter.</summary>
    public static bool MayBeMade(ITypeParameterSymbol parameter) => parameter.HasConstructorConstraint || parameter.HasValueTypeConstraint;

    /// <summary>What <c>new T()</c> calls where T is a type; <see langword="null"/> where that has no such constructor.</summary>
    public static IMethodSymbol? Constructor(ITypeSymbol? type) =>
        (type as INamedTypeSymbol)?.InstanceConstructors.FirstOrDefault(static constructor => constructor.Parameters.IsEmpty);

    /// <summary>The type of which <c>Activator.CreateInstance&lt;T&gt;()</c> makes an object; <see langword="null"/> for any other method.</summary>
    public static ITypeSymbol? Activated(IMethodSymbol method) =>
        method is { Name: "CreateInstance", TypeArguments: [var made], Parameters.IsEmpty: true } && MetadataNames.Is(method.ContainingType, "System", "Activator") ? made : null;

    /// <summary>The constructors that a call may run by <c>new T()</c>, as its type arguments say.</summary>
    public static IEnumerable<IMethodSymbol?> Made(IMethodSymbol method) => method.ContainingType.TypeParameters.Concat(method.TypeParameters)
        .Zip(method.ContainingType.TypeArguments.Concat(method.TypeArguments), static (parameter, argument) => MayBeMade(parameter) ? Constructor(argument) : null)
        .Append(Activated(method) is { } activated ? Constructor(activated) : null);

    /// <summary>The method of the compilation that makes a text of a part of an interpolated string; <see langword="null"/> where a library does.</summary>
    public static IMethodSymbol? ToText(IOperation part) =>
        part.WithoutConversions().Type is { DeclaringSyntaxReferences.IsEmpty: false } type && Methods(type, "ToString").FirstOrDefault() is { DeclaringSyntaxReferences.IsEmpty: false } method ? method : null;

    /// <summary>What makes the copy of a record that <c>with</c> changes, where it is written in the source.</summary>
    public static IMethodSymbol? CopyConstructor(ITypeSymbol? record) => (record as INamedTypeSymbol)?.InstanceConstructors.FirstOrDefault(
        constructor => !constructor.IsImplicitlyDeclared && constructor.Parameters is [var original] && SymbolEqualityComparer.Default.Equals(original.Type, record));

    /// <summary>What puts an element into a collection of the compilation: of a collection expression, or of an initializer.</summary>
    public static IMethodSymbol? AddElement(ITypeSymbol? collection) => collection is { DeclaringSyntaxReferences.IsEmpty: false }
        ? Methods(collection, "Add", 1).FirstOrDefault(static method => !method.DeclaringSyntaxReferences.IsEmpty)
        : null;

    /// <summary>What <c>[CollectionBuilder]</c> of a type of the compilation names.</summary>
    public static IMethodSymbol? Builder(ITypeSymbol? collection)
    {
        if (collection is not { DeclaringSyntaxReferences.IsEmpty: false })
        {
            return null;
        }

        var attribute = collection.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.Name == "CollectionBuilderAttribute");
        return attribute?.ConstructorArguments is [{ Value: INamedTypeSymbol builder }, { Value: string name }]
            ? builder.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault(static method => method is { IsStatic: true, Parameters: [{ Type.Name: "ReadOnlySpan" }] })
            : null;
    }

    /// <summary>What <c>fixed</c> asks a value of the compilation for a reference.</summary>
    public static IMethodSymbol? Pinned(IOperation value) => value.WithoutConversions().Type is { DeclaringSyntaxReferences.IsEmpty: false } type ? Methods(type, "GetPinnableReference").FirstOrDefault() : null;

    /// <summary>The method of the compilation that takes a value apart; <see langword="null"/> where the compiler or a library does.</summary>
    public static IMethodSymbol? DeconstructMethod(ITypeSymbol? type, int parts) => type.SelfAndBases()
        .TakeWhile(static declaring => !declaring.DeclaringSyntaxReferences.IsEmpty)
        .SelectMany(static declaring => declaring.GetMembers("Deconstruct")).OfType<IMethodSymbol>()
        .FirstOrDefault(method => !method.IsStatic && !method.IsImplicitlyDeclared && method.Parameters.Length == parts);

    /// <summary>What one of the statements and expressions that name no method may call: <c>foreach</c>, <c>using</c>, <c>await</c>, operators, patterns.</summary>
    public static IEnumerable<IMethodSymbol?> Of(IOperation operation) => operation switch
    {
        IForEachLoopOperation loop => Enumeration(loop),
        IUsingOperation statement => Disposal(statement.Resources, statement.IsAsynchronous),
        IUsingDeclarationOperation statement => Disposal(statement.DeclarationGroup, statement.IsAsynchronous),
        IAwaitOperation { Operation.Type: var type } awaited => Await(type, ExtensionAwaiter(awaited, awaited.SemanticModel)),
        IWithOperation { Operand.Type: var type } => [CopyConstructor(type)],
        IInterpolationOperation { Expression: var part } => [ToText(part)],
        IImplicitIndexerReferenceOperation { IndexerSymbol: var member, LengthSymbol: var length } =>
            [member as IMethodSymbol ?? (member as IPropertySymbol)?.GetMethod, (length as IPropertySymbol)?.GetMethod],
        IListPatternOperation { IndexerSymbol: var indexer, LengthSymbol: var count } => [(count as IPropertySymbol)?.GetMethod, (indexer as IPropertySymbol)?.GetMethod],
        IRecursivePatternOperation { DeconstructSymbol: var method } => [method as IMethodSymbol],
        IBinaryOperation { OperatorMethod: { } method, OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } =>
            [method, .. method.ContainingType.GetMembers("op_False").Concat(method.ContainingType.GetMembers("op_True")).OfType<IMethodSymbol>()],
        IBinaryOperation { OperatorMethod: var method } => [method],
        IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var @event } } => [@event.AddMethod, @event.RemoveMethod],
        IUnaryOperation { OperatorMethod: var method } => [method],
        IConversionOperation { OperatorMethod: var method } conversion => IsSequence(conversion.Operand.Type) && conversion.Type is { TypeKind: TypeKind.Interface } ? [.. Walk(conversion.Operand.Type, isAsync: false)] : [method],
        IIncrementOrDecrementOperation { OperatorMethod: var method } => [method],
        ICompoundAssignmentOperation { OperatorMethod: var method } assignment => [method, assignment.InConversion.MethodSymbol, assignment.OutConversion.MethodSymbol],
        _ => [],
    };

    /// <summary>The extension method that an <c>await</c> calls where the type has no <c>GetAwaiter</c>: only the semantic model knows it.</summary>
    public static IMethodSymbol? ExtensionAwaiter(IAwaitOperation awaited, SemanticModel? model) =>
        model is not null && awaited is { Operation.Type: { TypeKind: not TypeKind.Dynamic } type, Syntax: AwaitExpressionSyntax syntax } && !IsTask(type) && GetAwaiter(type) is null ? model.GetAwaitExpressionInfo(syntax).GetAwaiterMethod : null;

    /// <summary>Whether an <c>await</c> of a value calls the base library alone: the type has an awaiter, so that no extension is asked for.</summary>
    private static bool IsTask(ITypeSymbol? type) => type is { DeclaringSyntaxReferences.IsEmpty: true, Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" or "YieldAwaitable" }
        && (MetadataNames.IsNamespace(type.ContainingNamespace, "System.Threading.Tasks") || MetadataNames.IsNamespace(type.ContainingNamespace, "System.Runtime.CompilerServices"));

    private static IEnumerable<IMethodSymbol?> Await(ITypeSymbol? awaited, IMethodSymbol? extension) => IsTask(awaited) ? [] :
        (extension is null ? Methods(awaited, "GetAwaiter") : [extension]).SelectMany(static method => Methods(method.ReturnType, "GetResult")
            .Prepend(method)
            .Concat(Methods(method.ReturnType, "get_IsCompleted"))
            .Concat(Methods(method.ReturnType, "OnCompleted", 1))
            .Concat(Methods(method.ReturnType, "UnsafeOnCompleted", 1)));

    private static List<IMethodSymbol> Enumeration(IForEachLoopOperation loop)
    {
        var (collection, isAsync) = (loop.Collection.WithoutConversions().Type, loop.IsAsynchronous);

        // Arrays and strings are read by index.
        if (collection is IArrayTypeSymbol or IDynamicTypeSymbol or { SpecialType: SpecialType.System_String })
        {
            return [];
        }

        var methods = Walk(collection, isAsync).ToList();
        if (methods.Count == 0 && loop.Syntax is CommonForEachStatementSyntax syntax && loop.SemanticModel?.GetForEachStatementInfo(syntax).GetEnumeratorMethod is { } extension)
        {
            methods.AddRange(Step(extension.ReturnType, isAsync).Prepend(extension));
        }

        return methods;
    }

    /// <summary>What walks a sequence: first what makes the enumerator.</summary>
    public static IEnumerable<IMethodSymbol> Walk(ITypeSymbol? sequence, bool isAsync) =>
        Methods(sequence, isAsync ? "GetAsyncEnumerator" : "GetEnumerator").SelectMany(method => Step(method.ReturnType, isAsync).Prepend(method));

    /// <summary>What walks on with an enumerator.</summary>
    public static IEnumerable<IMethodSymbol> Step(ITypeSymbol? enumerator, bool isAsync) => Methods(enumerator, isAsync ? "MoveNextAsync" : "MoveNext")
        .Concat(Methods(enumerator, "get_Current"))
        .Concat(Methods(enumerator, isAsync ? "DisposeAsync" : "Dispose"));

    /// <summary>Whether a type of the compilation is a sequence to a library.</summary>
    public static bool IsSequence(ITypeSymbol? type) =>
        type is INamedTypeSymbol { DeclaringSyntaxReferences.IsEmpty: false } && type.AllInterfaces.Any(static face => face.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static IEnumerable<IMethodSymbol?> Disposal(IOperation resources, bool isAsync)
    {
        var types = resources is IVariableDeclarationGroupOperation group
            ? group.Declarations.SelectMany(static declaration => declaration.Declarators).Select(static ITypeSymbol? (declarator) => declarator.Symbol.Type)
            : [resources.WithoutConversions().Type];
        return types.SelectMany<ITypeSymbol?, IMethodSymbol>(type => Methods(type, isAsync ? "DisposeAsync" : "Dispose"));
    }

    /// <summary>The methods of a name that a value of a type can be asked for: its own, inherited ones, and those of its interfaces.</summary>
    private static IEnumerable<IMethodSymbol> Methods(ITypeSymbol? type, string name, int parameters = 0)
    {
        // What a type parameter can be asked for its constraints say.
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.SelectMany(constraint => Methods(constraint, name, parameters));
        }

        var inherited = type is null ? [] : type.AllInterfaces.SelectMany(Declared).Select(declared =>
            type.TypeKind == TypeKind.Interface ? declared : type.FindImplementationForInterfaceMember(declared) as IMethodSymbol ?? declared);
        return type.SelfAndBases().SelectMany(Declared).Concat(inherited).ToList();

        IEnumerable<IMethodSymbol> Declared(ITypeSymbol declaring) => declaring.GetMembers(name).OfType<IMethodSymbol>()
            .Where(method => !method.IsStatic && (method.Parameters.Length == parameters || method.Parameters.All(static passed => passed.IsOptional || passed.IsParams)));
    }
}
