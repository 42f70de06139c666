using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ForkLint.Tool.Report;

/// <summary>Writes and reads the report objects. Generated at build time, so that a start of the tool reflects over nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    WriteIndented = true)]
[JsonSerializable(typeof(MeasurementReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(IReadOnlyList<ProcessListEntry>))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    private static ReportJson? _readable;

    // The reports are read by people and tools, never embedded in HTML: 'x' stays 'x' instead of \u0027x\u0027.
    // Made on first use, because the order in which the parts of this class initialise their statics is not defined.
    private static ReportJson Readable => _readable ??= new ReportJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>A measurement as indented JSON that ends with a line feed.</summary>
    public static string Write(MeasurementReport report) => Write(report, Readable.MeasurementReport);

    /// <summary>A plan as indented JSON that ends with a line feed.</summary>
    public static string Write(PlanReport plan) => Write(plan, Readable.PlanReport);

    /// <summary>A process list as indented JSON that ends with a line feed.</summary>
    public static string Write(IReadOnlyList<ProcessListEntry> processes) => Write(processes, Readable.IReadOnlyListProcessListEntry);

    /// <summary>Reads a measurement.</summary>
    /// <exception cref="JsonException">The text is not a measurement report.</exception>
    public static MeasurementReport ReadMeasurement(string json) =>
        JsonSerializer.Deserialize(json, Readable.MeasurementReport) ?? throw new JsonException("the report is null");

    private static string Write<T>(T value, JsonTypeInfo<T> typeInfo) => JsonSerializer.Serialize(value, typeInfo) + "\n";
}

/// <summary>Enumerations are written as the contract spells them: <c>gcFree</c>, <c>uncertain</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
