using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Rules;

/// <summary>Verdicts that would read the same at one place: of one allocation they are one finding, of several they are told apart.</summary>
internal static class SameText
{
    /// <summary>Joins what several calls of a helper bring from one allocation, and names what is left by variable or line.</summary>
    public static List<Verdict> Resolve(List<Verdict> verdicts)
    {
        if (verdicts.Count < 2)
        {
            return verdicts;
        }

        var result = new List<Verdict>();
        foreach (var verdict in verdicts)
        {
            var same = result.FindIndex(other => ReadsTheSame(other, verdict) && SyntaxOf(other) == SyntaxOf(verdict));
            if (same < 0)
            {
                result.Add(verdict);
            }
            else
            {
                result[same] = result[same] with { Parts = [.. result[same].Parts, verdict.Allocation, .. verdict.Parts] };
            }
        }

        for (var i = 0; i < result.Count; i++)
        {
            var verdict = result[i];
            var alike = result.FindAll(other => ReadsTheSame(other, verdict));
            if (alike.Count > 1)
            {
                var name = VariableOf(verdict);
                result[i] = verdict with
                {
                    Name = name is not null && alike.Count(other => VariableOf(other) == name) == 1
                        ? name
                        : string.Format(CultureInfo.InvariantCulture, "{0}, line {1}", HeldDiagnostics.NameOf(verdict), SyntaxOf(verdict).GetLocation().GetLineSpan().StartLinePosition.Line + 1),
                };
            }
        }

        return result;
    }

    private static bool ReadsTheSame(Verdict one, Verdict other) =>
        one.RuleId == other.RuleId
        && one.Spawn.Call.Syntax == other.Spawn.Call.Syntax
        && one.Size == other.Size
        && HeldDiagnostics.NameOf(one.Holder) == HeldDiagnostics.NameOf(other.Holder)
        && one.Allocation.Allocation.DisplayName == other.Allocation.Allocation.DisplayName;

    private static SyntaxNode SyntaxOf(Verdict verdict) => verdict.Allocation.Allocation.Operation.Syntax;

    /// <summary>The variable that an allocation is the initial value of.</summary>
    private static string? VariableOf(Verdict verdict) =>
        SyntaxOf(verdict).Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var name } } ? name : null;
}
