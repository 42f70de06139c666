namespace ForkLint.Tool.Watching;

/// <summary>A view that is drawn again and again.</summary>
internal interface IWatchView
{
    /// <summary>Draws looks until the user ends it, or <paramref name="look"/> has none more.</summary>
    /// <param name="look">The next look; null for the end.</param>
    /// <param name="every">The time between two updates.</param>
    /// <param name="cancellation">Ends it from outside.</param>
    public void Run(Func<WatchTable?> look, TimeSpan every, CancellationToken cancellation);
}
