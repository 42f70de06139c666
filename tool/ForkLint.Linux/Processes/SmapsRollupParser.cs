using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Parses <c>/proc/PID/smaps_rollup</c> (Linux fs/proc/task_mmu.c, show_smaps_rollup).</summary>
public static class SmapsRollupParser
{
    /// <summary>The sums.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<MemoryRollup> Parse(ReadOnlySpan<byte> text)
    {
        if (!Utf8Text.NextLine(ref text, out var first) || first.IndexOf("[rollup]"u8) < 0)
        {
            return Reading<MemoryRollup>.Fail(ReadFailure.Malformed, "it does not start with a [rollup] line");
        }

        var fields = KilobyteFields.Parse(text);
        return !fields.TryGet(out var values) ? fields.FailAs<MemoryRollup>() : Build(values);
    }

    private static Reading<MemoryRollup> Build(KilobyteFields values)
    {
        if (values["Rss"] is not { } resident || values["Pss"] is not { } proportional
            || values["Private_Clean"] is not { } privateClean || values["Private_Dirty"] is not { } privateDirty)
        {
            return Reading<MemoryRollup>.Fail(ReadFailure.Malformed, "Rss, Pss, Private_Clean or Private_Dirty is missing");
        }

        return Reading<MemoryRollup>.Ok(new MemoryRollup
        {
            ResidentBytes = resident,
            ProportionalBytes = proportional,
            PrivateCleanBytes = privateClean,
            PrivateDirtyBytes = privateDirty,
            SharedCleanBytes = values["Shared_Clean"] ?? 0,
            SharedDirtyBytes = values["Shared_Dirty"] ?? 0,
            AnonymousBytes = values["Anonymous"] ?? 0,
            AnonymousHugePageBytes = values["AnonHugePages"] ?? 0,
            SwapBytes = values["Swap"] ?? 0,
        });
    }
}
