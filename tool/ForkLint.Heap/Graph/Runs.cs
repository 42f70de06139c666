namespace ForkLint.Heap.Graph;

/// <summary>
/// Room for runs of values, one run for each segment: they lie one behind the other in arrays of a few megabytes, so that little is copied while one grows
/// and few pages are touched for the first time.
/// </summary>
/// <param name="length">How many values an array has room for, at least.</param>
internal sealed class Runs<T>(int length)
    where T : unmanaged
{
    /// <summary>The array in which the current run lies; changes when room is made.</summary>
    public T[] Items = [];

    /// <summary>Where in the array the current run begins; changes when room is made.</summary>
    public int First;

    /// <summary>Makes room for more values behind those that the current run has.</summary>
    public void Reserve(int count, int more)
    {
        if (First + count + more > Items.Length)
        {
            T[] larger = LargeArrays.Make<T>(Math.Max(length, checked(count + more + (count / 2))));
            Items.AsSpan(First, count).CopyTo(larger);
            Items = larger;
            First = 0;
        }
    }

    /// <summary>Ends the current run.</summary>
    public ArraySegment<T> Take(int count)
    {
        ArraySegment<T> run = new(Items, First, count);
        First += count;
        return run;
    }
}
