using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Tasks;

/// <summary>Where the births and ends of tasks come from.</summary>
internal interface ITaskSource : IDisposable
{
    /// <summary>How many events were lost.</summary>
    public long Lost { get; }

    /// <summary>Watches a process that is there already, and all that it starts from now on.</summary>
    /// <returns>Why it may not be watched; null where it is.</returns>
    public string? Attach(int pid);

    /// <summary>Waits until something has happened; at most for so long.</summary>
    public void Wait(TimeSpan patience);

    /// <summary>Hands over what has happened.</summary>
    public void Drain(ICollection<KernelEvent> events);
}
