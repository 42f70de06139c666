namespace ForkLint.Spawns.Watching;

/// <summary>
/// Decides whether each program that starts is worth waking the watcher for. At once it reads of a program what the events do not have; but a
/// wake-up takes about 100 µs of a processor, so where more start than <see cref="MostAlarmed"/> a second, it looks at intervals instead.
/// </summary>
internal sealed class AlarmRate
{
    /// <summary>At this many wake-ups a second they take about 1 % of a processor.</summary>
    private const int MostAlarmed = 100;

    /// <summary>It is switched on again below this many, so that it does not go on and off at the limit.</summary>
    private const int FewestSilent = 50;

    private const long WindowNanoseconds = 200_000_000;
    private const int WindowsASecond = (int)(1_000_000_000 / WindowNanoseconds);

    private long _windowStart;
    private int _count;

    /// <summary>Whether each program is worth a wake-up.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>Takes how many programs started since the last call.</summary>
    /// <param name="programs">How many, on the whole machine.</param>
    /// <param name="nowNanoseconds">The monotonic time.</param>
    /// <returns>Whether <see cref="IsOn"/> changed.</returns>
    public bool Add(int programs, long nowNanoseconds)
    {
        var before = IsOn;
        _count += programs;
        var isOver = nowNanoseconds - _windowStart >= WindowNanoseconds;

        // A window that has its share needs no end.
        if (_count > MostAlarmed / WindowsASecond)
        {
            IsOn = false;
        }
        else if (isOver && _count < FewestSilent / WindowsASecond)
        {
            IsOn = true;
        }

        if (isOver)
        {
            (_windowStart, _count) = (nowNanoseconds, 0);
        }

        return IsOn != before;
    }
}
