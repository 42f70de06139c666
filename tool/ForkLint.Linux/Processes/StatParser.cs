using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Parses <c>/proc/PID/stat</c> (Linux fs/proc/array.c, do_task_stat; fields numbered as in proc_pid_stat(5)).</summary>
public static class StatParser
{
    private const int FirstFieldAfterComm = 3;
    private const int LastFieldNeeded = 28;
    private const int ExitSignalField = 38;
    private const int ExitCodeField = 52;

    /// <summary>The stat line.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<ProcessStat> Parse(ReadOnlySpan<byte> text)
    {
        // The command may hold anything, brackets included: the last bracket ends it.
        var open = text.IndexOf((byte)'(');
        var close = text.LastIndexOf((byte)')');
        if (open <= 0 || close < open || !Utf8Text.TryParseLong(Utf8Text.Trim(text[..open]), out var pid))
        {
            return Malformed(text);
        }

        Span<long> fields = stackalloc long[LastFieldNeeded + 1];
        var rest = Utf8Text.Trim(text[(close + 1)..]);
        var state = Utf8Text.NextWord(ref rest);
        if (state.Length != 1)
        {
            return Malformed(text);
        }

        for (var field = FirstFieldAfterComm + 1; field <= LastFieldNeeded; field++)
        {
            var word = Utf8Text.NextWord(ref rest);
            if (!Utf8Text.TryParseLong(word, out fields[field]))
            {
                // rsslim (25) of an unlimited process and addresses do not fit into a signed number.
                if (!System.Buffers.Text.Utf8Parser.TryParse(word, out ulong unsigned, out var used) || used != word.Length)
                {
                    return Malformed(text);
                }

                fields[field] = unchecked((long)unsigned);
            }
        }

        var exitSignal = Later(ref rest, LastFieldNeeded, ExitSignalField);
        var exitCode = Later(ref rest, ExitSignalField, ExitCodeField);
        return Reading<ProcessStat>.Ok(new ProcessStat
        {
            Pid = (int)pid,
            Comm = Encoding.UTF8.GetString(text[(open + 1)..close]),
            State = (char)state[0],
            ParentPid = (int)fields[4],
            ProcessGroup = (int)fields[5],
            Session = (int)fields[6],
            KernelFlags = (uint)fields[9],
            UserTicks = fields[14],
            SystemTicks = fields[15],
            ThreadCount = (int)fields[20],
            StartTimeTicks = fields[22],
            VirtualBytes = fields[23],
            StackStart = unchecked((ulong)fields[28]),
            ExitSignal = exitSignal,
            WaitStatus = state[0] == (byte)'Z' ? exitCode : null,
        });
    }

    // A field that old kernels do not print; the rest begins behind the field "after".
    private static int? Later(ref ReadOnlySpan<byte> rest, int after, int wanted)
    {
        for (var field = after + 1; field < wanted; field++)
        {
            Utf8Text.NextWord(ref rest);
        }

        return Utf8Text.TryParseLong(Utf8Text.NextWord(ref rest), out var number) ? (int)number : null;
    }

    private static Reading<ProcessStat> Malformed(ReadOnlySpan<byte> text) =>
        Reading<ProcessStat>.Fail(ReadFailure.Malformed, $"this is not a stat line: {Utf8Text.Excerpt(Utf8Text.Trim(text))}");
}
