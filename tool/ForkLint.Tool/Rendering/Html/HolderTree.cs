using ForkLint.Heap;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>
/// The savings of a report as a tree: the kind of memory, for managed memory the type, then the holder. The parts of each node add up to it, because savings do
/// not overlap and the last of them is what no other explains.
/// </summary>
internal static class HolderTree
{
    /// <summary>The kinds as people read them, in the order of their colours.</summary>
    private static readonly (SavingKind Kind, string Style, string Name)[] Kinds =
    [
        (SavingKind.Managed, "managed", "Objects"),
        (SavingKind.Garbage, "garbage", "Garbage"),
        (SavingKind.GcFree, "free", "Free in the GC heap"),
        (SavingKind.Native, "native", "Native memory"),
        (SavingKind.ThreadStacks, "stacks", "Thread stacks"),
        (SavingKind.FilePrivate, "files", "Pages of files"),
        (SavingKind.Other, "other", "Everything else"),
    ];

    /// <summary>The tree; null where no savings were looked for, or none has a size.</summary>
    public static HolderNode? Of(MeasurementReport report)
    {
        List<HolderNode> kinds = [];
        foreach (var (kind, style, name) in Kinds)
        {
            var savings = (report.Savings ?? []).Where(saving => saving.Kind == kind).ToList();
            if (savings.Count > 0)
            {
                kinds.Add(kind == SavingKind.Managed ? Sum(name, style, ByType(savings)) : Kind(name, style, savings));
            }
        }

        var root = Sum($"A fork of {report.Process.Name}", "root", kinds);
        return root.ChargeBytes + root.ResidentBytes > 0 ? root : null;
    }

    /// <summary>The declaring type of a holder: <c>App.Cache</c> of <c>F:App.Cache.Table</c>; null for what is no member.</summary>
    public static string? TypeOf(string? holder)
    {
        if (holder is not ['F' or 'P' or 'E' or 'M', ':', ..])
        {
            return null;
        }

        var end = holder.IndexOf('(', StringComparison.Ordinal);
        var name = end < 0 ? holder[2..] : holder[2..end];
        var dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : null;
    }

    private static HolderNode Kind(string name, string style, List<SavingSection> savings) => savings is [var only]
        ? Leaf(name, style, only)
        : Sum(name, style, savings.Select(saving => Leaf(saving.What, style, saving)));

    private static IEnumerable<HolderNode> ByType(List<SavingSection> savings)
    {
        foreach (var type in savings.GroupBy(static saving => saving.JointlyHeldBy is null ? TypeOf(saving.Holder) : null, StringComparer.Ordinal))
        {
            if (type.Key is { } name)
            {
                yield return Sum(name, "managed", type.Select(saving => Leaf(saving.Holder![(name.Length + 3)..], "managed", saving)));
            }
            else
            {
                foreach (var saving in type)
                {
                    yield return Leaf(saving.What, "managed", saving);
                }
            }
        }
    }

    private static HolderNode Leaf(string name, string style, SavingSection saving) => new()
    {
        Name = name,
        Title = saving.What,
        Kind = style,
        ChargeBytes = Math.Max(0, saving.CommitChargeBytes),
        ResidentBytes = Math.Max(0, saving.ChildResidentBytes),
        Action = saving.Action,
    };

    private static HolderNode Sum(string name, string style, IEnumerable<HolderNode> parts)
    {
        List<HolderNode> children = [.. parts.OrderByDescending(static part => part.ChargeBytes).ThenByDescending(static part => part.ResidentBytes)];
        return new HolderNode
        {
            Name = name,
            Title = name,
            Kind = style,
            ChargeBytes = children.Sum(static part => part.ChargeBytes),
            ResidentBytes = children.Sum(static part => part.ResidentBytes),
            Children = children,
        };
    }
}
