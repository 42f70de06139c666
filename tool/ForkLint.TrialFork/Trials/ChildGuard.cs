using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Watches while a child lives, on a thread of its own: if the application dies or becomes another program (execve) the child is killed at
/// once, because it shares the descriptor table and would keep the ports taken; and if half of the room in a memory cgroup or on the machine is used up it is killed,
/// because the kernel might choose the application instead.
/// </summary>
internal sealed class ChildGuard : IDisposable
{
    /// <summary>Two processors copy some 2 MiB in a millisecond: the looks must be close together where there is little room.</summary>
    private const int CloseMilliseconds = 1;

    private const int FarMilliseconds = 10;
    private const long MuchRoomBytes = 1L << 30;
    private const int MachineEvery = 10;
    private const int FirstInTheQueue = -20;

    private readonly Target _target;
    private readonly TrialChild _child;
    private readonly Thread _thread;
    private readonly IReadOnlyList<Watched> _limits;
    private readonly long _availableAtForkBytes;
    private readonly HostMemory _host;
    private readonly int _pollMilliseconds;
    private volatile bool _stop;
    private volatile bool _isTruncated;

    public ChildGuard(Target target, Assessment assessment, TrialChild child)
    {
        _target = target;
        _child = child;
        _host = assessment.Host;
        _limits = [.. (assessment.Cgroup?.ReadAgain().ValueOr(null) ?? assessment.Cgroup)?.Limits.Select(static limit => new Watched(limit)) ?? []];
        _availableAtForkBytes = AvailableBytes() ?? long.MaxValue;
        _pollMilliseconds = _limits.Any(static limit => limit.RoomBytes < MuchRoomBytes) || _availableAtForkBytes < MuchRoomBytes ? CloseMilliseconds : FarMilliseconds;
        _thread = new Thread(Watch) { IsBackground = true, Name = "child guard" };
        _thread.Start();
    }

    /// <summary>Whether the child was killed to keep the application from harm.</summary>
    public bool IsTruncated => _isTruncated;

    /// <summary>Looks at once, on the caller's thread; false when the child was killed to keep the application from harm.</summary>
    public bool MayGoOn() => MayGoOn(looksAtMachine: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private bool MayGoOn(bool looksAtMachine)
    {
        if (_limits.Any(static limit => limit.IsHalfGone()) || (looksAtMachine && AvailableBytes() < _availableAtForkBytes / 2))
        {
            _isTruncated = true;
            _child.Kill();
        }

        return !_isTruncated;
    }

    private void Watch()
    {
        // On a crowded machine a turn may be long in coming. Refused without privilege, and then it is as good as it gets.
        _ = Libc.SetPriority(0, 0, FirstInTheQueue);
        for (int look = 0; !_stop; look++)
        {
            if (!MayGoOn(look % MachineEvery == 0))
            {
                return;
            }

            if (_target.PidDescriptor.IsReadable(_pollMilliseconds) || (look % MachineEvery == 0 && _target.RunsAnotherProgram))
            {
                _child.Kill();
                return;
            }
        }
    }

    private long? AvailableBytes() => _host.RoomNowBytes();

    /// <summary>One limit. Its usage is one number; page cache, which takes a whole table to read, is read again only before a child is killed for it.</summary>
    private sealed class Watched(MemoryCgroup atFork)
    {
        public long RoomBytes => atFork.HeadRoomBytes;

        public bool IsHalfGone()
        {
            long half = atFork.HeadRoomBytes / 2;
            return atFork.UsageNowBytes() - atFork.UsageBytes > half
                && atFork.ReadAgain() is { IsOk: true, Value: { } now }
                && now.Limits.Any(limit => limit.Path == atFork.Path && limit.Kind == atFork.Kind && limit.HeadRoomBytes < half);
        }
    }
}
