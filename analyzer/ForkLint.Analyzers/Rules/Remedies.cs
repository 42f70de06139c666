using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>What to do about a finding: only what the target framework can do.</summary>
internal sealed class Remedies(Compilation compilation)
{
    // GCCollectionMode.Aggressive came with .NET 7.
    private readonly bool _canDecommit = compilation.GetTypeByMetadataName("System.GCCollectionMode") is { } modes && !modes.GetMembers("Aggressive").IsEmpty;

    /// <summary>A short name of the remedy, for tools.</summary>
    public string KindOf(Verdict verdict) => verdict.Rule.Remedy(verdict, _canDecommit);

    /// <summary>What to do, as the end of a sentence. The rule's page says why.</summary>
    public string TextOf(Verdict verdict) => KindOf(verdict) switch
    {
        "allocateAfter" when !verdict.Allocation.IsManaged && verdict.Duplicates => "allocate it afterwards, or exclude it with madvise(…, MADV_DONTFORK)",
        "allocateAfter" => "start the child first, or allocate it afterwards",
        "doNotPool" => "a pool keeps its arrays; use your own" + (_canDecommit ? " and run an Aggressive GC.Collect" : " after the child has started"),
        "collect" => "run GC.Collect(2, GCCollectionMode.Aggressive, true, true)",
        "free" => "free it first",
        "extractAndCollect" => "use it in a method that returns first, then run an Aggressive GC.Collect",
        "extract" => "use it in a method that returns first",
        var unknown => throw new InvalidOperationException("The remedy " + unknown + " has no words."),
    };

    /// <summary>A short name of the remedy for a field, for tools.</summary>
    public static string KindOfField(ISymbol field, FieldPlace place, SpawnKind spawn, bool isNative) =>
        isNative ? "free"
        : !CanBeEmptied(field, place) ? "allocateAfter"
        : spawn == SpawnKind.Duplicates ? "clearAndCollect"
        : "clear";

    /// <summary>What to do about a field.</summary>
    public string TextOfField(ISymbol field, FieldPlace place, SpawnKind spawn, bool isNative) => isNative ? "free it first"
        : !CanBeEmptied(field, place)
            ? !place.IsDirect && place.Through.IsEmpty && CanBeCleared(field) ? "clear it" + (_canDecommit ? " and run an Aggressive GC.Collect first" : " first") : "it cannot be emptied; make it settable, or fill it afterwards"
        : spawn == SpawnKind.Duplicates && _canDecommit ? "set it to null and run an Aggressive GC.Collect first"
        : "set it to null first, or load it afterwards";

    /// <summary>The type of a field, a property or a primary constructor's parameter.</summary>
    public static ITypeSymbol? TypeOf(ISymbol field) => (field as IFieldSymbol)?.Type ?? (field as IPropertySymbol)?.Type ?? (field as IParameterSymbol)?.Type;

    /// <summary>Whether what a field refers to lets its elements go: an array, or what has a method <c>Clear</c>.</summary>
    private static bool CanBeCleared(ISymbol field) =>
        TypeOf(field) is { } type && (type is IArrayTypeSymbol || type.SelfAndBases().Concat(type.AllInterfaces).Any(static declaring => !declaring.GetMembers("Clear").IsEmpty));

    /// <summary>Whether code other than a constructor may set a field, or the innermost one on the way to the memory, to null.</summary>
    private static bool CanBeEmptied(ISymbol field, FieldPlace place) => (place.Through.IsEmpty ? field : place.Through[place.Through.Length - 1]) switch
    {
        IFieldSymbol { IsReadOnly: true } => false,
        IPropertySymbol { SetMethod: null or { IsInitOnly: true } } => false,
        IParameterSymbol parameter => parameter.NullableAnnotation == NullableAnnotation.Annotated,
        _ => true,
    };
}
