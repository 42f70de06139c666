using ForkLint.Tool.Export;
using ForkLint.Tool.Watching;

namespace ForkLint.Tool.Commands;

/// <summary>What only the program has that a .NET runtime runs. The one that is compiled ahead of time is small because it has none of it.</summary>
/// <param name="OpenOtlp">Opens the way to a collector of OpenTelemetry.</param>
/// <param name="OpenView">Opens the live view in a terminal.</param>
internal sealed record ManagedParts(Func<Uri, IMetricsPush> OpenOtlp, Func<IWatchView> OpenView);
