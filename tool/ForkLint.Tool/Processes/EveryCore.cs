namespace ForkLint.Tool.Processes;

/// <summary>Short work on many things, shared by as many threads as there are processors.</summary>
internal static class EveryCore
{
    private const int HelperStackBytes = 256 << 10;

    private const int MostThreads = 4;

    /// <summary>Does it for each index, in no order. A pool and a parallel query would take longer to be compiled and to grow than a list of processes takes to be read.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="action">Does it for one of them; it must not throw.</param>
    public static void Run(int count, Action<int> action)
    {
        var next = -1;
        void Work()
        {
            for (var index = Interlocked.Increment(ref next); index < count; index = Interlocked.Increment(ref next))
            {
                action(index);
            }
        }

        var helpers = new Thread[Math.Min(Environment.ProcessorCount, MostThreads) - 1];
        for (var index = 0; index < helpers.Length; index++)
        {
            helpers[index] = new Thread(Work, HelperStackBytes);
            try
            {
                helpers[index].Start();
            }
            catch (OutOfMemoryException)
            {
                // No further thread can start, because memory or tasks are short: the threads that exist do all the work.
                Array.Resize(ref helpers, index);
            }
        }

        Work();
        foreach (var helper in helpers)
        {
            helper.Join();
        }
    }
}
