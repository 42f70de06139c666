namespace ForkLint.Heap.Savings;

/// <summary>
/// Keeps account of what there is left to save. Each saving takes its part, and gets no more than what is left: whatever two readings of a process in motion
/// say, nothing is promised that is not there.
/// </summary>
/// <param name="chargeBytes">The commit charge.</param>
/// <param name="residentBytes">What a child has resident.</param>
public sealed class SavingsLedger(long chargeBytes, long residentBytes)
{
    /// <summary>The charge that no saving has taken.</summary>
    public long ChargeBytes { get; private set; } = Math.Max(0, chargeBytes);

    /// <summary>The resident memory that no saving has taken.</summary>
    public long ResidentBytes { get; private set; } = Math.Max(0, residentBytes);

    /// <summary>The saving, with no more than what is left.</summary>
    public Saving Take(Saving saving)
    {
        ArgumentNullException.ThrowIfNull(saving);
        long charge = Math.Clamp(saving.CommitChargeBytes, 0, ChargeBytes);
        long resident = Math.Clamp(saving.ChildResidentBytes, 0, ResidentBytes);
        ChargeBytes -= charge;
        ResidentBytes -= resident;
        return charge == saving.CommitChargeBytes && resident == saving.ChildResidentBytes && saving.ExposureBytes <= resident ? saving : saving with
        {
            CommitChargeBytes = charge,
            ChildResidentBytes = resident,
            ExposureBytes = Math.Min(saving.ExposureBytes, resident),
            LatencySavedMicroseconds = saving.ChildResidentBytes == 0 ? saving.LatencySavedMicroseconds : saving.LatencySavedMicroseconds * resident / saving.ChildResidentBytes,
        };
    }
}
