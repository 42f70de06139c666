using System.Globalization;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>Who was measured, where, when and with what: the first lines of a report for people.</summary>
internal static class ReportTitle
{
    /// <summary>The process: <c>Shop.Api (pid 4242)</c>.</summary>
    public static string Name(MeasurementReport report) => string.Create(CultureInfo.InvariantCulture, $"{report.Process.Name} (pid {report.Process.Pid})");

    /// <summary>Its runtime, its collector, its C library, and the limit over it.</summary>
    public static string Facts(MeasurementReport report)
    {
        var process = report.Process;
        List<string> facts = [!process.IsDotNet ? "not .NET" : process.Runtime is { } runtime ? ".NET " + runtime : "runtime unknown"];
        if (process.IsServerGC is { } isServer)
        {
            facts.Add(isServer ? "server GC" : "workstation GC");
        }

        if (process.Libc is { } libc)
        {
            facts.Add(libc);
        }

        var place = report.Beside is { LimitedBy: not AdmissionRule.AvailableMemory } beside
            ? $"container limit {Units.Bytes(beside.LimitBytes)}, {Units.Bytes(beside.UsedBytes)} in use{Killed(beside)}"
            : report.Host.TotalBytes is { } total ? $"no memory limit, {Units.Bytes(total)} of RAM" : "";
        return $"{string.Join(", ", facts)}{(place.Length > 0 ? "; " + place : "")}";
    }

    /// <summary>When it was made, by which version, and with which engine.</summary>
    public static string Made(MeasurementReport report)
    {
        var made = report.MadeAt is { } at ? $"Made {at.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}" : "Made";
        return $"{made} by forklint{(report.ToolVersion is { } version ? " " + version : "")}; {(report.EngineWhy is { Length: > 0 } why ? $"{report.Engine}: {why}" : report.Engine)}";
    }

    private static string Killed(BesideSection beside) => beside.OomKills switch
    {
        1 => ", killed for memory once",
        > 1 and var times => string.Create(CultureInfo.InvariantCulture, $", killed for memory {times:#,##0} times"),
        _ => "",
    };
}
