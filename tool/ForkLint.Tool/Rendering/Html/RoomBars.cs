using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>The room for a child as bars below one limit: what is used now, and what would be with each child beside it.</summary>
internal sealed class RoomBars
{
    private readonly TextPage _page;
    private readonly BesideSection _beside;
    private readonly double _scale;

    private RoomBars(TextPage page, BesideSection beside, double scale)
    {
        _page = page;
        _beside = beside;
        _scale = scale;
    }

    /// <summary>Appends the section of each place; nothing where the room could not be worked out.</summary>
    public static void AppendTo(TextPage page, MeasurementReport report)
    {
        foreach (var beside in new[] { report.Beside, report.BesideAsIf }.OfType<BesideSection>())
        {
            Append(page, report, beside);
        }
    }

    private static void Append(TextPage page, MeasurementReport report, BesideSection beside)
    {
        var used = Math.Max(0, beside.UsedBytes - beside.ReclaimableBytes);
        var own = Math.Clamp(report.Parent.AnonymousBytes ?? 0, 0, used);
        var growth = beside is { CollectorCeilingBytes: { } ceiling, CollectorResidentBytes: { } heap } ? Math.Max(0, ceiling - heap) : 0;
        var largest = beside.Children.Select(static child => child.NeededBytes).Append(growth).Max();
        var bars = new RoomBars(page, beside, Math.Max(beside.LimitBytes, used + largest));
        BarPart[] inUse = [new("own", own, $"{report.Process.Name}: {Units.Bytes(own)} of anonymous memory"), new("others", used - own, $"others and the kernel: {Units.Bytes(used - own)}")];

        var title = beside.AsIf is { } asIf ? $"Beside a child, as if on {asIf}" : "Beside a child";
        page.Append($"<section>\n<h2>{title}</h2>\n<div class=\"bars\">\n");
        bars.AppendRow("now", [.. inUse, new("cache", beside.ReclaimableBytes, $"page cache: {Units.Bytes(beside.ReclaimableBytes)}")], $"{Units.Bytes(beside.RoomBytes)} of room below {Units.Bytes(beside.LimitBytes)}, {Name(beside)}", Emphasis.None);
        foreach (var child in beside.Children)
        {
            var style = child.Fits == Answer.No ? "short" : "child";
            bars.AppendRow($"with {child.Name ?? child.Asked ?? "a child"}", [.. inUse, new(style, child.NeededBytes, $"the child: {Units.Bytes(child.NeededBytes)}")], BesideText.Describe(child), VerdictText.Word(child.Fits).Emphasis);
        }

        if (growth > 0)
        {
            bars.AppendRow("GC heap full", [.. inUse, new("growth", growth, $"growth of the GC heap: {Units.Bytes(growth)}")], $"The GC heap holds {Units.Bytes(beside.CollectorResidentBytes)} and may grow to {Units.Bytes(beside.CollectorCeilingBytes)}.", Emphasis.None);
        }

        page.Append($"</div>\n<ul class=\"legend\"><li><i class=\"k-own\"></i>{report.Process.Name}, anonymous memory {Units.Bytes(own)}</li><li><i class=\"k-others\"></i>others and the kernel {Units.Bytes(used - own)}</li><li><i class=\"k-cache\"></i>page cache {Units.Bytes(beside.ReclaimableBytes)}, given up before the kernel kills</li><li><i class=\"k-limit\"></i>the limit</li></ul>\n");
        page.Append($"</section>\n");
    }

    private void AppendRow(string label, IEnumerable<BarPart> parts, string text, Emphasis emphasis)
    {
        _page.Append($"<div class=\"row\"><span class=\"label\">{label}</span>");
        Bar.AppendTo(_page, parts, _scale, _beside.LimitBytes);
        _page.Append($"<p class=\"{emphasis.ToString().ToLowerInvariant()}\">{text}</p></div>\n");
    }

    private static string Name(BesideSection beside) => beside.LimitedBy switch
    {
        AdmissionRule.MemoryCgroup => "the limit of the memory cgroup",
        AdmissionRule.MemoryHigh => "memory.high of the cgroup",
        _ => "the machine's memory",
    };
}
