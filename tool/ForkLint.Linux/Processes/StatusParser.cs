using System.Globalization;
using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Parses <c>/proc/PID/status</c> (Linux fs/proc/array.c, proc_pid_status).</summary>
public static class StatusParser
{
    /// <summary>The status; <see cref="ReadFailure.Malformed"/> where a field is missing that every kernel prints.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<ProcessStatus> Parse(ReadOnlySpan<byte> text)
    {
        var fields = new Dictionary<string, string>(64, StringComparer.Ordinal);
        var number = 0;
        while (Utf8Text.NextLine(ref text, out var line))
        {
            number++;
            if (!Utf8Text.TrySplitKey(line, out var key, out var value))
            {
                return Malformed($"line {number} is not understood: {Utf8Text.Excerpt(line)}");
            }

            fields.TryAdd(Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value));
        }

        return Build(fields);
    }

    private static Reading<ProcessStatus> Build(Dictionary<string, string> fields)
    {
        if (!fields.TryGetValue("Name", out var name) || !fields.TryGetValue("State", out var state) || state.Length == 0)
        {
            return Malformed("Name or State is missing");
        }

        if (Number(fields, "Tgid") is not { } pid || Number(fields, "PPid") is not { } parentPid || Number(fields, "Threads") is not { } threads)
        {
            return Malformed("Tgid, PPid or Threads is missing or not a number");
        }

        if (Ids(fields, "Uid") is not [var realUid, var effectiveUid, ..] || Ids(fields, "Gid") is not [var realGid, var effectiveGid, ..])
        {
            return Malformed("Uid or Gid is missing or has fewer than two numbers");
        }

        return Reading<ProcessStatus>.Ok(new ProcessStatus
        {
            Name = name,
            State = state[0],
            Pid = (int)pid,
            ParentPid = (int)parentPid,
            NamespacePids = Ids(fields, "NSpid") is { } pids ? Array.ConvertAll(pids, static id => (int)id) : [],
            TracerPid = (int?)Number(fields, "TracerPid"),
            RealUid = realUid,
            EffectiveUid = effectiveUid,
            RealGid = realGid,
            EffectiveGid = effectiveGid,
            Groups = Ids(fields, "Groups") ?? [],
            VirtualBytes = Bytes(fields, "VmSize"),
            ResidentBytes = Bytes(fields, "VmRSS"),
            PeakResidentBytes = Bytes(fields, "VmHWM"),
            AnonymousBytes = Bytes(fields, "RssAnon"),
            FileBytes = Bytes(fields, "RssFile"),
            SharedMemoryBytes = Bytes(fields, "RssShmem"),
            PageTableBytes = Bytes(fields, "VmPTE"),
            DataBytes = Bytes(fields, "VmData"),
            StackBytes = Bytes(fields, "VmStk"),
            SwapBytes = Bytes(fields, "VmSwap"),
            HugeTlbBytes = Bytes(fields, "HugetlbPages"),
            Threads = (int)threads,
            EffectiveCapabilities = Hex(fields, "CapEff"),
            PendingSignals = Hex(fields, "SigPnd"),
            SharedPendingSignals = Hex(fields, "ShdPnd"),
            CoreDumping = Flag(fields, "CoreDumping"),
            IsKernelThread = Flag(fields, "Kthread"),
            HugePagesEnabled = Flag(fields, "THP_enabled"),
            SeccompMode = (int?)Number(fields, "Seccomp"),
            NoNewPrivileges = Flag(fields, "NoNewPrivs"),
        });
    }

    private static Reading<ProcessStatus> Malformed(string detail) => Reading<ProcessStatus>.Fail(ReadFailure.Malformed, detail);

    private static long? Number(Dictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue
            ? number
            : null;

    private static bool? Flag(Dictionary<string, string> fields, string key) => Number(fields, key) is { } number ? number != 0 : null;

    private static ulong? Hex(Dictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out var text) && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Bytes(Dictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out var text) && Utf8Text.TryParseKilobytes(Encoding.UTF8.GetBytes(text), out var bytes) ? bytes : null;

    private static uint[]? Ids(Dictionary<string, string> fields, string key)
    {
        if (!fields.TryGetValue(key, out var text))
        {
            return null;
        }

        var words = text.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        var ids = new uint[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!uint.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]))
            {
                return null;
            }
        }

        return ids;
    }
}
