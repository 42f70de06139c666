namespace ForkLint.Tool.Demo;

/// <summary>What the demo's target holds: known to the byte, so that a measurement can be checked against it.</summary>
internal static class DemoHoldings
{
    /// <summary>A static array, every page of it written.</summary>
    public const int CacheBytes = 200 * 1024 * 1024;

    /// <summary>One native allocation, every page of it written.</summary>
    public const int NativeBytes = 100 * 1024 * 1024;

    /// <summary>Threads that wait and do nothing else.</summary>
    public const int ThreadCount = 30;

    /// <summary>The stack of each of them, of which it touches a few pages only.</summary>
    public const int StackBytes = 8 * 1024 * 1024;

    /// <summary>What the child is made to write.</summary>
    public const int ChildWritesBytes = 25 * 1024 * 1024;

    /// <summary>The line the target prints when it runs and holds nothing yet.</summary>
    public const string EmptyLine = "empty";

    /// <summary>The line that tells it to allocate.</summary>
    public const string HoldLine = "hold";

    /// <summary>The line it prints when it holds everything.</summary>
    public const string HoldingLine = "holding";

    /// <summary>The line that would make it fork. It is never sent.</summary>
    public const string ForkLine = "fork";

    /// <summary>Memory that is charged and touched.</summary>
    public const long TouchedBytes = CacheBytes + NativeBytes;

    /// <summary>Memory that is charged and hardly touched.</summary>
    public const long StacksBytes = (long)ThreadCount * StackBytes;
}
