using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Watches while a child lives, on a thread of its own: if the application dies the child is killed at once, because it shares the
/// descriptor table and would keep the ports taken; and if half of the room in the memory cgroup is used up it is killed, because the
/// kernel might choose the application instead.
/// </summary>
internal sealed class ChildGuard : IDisposable
{
    private const int PollMilliseconds = 10;

    private readonly Target _target;
    private readonly MemoryCgroup? _cgroup;
    private readonly TrialChild _child;
    private readonly Thread _thread;
    private readonly long _roomAtForkBytes;
    private volatile bool _stop;

    public ChildGuard(Target target, MemoryCgroup? cgroup, TrialChild child)
    {
        _target = target;
        _cgroup = cgroup;
        _child = child;
        _roomAtForkBytes = RoomBytes() ?? long.MaxValue;
        _thread = new Thread(Watch) { IsBackground = true, Name = "child guard" };
        _thread.Start();
    }

    /// <summary>Whether the child was killed to keep the application from harm.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Looks at once, on the caller's thread; false when the child was killed to keep the application from harm.</summary>
    public bool MayGoOn()
    {
        if (RoomBytes() is { } room && room < _roomAtForkBytes / 2)
        {
            IsTruncated = true;
            _child.Kill();
        }

        return !IsTruncated;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_stop)
        {
            if (_target.PidDescriptor.IsReadable(PollMilliseconds))
            {
                _child.Kill();
                return;
            }

            if (!MayGoOn())
            {
                return;
            }
        }
    }

    private long? RoomBytes() => _cgroup?.ReadAgain() is { IsOk: true } again ? again.Value?.Tightest.HeadRoomBytes : null;
}
