using System.Collections.Concurrent;
using System.Globalization;
using ForkLint.Heap;
using ForkLint.Heap.Frames;
using ForkLint.Heap.Isolation;
using ForkLint.Spawns;
using ForkLint.Tool.Processes;

namespace ForkLint.Tool.Tracing;

/// <summary>
/// Names the stacks that start processes, each once, by a process of its own that reads the application's memory. A stack is named while its
/// process lives, so as soon as it is first seen; and beside the watch, which must go on taking events meanwhile.
/// </summary>
internal sealed class StackNames : IDisposable
{
    /// <summary>More different stacks than this are not named: each process that starts others has a handful.</summary>
    private const int MostStacks = 1000;

    /// <summary>How often a stack is read in which a method has no name; the runtime may have been compiling it at the first read.</summary>
    private const int MostLooks = 5;

    /// <summary>So often in all, however often the stack is seen.</summary>
    private const int MostLooksInAll = 2 * MostLooks;

    /// <summary>How often a read of a process's memory is tried.</summary>
    private const int MostFailures = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<SpawnCaller, Known> _known = new(SameStack.Instance);
    private readonly BlockingCollection<SpawnCaller> _asked = [];
    private readonly Dictionary<int, int> _failures = [];
    private readonly Func<HeapReaderProcess> _start;
    private readonly int _root;
    private readonly bool _isSoon;
    private readonly Thread _thread;
    private HeapReaderProcess? _reader;
    private string? _failure;

    /// <param name="start">Starts the process that reads.</param>
    /// <param name="root">The watched process: of its descendants many have no .NET runtime, which is no failure.</param>
    /// <param name="isSoon">Whether a stack of .NET is expected: the reader is started at once, so that a process that ends soon can be read before.</param>
    public StackNames(Func<HeapReaderProcess> start, int root, bool isSoon = false)
    {
        (_start, _root, _isSoon) = (start, root, isSoon);
        _thread = new Thread(NameAll) { IsBackground = true, Name = "forklint stacks" };
        _thread.Start();
    }

    /// <summary>How many stacks of the watched process have no names, and why; null where all have, or it is not .NET's.</summary>
    public string? Failure
    {
        get
        {
            var own = _known.Where(pair => pair.Key.Pid == _root).Select(static pair => pair.Value).ToList();
            var unnamed = own.Count(static known => known.Stack.Frames.Count == 0);
            return _failure is null || unnamed == 0 ? null : Missing(unnamed, own.Count, _failure);
        }
    }

    /// <summary>What is missing, as a sentence.</summary>
    /// <param name="unnamed">How many stacks have no names.</param>
    /// <param name="all">Of how many.</param>
    /// <param name="failure">Why.</param>
    internal static string Missing(int unnamed, int all, string failure) =>
        string.Create(CultureInfo.InvariantCulture, $"{unnamed} of {all} stack{(all == 1 ? "" : "s")} {(unnamed == 1 ? "has" : "have")} no names: {failure}");

    /// <summary>Has a stack named, unless it is, or cannot be.</summary>
    /// <returns>Whether it is going to be looked at for this.</returns>
    public bool See(SpawnCaller caller)
    {
        if (caller.CallChain.Count == 0 || !(_known.TryGetValue(caller, out var known) ? known.MayBeLookedAtAgain : _known.Count < MostStacks))
        {
            return false;
        }

        known ??= _known.GetOrAdd(caller, static _ => new Known());
        known.IsAsked = true;
        _asked.Add(caller);
        return true;
    }

    /// <summary>What is known of the stack of a spawn by now.</summary>
    public NamedStack Of(SpawnCaller caller) => _known.TryGetValue(caller, out var known) ? known.Stack : NamedStack.Unknown;

