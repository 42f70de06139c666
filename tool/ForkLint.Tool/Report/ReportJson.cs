using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Report;

/// <summary>Writes and reads the report objects. Generated at build time, so that a start of the tool reflects over nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    Converters =
    [
        typeof(CamelCaseEnumConverter<Answer>),
        typeof(CamelCaseEnumConverter<AdmissionRule>),
        typeof(CamelCaseEnumConverter<SavingKind>),
        typeof(CamelCaseEnumConverter<SavingMeans>),
        typeof(CamelCaseEnumConverter<Confidence>),
    ],
    WriteIndented = true)]
[JsonSerializable(typeof(MeasurementReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(TraceReport))]
[JsonSerializable(typeof(CrashDumpReport))]
[JsonSerializable(typeof(IReadOnlyList<ProcessListEntry>))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    private static ReportJson? _readable;
    private static ReportJson? _harmless;
    private static ReportJson? _compact;

    // Made on first use, because the order in which the parts of this class initialise their statics is not defined.
    private static ReportJson Readable => _readable ??= new ReportJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JsonText.Encoder,
    });

    private static ReportJson Harmless => _harmless ??= new ReportJson(new JsonSerializerOptions(Default.Options)
    {
        Converters = { new NeutralStringConverter() },
    });

    // The encoder of the framework escapes what HTML, too, gives a meaning (System.Text.Encodings.Web, JavaScriptEncoder.Default).
    private static ReportJson Compact => _compact ??= new ReportJson(new JsonSerializerOptions(Default.Options)
    {
        WriteIndented = false,
    });

    /// <summary>A measurement as indented JSON that ends with a line feed.</summary>
    public static string Write(MeasurementReport report) => Write(report, Readable.MeasurementReport);

    /// <summary>A trace as indented JSON that ends with a line feed.</summary>
    public static string Write(TraceReport trace) => Write(trace, Readable.TraceReport);

    /// <summary>The same document on one line, for the inside of a script element: without a character that has a meaning in HTML.</summary>
    public static string WriteForHtml(MeasurementReport report) => JsonSerializer.Serialize(report, Compact.MeasurementReport);

    /// <summary>The same document of a trace on one line, for the inside of a script element.</summary>
    public static string WriteForHtml(TraceReport trace) => JsonSerializer.Serialize(trace, Compact.TraceReport);

    /// <summary>A verdict about dumps as indented JSON that ends with a line feed.</summary>
    public static string Write(CrashDumpReport report) => Write(report, Readable.CrashDumpReport);

    /// <summary>A plan as indented JSON that ends with a line feed.</summary>
    public static string Write(PlanReport plan) => Write(plan, Readable.PlanReport);

    /// <summary>A process list as indented JSON that ends with a line feed.</summary>
    public static string Write(IReadOnlyList<ProcessListEntry> processes) => Write(processes, Readable.IReadOnlyListProcessListEntry);

    /// <summary>A measurement whose every text is harmless on a terminal: what a text report is rendered from.</summary>
    public static MeasurementReport ForTerminal(MeasurementReport report) => Neutral(report, Harmless.MeasurementReport);

    /// <summary>A plan whose every text is harmless on a terminal.</summary>
    public static PlanReport ForTerminal(PlanReport plan) => Neutral(plan, Harmless.PlanReport);

    /// <summary>A trace whose every text is harmless on a terminal.</summary>
    public static TraceReport ForTerminal(TraceReport trace) => Neutral(trace, Harmless.TraceReport);

    /// <summary>A verdict about dumps whose every text is harmless on a terminal.</summary>
    public static CrashDumpReport ForTerminal(CrashDumpReport report) => Neutral(report, Harmless.CrashDumpReport);

    /// <summary>Reads a measurement.</summary>
    /// <exception cref="JsonException">The text is not a measurement report.</exception>
    public static MeasurementReport ReadMeasurement(string json) =>
        JsonSerializer.Deserialize(json, Readable.MeasurementReport) ?? throw new JsonException("the report is null");

    // Through the document, so that no text can be forgotten: a property that is added later goes the same way.
    private static T Neutral<T>(T value, JsonTypeInfo<T> typeInfo) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), typeInfo)!;

    private static string Write<T>(T value, JsonTypeInfo<T> typeInfo) => JsonSerializer.Serialize(value, typeInfo) + "\n";
}

/// <summary>Enumerations are written as the contract spells them: <c>gcFree</c>, <c>uncertain</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
