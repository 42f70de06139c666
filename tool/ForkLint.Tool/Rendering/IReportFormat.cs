using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>A form in which a measurement is printed. Each is one class over the same records.</summary>
internal interface IReportFormat
{
    /// <summary>The text, which ends with a line feed.</summary>
    /// <param name="report">The measurement.</param>
    /// <param name="style">Colours or none, where the form has any.</param>
    /// <param name="terminalColumns">The width of the terminal; null for a pipe or a file. A form that breaks no lines does not look at it.</param>
    public string Write(MeasurementReport report, TextStyle style, int? terminalColumns);
}
