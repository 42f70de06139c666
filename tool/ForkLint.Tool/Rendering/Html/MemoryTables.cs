using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>The tables behind the pictures: where the fork succeeds, the memory of both sides, and the mappings.</summary>
internal static class MemoryTables
{
    /// <summary>Appends where the next fork succeeds; nothing without verdicts.</summary>
    public static void AppendAdmission(TextPage page, MeasurementReport report)
    {
        if (report.Verdicts.Count == 0)
        {
            return;
        }

        page.Append($"<section>\n<h2>Would the next fork succeed?</h2>\n<table>\n<thead><tr><th scope=\"col\">where, and why</th><th scope=\"col\">answer</th><th scope=\"col\" class=\"figure\">to spare</th></tr></thead>\n<tbody>\n");
        foreach (var verdict in report.Verdicts)
        {
            var (word, emphasis) = VerdictText.Word(verdict.Succeeds);
            var room = verdict switch
            {
                { ShortfallBytes: { } missing } => $"{Units.Bytes(missing)} short",
                { MarginBytes: { } margin } => Units.Bytes(margin),
                _ => "",
            };
            page.Append($"<tr><td><span class=\"name\">{verdict.Where}</span><span class=\"quiet\">{verdict.Reason}</span></td><td class=\"answer {emphasis.ToString().ToLowerInvariant()}\">{word}</td><td class=\"figure\">{room}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n</section>\n");
    }

    /// <summary>Appends the memory of the process and of its child.</summary>
    public static void AppendMemory(TextPage page, MeasurementReport report)
    {
        var child = report.Fork.Child;
        page.Append($"<section>\n<h2>{(child is null ? "Memory of the process" : "Memory right after the fork")}</h2>\n<table>\n<thead><tr><th scope=\"col\">figure</th><th scope=\"col\" class=\"figure\">{(child is null ? "process" : "parent")}</th><th scope=\"col\" class=\"figure\">{(child is null ? "" : "child")}</th></tr></thead>\n<tbody>\n");
        Row("commit charge", "promised by the kernel, touched or not", report.Parent.CommitChargeBytes ?? report.Fork.PredictedChargeBytes, report.Fork.ChargedBytes);
        Row("virtual size", "address space; reserving it costs nothing", report.Parent.VirtualBytes, child?.VirtualBytes);
        Row("resident (RSS)", "counts shared pages: the child's is not its cost", report.Parent.ResidentBytes, child?.ResidentBytes);
        Row("anonymous", "what page table entries are copied for", report.Parent.AnonymousBytes, child?.AnonymousBytes);
        Row("proportional (PSS)", "shared pages divided by their sharers", report.Parent.ProportionalBytes, child?.ProportionalBytes);
        Row("unique (USS)", "what the child costs beside the parent so far", report.Parent.UniqueBytes, child?.UniqueBytes);
        Row("page tables", "copied by the fork, real memory", report.Parent.PageTableBytes, child?.PageTableBytes);
        Row("huge pages", "AnonHugePages, part of RSS", report.Parent.AnonymousHugePageBytes, child?.AnonymousHugePageBytes);
        page.Append($"</tbody>\n</table>\n</section>\n");

        void Row(string name, string note, long? parent, long? other) =>
            page.Append($"<tr><td><span class=\"name\">{name}</span><span class=\"quiet\">{note}</span></td><td class=\"figure\">{Units.Bytes(parent)}</td><td class=\"figure\">{(child is null ? "" : Units.Bytes(other))}</td></tr>\n");
    }

    /// <summary>Appends the mappings in groups; nothing where they are not known.</summary>
    public static void AppendMappings(TextPage page, MeasurementReport report)
    {
        if (report.Mappings.Count == 0)
        {
            return;
        }

        double scale = Math.Max(1, report.Mappings.Max(static group => Math.Max(group.CommitChargeBytes, group.ResidentBytes ?? 0)));
        page.Append($"<section>\n<h2>Mappings</h2>\n<table class=\"mappings\">\n<thead><tr><th scope=\"col\">memory</th><th scope=\"col\" class=\"figure\">resident</th><th scope=\"col\" class=\"figure\">charge</th></tr></thead>\n<tbody>\n");
        foreach (var group in report.Mappings)
        {
            page.Append($"<tr><td><span class=\"name\" title=\"{group.Name}\">{Name(group)}</span><span class=\"quiet\">{Units.Count(group.Count, "mapping")}, {Units.Bytes(group.SizeBytes)} of address space</span></td><td class=\"figure\">{Units.Bytes(group.ResidentBytes)}");
            Bar.AppendTo(page, [new BarPart("own", group.ResidentBytes ?? 0, $"{Units.Bytes(group.ResidentBytes)} resident")], scale);
            page.Append($"</td><td class=\"figure\">{Units.Bytes(group.CommitChargeBytes)}");
            Bar.AppendTo(page, [new BarPart("charge", group.CommitChargeBytes, $"{Units.Bytes(group.CommitChargeBytes)} of charge")], scale);
            page.Append($"</td></tr>\n");
        }

        page.Append($"</tbody>\n</table>\n</section>\n");
    }

    private static string Name(MappingGroupSection group) => (group.Kind, group.Name) switch
    {
        (MappingKind.Collector, _) => "the GC's reserve",
        (MappingKind.Anonymous, _) => "anonymous memory: malloc, stacks of threads, the runtime's own",
        (MappingKind.Reserved, _) => "reserved, cannot be accessed",
        (MappingKind.Heap, _) => "malloc's first heap ([heap])",
        (MappingKind.Stack, _) => "stack of the main thread",
        (MappingKind.Kernel, _) => "the kernel's own ([vdso] and the like)",
        (MappingKind.Shared, { } path) => $"{Path.GetFileName(path)}, shared",
        (MappingKind.Shared, null) => "shared memory and further shared files",
        (_, { } path) => Path.GetFileName(path),
        _ => "further files",
    };
}
