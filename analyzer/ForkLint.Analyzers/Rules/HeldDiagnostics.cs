using System.Collections.Immutable;
using System.Globalization;
using ForkLint.Analyzers.Configuration;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>Makes diagnostics of verdicts.</summary>
/// <param name="remedies">What to do about them.</param>
/// <param name="apis">What was measured and traced.</param>
/// <param name="isGenerated">Whether a file is generated: what happens there is shown at the call that leads to it.</param>
internal sealed class HeldDiagnostics(Remedies remedies, UserApis apis, Func<SyntaxTree, bool> isGenerated)
{
    /// <summary>The diagnostic of a verdict.</summary>
    /// <param name="verdict">What to say.</param>
    /// <param name="body">Where it happens.</param>
    /// <param name="isLive">Whether one body alone decided it.</param>
    public Diagnostic Of(Verdict verdict, FunctionBody body, bool isLive)
    {
        var spawn = verdict.Spawn.Spawn;
        var allocation = verdict.Allocation.Allocation;
        var holder = verdict.Name ?? NameOf(verdict);
        var path = MethodNames.Short(body.Member) + " → " + string.Join(" → ", spawn.Path);
        var properties = Properties(verdict.Size, spawn.Site.Kind, allocation, body.Member, path);
        properties.Add(DiagnosticProperties.Holder, NameOf(verdict.Holder));
        properties.Add("holderKind", KindOf(verdict.Holder));
        properties.Add(DiagnosticProperties.Remedy, remedies.KindOf(verdict));
        properties.Add(DiagnosticProperties.HolderMember, DiagnosticProperties.MemberId(MemberOf(verdict.Holder)));
        var child = ChildOf(body, verdict.Spawn, properties);
        var size = verdict.RuleId == RuleIdentifiers.UnboundedReadHeldAcrossFork ? allocation.DisplayName : SizeText.Of(verdict.Size);
        return Diagnostic.Create(
            isLive ? verdict.Rule.Descriptor : verdict.Rule.Descriptor.AtEnd(),
            verdict.Spawn.Call.Syntax.GetLocation(),
            verdict.Others.Select(other => other.Call.Syntax.GetLocation()).Prepend(LocationOf(verdict.Allocation))
                .Concat(verdict.Parts.Select(LocationOf)).Distinct(),
            properties.ToImmutable(),
            holder,
            size,
            spawn.Site.Why is { } why ? path + " (" + why + ")" : path,
            remedies.TextOf(verdict),
            child ?? "the child",
            child is null ? "" : " beside " + child + ",");
    }

    /// <summary>The diagnostic of a field that holds across some spawns, which come by path and position.</summary>
    public Diagnostic OfField(ISymbol field, AllocationSize size, AllocationObject? allocation, FieldPlace place, List<(FunctionBody Body, SpawnEvent Spawn)> held)
    {
        var (body, first) = held.Find(item => item.Spawn.Spawn.Site.Kind == SpawnKind.Duplicates) is { Spawn: not null } duplicating ? duplicating : held[0];
        var path = MethodNames.First(body.Member) + " → " + string.Join(" → ", first.Spawn.Path);
        var isNative = allocation is { IsManaged: false };
        var descriptor = FieldRule.Descriptor;
        var properties = Properties(size, first.Spawn.Site.Kind, allocation?.Allocation, field, path);
        properties.Add(DiagnosticProperties.Holder, field.Name);
        properties.Add("holderKind", "field");
        properties.Add(DiagnosticProperties.Remedy, Remedies.KindOfField(field, place, first.Spawn.Site.Kind, isNative));
        properties.Add(DiagnosticProperties.HolderMember, DiagnosticProperties.MemberId(field));
        var child = held.Select(item => ChildOf(item.Body, item.Spawn, properties)).FirstOrDefault(static known => known is not null);
        return Diagnostic.Create(
            descriptor,
            field.Locations[0],
            first.Spawn.Site.Kind == SpawnKind.Duplicates ? descriptor.DefaultSeverity : DiagnosticSeverity.Info,
            held.Select(item => item.Spawn.Call.Syntax.GetLocation()),
            properties.ToImmutable(),
            string.Join(".", place.Through.Select(static inner => inner.Name).Prepend(field.Name).Prepend(field.ContainingType.Name)),
            SizeText.Of(size),
            first.Spawn.Site.Why is { } why ? path + " (" + why + ")" : path,
            remedies.TextOfField(field, place, first.Spawn.Site.Kind, isNative),
            child is null ? "" : ", beside " + child);
    }

    /// <summary>What a diagnostic of either kind says of itself to tools.</summary>
    private static ImmutableDictionary<string, string?>.Builder Properties(AllocationSize size, SpawnKind spawn, Allocation? allocation, ISymbol member, string path)
    {
        var properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties.Add(DiagnosticProperties.Bytes, size.Certainty == SizeCertainty.Unknown ? null : size.Bytes.ToString(CultureInfo.InvariantCulture));
        properties.Add(DiagnosticProperties.Certainty, Lower(size.Certainty.ToString()));
        properties.Add(DiagnosticProperties.SpawnKind, Lower(spawn.ToString()));
        properties.Add(DiagnosticProperties.CallPath, path);
        properties.Add(DiagnosticProperties.AllocationKind, allocation is null ? null : Lower(allocation.Kind.ToString()));
        properties.Add(DiagnosticProperties.Member, DiagnosticProperties.MemberId(member));
        return properties;
    }

    /// <summary>What a spawn was seen to start, as <c>'ffmpeg', which peaked at 486 MB</c>, and in the properties; <see langword="null"/> where it was not traced.</summary>
    private string? ChildOf(FunctionBody body, SpawnEvent spawn, ImmutableDictionary<string, string?>.Builder properties)
    {
        if (!apis.TryGetTraced(spawn.Spawn.Callees.Prepend(body.Member), out var traced) || traced.PeakBytes is not { } peak)
        {
            return null;
        }

        properties[DiagnosticProperties.ChildPeak] = peak.ToString(CultureInfo.InvariantCulture);
        properties[DiagnosticProperties.ChildProgram] = traced.Program;
        return traced.Program is { } program ? "'" + program + "', which peaked at " + SizeText.Of(peak) : "a child that peaked at " + SizeText.Of(peak);
    }

    /// <summary>What a message calls what a verdict is about: the variable that holds it, else the allocation.</summary>
    public static string NameOf(Verdict verdict) => NameOf(verdict.Holder) ?? verdict.Allocation.Allocation.DisplayName;

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
}