    /// <summary>Waits until all that was asked for is named; at most for this long.</summary>
    public void Finish(TimeSpan patience)
    {
        _asked.CompleteAdding();
        _thread.Join(patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _asked.CompleteAdding();
        while (_asked.TryTake(out _))
        {
        }

        // A look that is under way comes to its end by its own patience.
        _thread.Join();
        _asked.Dispose();
    }

    private void NameAll()
    {
        if (_isSoon)
        {
            try
            {
                _reader = _start();
            }
            catch (HeapReadException)
            {
                // Tried again, and said, when a stack is to be named.
            }
        }

        foreach (var caller in _asked.GetConsumingEnumerable())
        {
            var known = _known[caller];
            for (var look = 0; look < MostLooks && !known.IsWhole && Name(known, caller); look++)
            {
                if (!known.IsWhole)
                {
                    Thread.Sleep(Pause);
                }
            }

            known.IsAsked = false;
        }

        EndReader();
    }

    /// <summary>Looks once; false where another look is not worth it.</summary>
    private bool Name(Known known, SpawnCaller caller)
    {
        _failures.TryGetValue(caller.Pid, out var failures);
        if (failures >= MostFailures || known.Looks >= MostLooksInAll)
        {
            // Every start of a process asks again for its stack: each would wake this thread for nothing.
            known.Looks = MostLooksInAll;
            return false;
        }

        known.Looks++;

        try
        {
            _reader ??= _start();
            var frames = _reader.NameFrames(caller.Pid, caller.CallChain, new HeapReadOptions());
            known.Set(frames);
            return true;
        }
        catch (HeapReadException failure)
        {
            if (failure.IsSnapshotUnusable)
            {
                EndReader();
            }

            // What has no runtime has none the next time either; what was torn at one moment is whole at another.
            _failures[caller.Pid] = failure.IsSnapshotUnusable ? failures + 1 : MostFailures;
            if (_failures[caller.Pid] >= MostFailures)
            {
                _failure ??= caller.Pid != _root ? null
                    : ProcessIdentity.Of(_root)?.IsRunning() == true ? failure.Message
                    : "the process had ended before its memory could be read";
                return false;
            }

            return true;
        }
    }

    private void EndReader()
    {
        _reader?.Dispose();
        _reader = null;
    }

    /// <summary>What is known of one stack. The naming thread writes it; others read it.</summary>
    private sealed class Known
    {
        private volatile NamedStack _stack = NamedStack.Unknown;
        private volatile bool _isAsked;
        private volatile bool _isWhole;
        private int _unknown = int.MaxValue;

        public NamedStack Stack => _stack;

        public bool IsWhole => _isWhole;

        public int Looks { get; set; }

        public bool IsAsked
        {
            get => _isAsked;
            set => _isAsked = value;
        }

        public bool MayBeLookedAtAgain => !_isWhole && !_isAsked && Looks < MostLooksInAll;

        /// <summary>Takes the names, unless a look before knew more.</summary>
        public void Set(IReadOnlyList<NamedFrame> frames)
        {
            var unknown = frames.Count(static frame => frame.IsUnknown);
            if (unknown < _unknown)
            {
                _unknown = unknown;
                _stack = new NamedStack(
                    [.. frames.Select(static frame => frame.Name)],
                    frames.FirstOrDefault(static frame => frame.Kind == FrameKind.Application)?.Name,
                    [.. frames.Select(static frame => frame.Member).OfType<string>().Distinct(StringComparer.Ordinal)]);
            }

            _isWhole = unknown == 0;
        }
    }

    /// <summary>Of one process, frame by frame: the watch asks for each spawn, so no text is made of it.</summary>
    private sealed class SameStack : IEqualityComparer<SpawnCaller>
    {
        public static SameStack Instance { get; } = new();

        public bool Equals(SpawnCaller x, SpawnCaller y) =>
            x.Pid == y.Pid && (ReferenceEquals(x.CallChain, y.CallChain) || x.CallChain.SequenceEqual(y.CallChain));

        public int GetHashCode(SpawnCaller obj)
        {
            var hash = new HashCode();
            hash.Add(obj.Pid);
            for (var index = 0; index < obj.CallChain.Count; index++)
            {
                hash.Add(obj.CallChain[index]);
            }

            return hash.ToHashCode();
        }
    }
}
