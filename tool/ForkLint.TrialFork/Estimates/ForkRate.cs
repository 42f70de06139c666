namespace ForkLint.TrialFork;

/// <summary>What copying the page tables costs on this host.</summary>
/// <param name="NanosecondsPerPage">For a resident anonymous page of base size.</param>
/// <param name="BaseNanoseconds">For a fork of nearly nothing.</param>
/// <param name="Unmeasured">Why it could not be measured here, so that it is the slowest that was published; null: it was measured.</param>
internal sealed record ForkRate(double NanosecondsPerPage, double BaseNanoseconds, string? Unmeasured = null)
{
    /// <summary>
    /// The fastest and the slowest fork of a process with pages of 4 KiB that Redis publishes, in milliseconds a GB ("Diagnosing latency issues", section
    /// "Fork time in different systems": Xeon at 2.27 GHz, Linode on Xen).
    /// </summary>
    public const double FastestPublished = 9;

    /// <inheritdoc cref="FastestPublished"/>
    public const double SlowestPublished = 424;

    /// <summary>
    /// A huge page is one entry with a page table kept for it: measured 0.7 ms/GB against 24–30 ms/GB, which is 14 base pages' worth for
    /// each huge page.
    /// </summary>
    private const double HugePageInPages = 14;
    private const long HugePageBytes = 2L << 20;
    private const double PublishedPageBytes = 4096;

    /// <summary>
    /// The rate to plan with where none can be measured: the slowest that was published, because what is planned is how long the application may stand still.
    /// An entry takes as long to copy whatever the size of its page.
    /// </summary>
    /// <param name="reason">Why none can be measured.</param>
    public static ForkRate Published(string reason) => new(SlowestPublished * 1e6 / (1e9 / PublishedPageBytes), 1e6, reason);

    /// <summary>How long a fork of this much memory takes.</summary>
    /// <param name="anonymousBytes">All resident anonymous memory.</param>
    /// <param name="hugeBytes">The part of it that lies in huge pages.</param>
    public TimeSpan Predict(long anonymousBytes, long hugeBytes)
    {
        double pages = Math.Max(0, anonymousBytes - hugeBytes) / (double)Environment.SystemPageSize;
        double huge = hugeBytes / (double)HugePageBytes;
        return TimeSpan.FromMicroseconds((BaseNanoseconds + ((pages + (huge * HugePageInPages)) * NanosecondsPerPage)) / 1000);
    }
}
