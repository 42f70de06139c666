namespace ForkLint.Heap;

/// <summary>Why a heap could not be read; anticipated and explained, so the caller reports the message and leaves the heap out.</summary>
public sealed class HeapReadException : Exception
{
    /// <summary>Makes one with a message for the user.</summary>
    /// <param name="message">What was tried, and why it failed.</param>
    /// <param name="another">See <see cref="IsSnapshotUnusable"/>.</param>
    public HeapReadException(string message, bool another = false)
        : base(message) => IsSnapshotUnusable = another;

    /// <summary>Makes one with a message for the user and the cause.</summary>
    /// <param name="message">What was tried, and why it failed.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="another">See <see cref="IsSnapshotUnusable"/>.</param>
    public HeapReadException(string message, Exception inner, bool another = false)
        : base(message, inner) => IsSnapshotUnusable = another;

    /// <summary>
    /// The copy was made at a moment at which the heap cannot be walked (a collection was moving objects): another copy will do.
    /// </summary>
    public bool IsSnapshotUnusable { get; }
}
