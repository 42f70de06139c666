using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>The report for programs, as <c>docs/report.schema.json</c> describes it.</summary>
internal sealed class JsonFormat : IReportFormat
{
    /// <inheritdoc/>
    public string Write(MeasurementReport report, TextStyle style, int? terminalColumns) => ReportJson.Write(report);
}
