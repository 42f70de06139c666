namespace ForkLint.Spawns.Events;

/// <summary>
/// Puts the kernel's events together to spawns: follows the traced process and its descendants, forgets everything else. It reads nothing
/// itself; events must come in the order of their times.
/// </summary>
/// <param name="wallClock">Turns a time of the kernel's monotonic clock into a date.</param>
internal sealed class SpawnTracker(Func<long, DateTimeOffset> wallClock)
{
    /// <summary>An exit record comes over another channel than the event of the exit, and may be late by this much.</summary>
    private const long AccountPatienceNanoseconds = 300_000_000;

    /// <summary>Exit records of processes that turn out not to be of the tree are forgotten beyond this many.</summary>
    private const int MostLooseAccounts = 4096;

    private readonly Dictionary<int, Member> _members = [];
    private readonly Dictionary<int, KernelEvent> _calls = [];
    private readonly Dictionary<int, ulong> _flags = [];
    private readonly Dictionary<int, Member> _waitingForReturn = [];
    private readonly Dictionary<int, ExitAccount> _accounts = [];
    private readonly Queue<int> _accountOrder = new();
    private readonly Dictionary<int, Member> _awaited = [];
    private readonly List<Member> _ended = [];

    /// <summary>The processes of the tree that live, the traced one included.</summary>
    public IEnumerable<int> Living => _members.Keys;

    /// <summary>Whether processes ended about which more may come.</summary>
    public bool HasEnded => _ended.Count > 0;

    /// <summary>Follows this process, and all that it starts from now on.</summary>
    public void Follow(int pid) => _members.TryAdd(pid, new Member { Pid = pid });

    /// <summary>Takes the arguments of a process that just started its program.</summary>
    public void SetArguments(int pid, IReadOnlyList<string> arguments)
    {
        if (_members.TryGetValue(pid, out var member))
        {
            member.Arguments = arguments;
        }
    }

    /// <summary>The started processes that live, run a program of their own, and were made before this time.</summary>
    public IReadOnlyList<int> LivingPrograms(long madeBefore) =>
        [.. _members.Values.Where(member => member.MadeAt != 0 && member.MadeAt < madeBefore && member.Program is not null).Select(static member => member.Pid)];

    /// <summary>Takes a look at the peak of a process that lives.</summary>
    public void SetPeak(int pid, long bytes)
    {
        if (_members.TryGetValue(pid, out var member))
        {
            member.Peak = Math.Max(member.Peak ?? 0, bytes);
        }
    }

    /// <summary>Takes the status of a process that is about to be reaped.</summary>
    public void SetWaitStatus(int pid, int status)
    {
        if (_members.TryGetValue(pid, out var member))
        {
            member.WaitStatus = status;
        }
    }

    /// <summary>Whether it is a process of the tree.</summary>
    public bool Follows(int pid) => _members.ContainsKey(pid);

    /// <summary>Takes one event.</summary>
    /// <returns>Who made a process, where the event says that one was made.</returns>
    public SpawnCaller? Add(KernelEvent happened)
    {
        switch (happened.Kind)
        {
            case KernelEventKind.CallBegan when _members.ContainsKey(happened.CallerPid):
                _calls[happened.CallerThread] = happened;
                break;
            case KernelEventKind.CallEnded:
                EndCall(happened);
                break;
            case KernelEventKind.TaskMade when _members.ContainsKey(happened.CallerPid):
                _flags[happened.NewTask] = happened.CloneFlags;
                break;
            case KernelEventKind.Forked when _members.ContainsKey(happened.CallerPid):
                return Make(happened);
            case KernelEventKind.ProgramStarted when _members.TryGetValue(happened.CallerPid, out var member):
                member.Program = happened.Program;
                member.Arguments = happened.Arguments;
                member.Peak = null;
                break;
            case KernelEventKind.TaskEnded:
                End(happened);
                break;
        }

        return null;
    }

    /// <summary>
    /// Takes an exit record. It may come before the events of the same process, which wait for their order: it counts when the end of the
    /// task does, so that what the task did before is known.
    /// </summary>
    public void Add(ExitAccount account)
    {
        if (_awaited.Remove(account.Task, out var member))
        {
            Apply(member, account);
            return;
        }

        _accounts[account.Task] = account;
        _accountOrder.Enqueue(account.Task);
        if (_accountOrder.Count > MostLooseAccounts)
        {
            _accounts.Remove(_accountOrder.Dequeue());
        }
    }

