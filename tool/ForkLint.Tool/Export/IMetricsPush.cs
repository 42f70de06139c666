using ForkLint.Tool.Fleet;

namespace ForkLint.Tool.Export;

/// <summary>A place that looks are sent to.</summary>
internal interface IMetricsPush : IDisposable
{
    /// <summary>Sends a look; false where it did not arrive.</summary>
    public bool Push(FleetSnapshot look);
}
