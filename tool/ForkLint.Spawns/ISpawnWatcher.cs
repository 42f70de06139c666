namespace ForkLint.Spawns;

/// <summary>Watches every process that a process and its descendants start.</summary>
public interface ISpawnWatcher : IDisposable
{
    /// <summary>What the watcher cannot see here, each as one sentence, with what would allow it; empty where it sees everything.</summary>
    public IReadOnlyList<string> Limits { get; }

    /// <summary>Whether it sees the stacks that start processes.</summary>
    public bool ShowsStacks { get; }

    /// <summary>How many events the kernel could not hand over. 0 means that no spawn was missed that the watcher can see at all.</summary>
    public long Lost { get; }

    /// <summary>Whether every spawn is seen, however short it lives, unless <see cref="Lost"/> says otherwise.</summary>
    public bool SeesAll { get; }

    /// <summary>The followed processes that live, those that were there before included.</summary>
    public IEnumerable<int> Living { get; }

    /// <summary>Whether events or exit records of what has happened are still on their way.</summary>
    public bool Awaits { get; }

    /// <summary>Follows this process and what it starts.</summary>
    public void Follow(int pid);

    /// <summary>Waits for events and takes them.</summary>
    /// <param name="patience">How long to wait where nothing comes.</param>
    /// <returns>The spawns that have ended since the last call, in the order of their ends.</returns>
    public IReadOnlyList<Spawn> Poll(TimeSpan patience);

    /// <summary>
    /// Who made the processes that were made since the last call: to name the stack while its process lives, which may be long before what
    /// it started ends.
    /// </summary>
    public IReadOnlyList<SpawnCaller> TakeCallers();

    /// <summary>Takes what is left at the end of the watch.</summary>
    /// <returns>The spawns that ended, then those that still live, with the peak that they have reached by now.</returns>
    public IReadOnlyList<Spawn> Finish();
}
