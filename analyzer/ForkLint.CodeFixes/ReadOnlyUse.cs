using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace ForkLint.CodeFixes;

/// <summary>Finds out whether a program only reads what a value holds. What it changes in it would be lost if the value were made anew. Where that is not plain, the answer is no.</summary>
internal sealed class ReadOnlyUse(Solution solution, CancellationToken cancellationToken)
{
    private static readonly string[] ReadingMethods =
        ["TryGetValue", "ContainsKey", "Contains", "IndexOf", "LastIndexOf", "BinarySearch", "GetLength", "GetValueOrDefault", "SequenceEqual", "ToString"];

    private static readonly string[] ReadOnlyTypes =
        ["ReadOnlySpan", "ReadOnlyMemory", "IReadOnlyCollection", "IReadOnlyList", "IReadOnlyDictionary", "IReadOnlySet", "IEnumerable"];

    // A member that returns the value hands it to its callers. Each member is looked at once.
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);

    /// <summary>Whether what is done with the value of an expression leaves it as it is.</summary>
    public async Task<bool> Of(ExpressionSyntax value, SemanticModel model)
    {
        var node = value.Parent;
        var type = model.GetTypeInfo(value, cancellationToken).Type;
        switch (node)
        {
            case AssignmentExpressionSyntax assignment when assignment.Left == value:
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression or (int)SyntaxKind.AddressOfExpression }:
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression }:
            case RefExpressionSyntax or ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None }:
                return false;
            case ExpressionStatementSyntax or IsPatternExpressionSyntax:
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression }:
                return true;
        }

        if (IsPlain(type))
        {
            return true;
        }

        switch (node)
        {
            case ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } or ConditionalExpressionSyntax:
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.AsExpression }:
            case ElementAccessExpressionSyntax element when element.Expression == value:
                return await Of((ExpressionSyntax)node, model).ConfigureAwait(false);
            case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } method when method.Expression == value:
                return (Array.IndexOf(ReadingMethods, method.Name.Identifier.ValueText) >= 0 || (HoldsPlain(type) && IsQuery(model.GetSymbolInfo(call, cancellationToken).Symbol)))
                    && await Of(call, model).ConfigureAwait(false);
            case MemberAccessExpressionSyntax member when member.Expression == value:
                return await Of(member, model).ConfigureAwait(false);
            case ForEachStatementSyntax loop when loop.Expression == value:
                return IsPlain(model.GetForEachStatementInfo(loop).ElementType);
            case ArgumentSyntax argument:
                return IsReadOnly(model.GetTypeInfo(argument.Expression, cancellationToken).ConvertedType);
            case ArrowExpressionClauseSyntax or ReturnStatementSyntax:
                return await IsReadByCallers(model.GetEnclosingSymbol(value.SpanStart, cancellationToken)).ConfigureAwait(false);
            case ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax or ElementBindingExpressionSyntax } access when access.Expression == value:
                return await Of(access, model).ConfigureAwait(false);

            // A local would hold what the field lets go.
            default:
                return false;
        }
    }

    private async Task<bool> IsReadByCallers(ISymbol? member)
    {
        member = (member as IMethodSymbol)?.AssociatedSymbol ?? member;
        if (member is not (IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction }) || !FieldRefill.IsHidden(member))
        {
            return false;
        }

        if (!_asked.Add(member))
        {
            return true;
        }

        foreach (var found in await SymbolFinder.FindReferencesAsync(member, solution, cancellationToken).ConfigureAwait(false))
        {
            foreach (var reference in found.Locations)
            {
                var root = await reference.Document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
                var model = await reference.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
                if (root?.FindNode(reference.Location.SourceSpan, getInnermostNodeForTie: true) is not SimpleNameSyntax name || model is null)
                {
                    return false;
                }

                var whole = FieldRefill.Whole(name);
                if (!await Of(member is IMethodSymbol && whole.Parent is InvocationExpressionSyntax call ? call : whole, model).ConfigureAwait(false))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether a value holds nothing that could be changed: a number, a flag, a text.</summary>
    private static bool IsPlain(ITypeSymbol? type) => (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var value] } ? value : type) is { TypeKind: TypeKind.Enum }
        or { SpecialType: SpecialType.System_String or (>= SpecialType.System_Boolean and <= SpecialType.System_Double) };

    /// <summary>Whether all that a collection gives to a query is plain, so that no delegate of the query can change it.</summary>
    private static bool HoldsPlain(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => IsPlain(array.ElementType),
        INamedTypeSymbol { TypeArguments.Length: > 0 } collection => collection.TypeArguments.All(IsPlain),
        _ => false,
    };

    /// <summary>A method of System.Linq: it reads its source, and changes nothing in it.</summary>
    private static bool IsQuery(ISymbol? method) =>
        method is IMethodSymbol { ContainingType: { Name: "Enumerable", ContainingNamespace: { Name: "Linq", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    private static bool IsReadOnly(ITypeSymbol? type) => type is INamedTypeSymbol { TypeArguments: [.., var element] } named && Array.IndexOf(ReadOnlyTypes, named.Name) >= 0 && IsPlain(element);
}
