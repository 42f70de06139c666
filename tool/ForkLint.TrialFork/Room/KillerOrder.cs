using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>
/// Who dies first where memory runs out. A tool that measures must never be the reason why the kernel kills what it measures, so it offers itself before
/// it touches anything; the processes that it starts inherit that (Linux kernel/fork.c, copy_signal).
/// </summary>
public static class KillerOrder
{
    private const string OwnScore = "/proc/self/oom_score_adj";
    private const int FirstOfAll = 1000; // OOM_SCORE_ADJ_MAX

    private static int? _original;

    /// <summary>Makes this process, and all that it starts from now on, the first that the kernel kills when memory runs out. It needs no privilege.</summary>
    /// <returns>Whether that is so now.</returns>
    public static bool OfferSelf()
    {
        int? before = int.TryParse(Read(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int score) ? score : null;
        if (before >= FirstOfAll)
        {
            return true;
        }

        if (!Set(FirstOfAll))
        {
            return false;
        }

        _original ??= before;
        return true;
    }

    /// <summary>
    /// Starts a process that is to be measured with the score that this tool had: it is no helper. The kernel lets a score fall as far as it ever was set
    /// by privilege (oom_score_adj_min), so this takes none either.
    /// </summary>
    /// <param name="start">Starts it.</param>
    public static T StartAsBefore<T>(Func<T> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (_original is not { } original || !Set(original))
        {
            return start();
        }

        try
        {
            return start();
        }
        finally
        {
            _ = Set(FirstOfAll);
        }
    }

    private static string? Read()
    {
        try
        {
            return File.ReadAllText(OwnScore);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Set(int score)
    {
        try
        {
            File.WriteAllText(OwnScore, score.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