    /// <summary>The spawns that ended and about which nothing more can come, in the order of their ends.</summary>
    /// <param name="nowNanoseconds">The monotonic time.</param>
    public IReadOnlyList<Spawn> TakeEnded(long nowNanoseconds)
    {
        if (_ended.Count == 0)
        {
            return [];
        }

        var done = new List<Spawn>();
        _ended.RemoveAll(member =>
        {
            if ((member.WaitStatus is null || !member.CallReturned) && nowNanoseconds - member.EndedAt <= AccountPatienceNanoseconds)
            {
                return false;
            }

            _awaited.Remove(member.Pid);
            if (member.MadeAt != 0)
            {
                done.Add(Describe(member));
            }

            return true;
        });
        return done;
    }

    /// <summary>The spawns that live; of what has ended, everything that is known.</summary>
    public IReadOnlyList<Spawn> TakeRest() =>
        [.. _ended.Concat(_members.Values).Where(static member => member.MadeAt != 0).OrderBy(static member => member.MadeAt).Select(Describe)];

    private SpawnCaller? Make(KernelEvent happened)
    {
        _flags.Remove(happened.NewTask, out var flags);
        if (SpawnKinds.IsThread(flags))
        {
            return null;
        }

        _calls.TryGetValue(happened.CallerThread, out var call);
        var member = new Member
        {
            Pid = happened.NewTask,
            ParentPid = happened.CallerPid,
            MadeAt = happened.TimeNanoseconds,
            Kind = happened.IsMannerUnknown ? null : SpawnKinds.Of(call?.Call ?? CreationCall.Unknown, call?.HasOwnStack, flags),
            SharesMemory = SpawnKinds.Shares(flags),
            CallChain = happened.CallChain,
            CallReturned = call is null,
        };
        _members[member.Pid] = member;
        _waitingForReturn[happened.CallerThread] = member;
        return new SpawnCaller(member.ParentPid, member.CallChain);
    }

    private void EndCall(KernelEvent happened)
    {
        // In the child the same call returns too; it never began there.
        if (_calls.Remove(happened.CallerThread, out var call) && _waitingForReturn.Remove(happened.CallerThread, out var member))
        {
            member.WaitNanoseconds = happened.TimeNanoseconds - call.TimeNanoseconds;
            member.CallReturned = true;
        }
    }

    private void End(KernelEvent happened)
    {
        _calls.Remove(happened.CallerThread);
        if (!_members.TryGetValue(happened.CallerPid, out var member))
        {
            return;
        }

        if (_accounts.Remove(happened.CallerThread, out var account))
        {
            Apply(member, account);
        }
        else
        {
            _awaited[happened.CallerThread] = member;
        }

        if (happened.IsLastThread)
        {
            member.EndedAt = happened.TimeNanoseconds;
            _members.Remove(member.Pid);
            _ended.Add(member);
        }
    }

    private static void Apply(Member member, ExitAccount account)
    {
        // Until it starts a program of its own, a child that shares memory has the parent's figures. 0 is no figure: the counters of each
        // processor are not summed here, and a process of a few pages does not show (mm/percpu counters, Linux 6.2).
        if ((member.Program is not null || !member.SharesMemory) && account.PeakResidentBytes > 0)
        {
            member.Peak = Math.Max(member.Peak ?? 0, account.PeakResidentBytes);
        }

        if (account.Task == member.Pid)
        {
            member.WaitStatus = account.WaitStatus;
        }
    }

    private Spawn Describe(Member member) => new()
    {
        At = wallClock(member.MadeAt),
        Kind = member.Kind,
        Duplicates = member.Kind is null ? null : !member.SharesMemory,
        WaitMicroseconds = member.WaitNanoseconds / 1000.0,
        Program = member.Program,
        Arguments = member.Arguments,
        Pid = member.Pid,
        ParentPid = member.ParentPid,
        PeakResidentBytes = member.Peak,
        LivedMilliseconds = (member.EndedAt - member.MadeAt) / 1e6,
        ExitCode = member.WaitStatus is { } status && (status & 0x7F) == 0 ? (status >> 8) & 0xFF : null,
        Signal = member.WaitStatus is { } ended && (ended & 0x7F) != 0 ? ended & 0x7F : null,
        CallChain = member.CallChain,
    };

    private sealed class Member
    {
        public required int Pid { get; init; }

        public int ParentPid { get; init; }

        public long MadeAt { get; init; }

        public SpawnKind? Kind { get; init; }

        public bool SharesMemory { get; init; }

        public IReadOnlyList<ulong> CallChain { get; init; } = [];

        public bool CallReturned { get; set; }

        public long? WaitNanoseconds { get; set; }

        public string? Program { get; set; }

        public IReadOnlyList<string>? Arguments { get; set; }

        public long? EndedAt { get; set; }

        public long? Peak { get; set; }

        public int? WaitStatus { get; set; }
    }
}
