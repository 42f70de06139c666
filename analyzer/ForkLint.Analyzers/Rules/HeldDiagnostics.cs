using System.Collections.Immutable;
using System.Globalization;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>Makes diagnostics of verdicts.</summary>
/// <param name="remedies">What to do about them.</param>
/// <param name="isGenerated">Whether nobody wrote a file: what happens there is shown at the call that leads to it.</param>
internal sealed class HeldDiagnostics(Remedies remedies, Func<SyntaxTree, bool> isGenerated)
{
    /// <summary>The diagnostic of a verdict.</summary>
    /// <param name="verdict">What to say.</param>
    /// <param name="body">Where it happens.</param>
    /// <param name="isLive">Whether one body alone decided it.</param>
    public Diagnostic Of(Verdict verdict, FunctionBody body, bool isLive)
    {
        var spawn = verdict.Spawn.Spawn;
        var allocation = verdict.Allocation.Allocation;
        var holder = NameOf(verdict.Holder) ?? allocation.DisplayName;
        var path = MethodNames.Short(body.Member) + " → " + string.Join(" → ", spawn.Path);
        var properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties.Add("bytes", verdict.Size.Certainty == SizeCertainty.Unknown ? null : verdict.Size.Bytes.ToString(CultureInfo.InvariantCulture));
        properties.Add("certainty", Lower(verdict.Size.Certainty.ToString()));
        properties.Add("spawnKind", Lower(spawn.Site.Kind.ToString()));
        properties.Add("callPath", path);
        properties.Add("holder", NameOf(verdict.Holder));
        properties.Add("holderKind", KindOf(verdict.Holder));
        properties.Add("allocationKind", Lower(allocation.Kind.ToString()));
        properties.Add("remedy", remedies.KindOf(verdict));
        properties.Add(DiagnosticProperties.Member, DiagnosticProperties.MemberId(body.Member));
        properties.Add(DiagnosticProperties.HolderMember, DiagnosticProperties.MemberId(MemberOf(verdict.Holder)));
        var size = verdict.RuleId == RuleIdentifiers.UnboundedReadHeldAcrossFork ? allocation.DisplayName : SizeText.Of(verdict.Size);
        return Diagnostic.Create(
            Descriptor(verdict.RuleId, isLive),
            verdict.Spawn.Call.Syntax.GetLocation(),
            verdict.Others.Select(other => other.Call.Syntax.GetLocation()).Prepend(LocationOf(verdict.Allocation))
                .Concat(verdict.Parts.Select(LocationOf)).Distinct(),
            properties.ToImmutable(),
            holder,
            size,
            spawn.Site.Why is { } why ? path + " (" + why + ")" : path,
            remedies.TextOf(verdict));
    }

    /// <summary>The diagnostic of a field that holds across some spawns, which come by path and position.</summary>
    public Diagnostic OfField(ISymbol field, AllocationSize size, AllocationObject? allocation, List<(FunctionBody Body, SpawnEvent Spawn)> held)
    {
        var (body, first) = held.Find(item => item.Spawn.Spawn.Site.Kind == SpawnKind.Duplicates) is { Spawn: not null } duplicating ? duplicating : held[0];
        var duplicates = first.Spawn.Site.Kind == SpawnKind.Duplicates;
        var path = MethodNames.Of(body.Member) + " → " + string.Join(" → ", first.Spawn.Path);
        var isNative = allocation is { IsManaged: false };
        var descriptor = Descriptors.FieldHeldAcrossSpawnAtEnd;
        var properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties.Add("bytes", size.Bytes.ToString(CultureInfo.InvariantCulture));
        properties.Add("certainty", Lower(size.Certainty.ToString()));
        properties.Add("spawnKind", Lower(first.Spawn.Site.Kind.ToString()));
        properties.Add("callPath", path);
        properties.Add("holder", field.Name);
        properties.Add("holderKind", "field");
        properties.Add("allocationKind", allocation is null ? null : Lower(allocation.Allocation.Kind.ToString()));
        properties.Add("remedy", isNative ? "free" : duplicates ? "clearAndCollect" : "clear");
        properties.Add(DiagnosticProperties.Member, DiagnosticProperties.MemberId(field));
        properties.Add(DiagnosticProperties.HolderMember, DiagnosticProperties.MemberId(field));
        return Diagnostic.Create(
            descriptor,
            field.Locations[0],
            duplicates ? descriptor.DefaultSeverity : DiagnosticSeverity.Info,
            held.Select(item => item.Spawn.Call.Syntax.GetLocation()),
            properties.ToImmutable(),
            field.ContainingType.Name + "." + field.Name,
            SizeText.Of(size),
            first.Spawn.Site.Why is { } why ? path + " (" + why + ")" : path,
            remedies.TextOfField(duplicates, isNative));
    }

    /// <summary>A variable's name, with the path to the part of it that holds.</summary>
    public static string? NameOf(Cell? cell) => cell switch
    {
        VariableCell variable => variable.Symbol.Name,
        ComponentCell component => NameOf(component.Parent) + "." + component.Member.Name,
        HeapCell { Field: { } field } => field.Name,
        ThisCell => "this",
        _ => null,
    };

    private Location LocationOf(AllocationObject made)
    {
        var syntax = made.Allocation.Operation.Syntax;
        return (isGenerated(syntax.SyntaxTree) ? made.Site.Syntax : syntax).GetLocation();
    }

    private static ISymbol? MemberOf(Cell? cell) => cell switch
    {
        VariableCell { Symbol: IFieldSymbol field } => field,
        ComponentCell component => MemberOf(component.Parent),
        HeapCell { Member: IFieldSymbol or IPropertySymbol } heap => (ISymbol)heap.Member,
        _ => null,
    };

    private static string KindOf(Cell? cell) => cell switch
    {
        VariableCell { Symbol: ILocalSymbol } => "local",
        VariableCell { Symbol: IParameterSymbol } => "parameter",
        VariableCell => "field",
        ComponentCell component => KindOf(component.Parent),
        HeapCell => "member",
        _ => "none",
    };

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private static DiagnosticDescriptor Descriptor(string id, bool isLive) => id switch
    {
        RuleIdentifiers.UsedAfterFork => isLive ? Descriptors.UsedAfterFork : Descriptors.UsedAfterForkAtEnd,
        RuleIdentifiers.HeldAcrossFork => isLive ? Descriptors.HeldAcrossFork : Descriptors.HeldAcrossForkAtEnd,
        RuleIdentifiers.UsedAfterSharingSpawn => isLive ? Descriptors.UsedAfterSharingSpawn : Descriptors.UsedAfterSharingSpawnAtEnd,
        RuleIdentifiers.HeldWhileWaiting => isLive ? Descriptors.HeldWhileWaiting : Descriptors.HeldWhileWaitingAtEnd,
        RuleIdentifiers.DroppedButStillCharged => isLive ? Descriptors.DroppedButStillCharged : Descriptors.DroppedButStillChargedAtEnd,
        _ => isLive ? Descriptors.UnboundedReadHeldAcrossFork : Descriptors.UnboundedReadHeldAcrossForkAtEnd,
    };
}
