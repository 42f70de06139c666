using System.Numerics;
using System.Text.Json;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Gating;

/// <summary>The part of a measurement report that is gated: what the next fork of one process costs.</summary>
/// <param name="Process">The process's name, by which two measurements are matched.</param>
/// <param name="CommitChargeBytes">What the fork charges: read from the child, or predicted where there was none.</param>
/// <param name="ChildResidentBytes">The child's resident pages right at the fork; null for an estimate.</param>
/// <param name="LatencyMicroseconds">The median; null when it was not measured.</param>
internal sealed record MeasuredCost(string Process, long CommitChargeBytes, long? ChildResidentBytes, double? LatencyMicroseconds)
{
    private const long MaximumReportBytes = 64L << 20;

    /// <summary>Reads the report that <c>measure --format json</c> printed.</summary>
    /// <exception cref="UnreadableInputException">Missing, empty, corrupt, or not such a report.</exception>
    public static MeasuredCost ReadReport(string file)
    {
        using var document = InputFile.ReadJson(file, MaximumReportBytes);
        try
        {
            var root = document.RootElement;
            var fork = root.GetProperty("fork");
            var name = root.GetProperty("process").GetProperty("name").GetString();

            // What the child was charged where a fork was made, as 'measure --max-charge' judges it; an estimate has the prediction alone.
            var charge = Number(fork, "chargedBytes") ?? Number(fork, "predictedChargeBytes");
            if (name is null || charge is null)
            {
                throw new UnreadableInputException($"{file} names no process or no commit charge", "measure again with 'measure --format json'");
            }

            var child = fork.TryGetProperty("child", out var section) && section.ValueKind == JsonValueKind.Object ? Number(section, "residentBytes") : null;
            var latency = fork.TryGetProperty("latencyMicroseconds", out var spread) && spread.ValueKind == JsonValueKind.Object ? Fraction(spread, "median") : null;
            return new MeasuredCost(name, charge.Value, child, latency);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // The framework's own words name neither the file's part nor what is wrong with it.
            throw new UnreadableInputException($"{file} is JSON but not a measurement report{(exception is FormatException ? ": " + exception.Message : "")}", "make one with 'measure --format json'");
        }
    }

    /// <summary>Reads the form that <see cref="WriteTo"/> writes.</summary>
    public static MeasuredCost ReadAccepted(JsonElement element) => new(
        element.GetProperty("process").GetString() ?? throw new FormatException("a measurement names no process"),
        Number(element, "commitChargeBytes") ?? throw new FormatException("a measurement has no commit charge"),
        Number(element, "childResidentBytes"),
        Fraction(element, "latencyMicroseconds"));

    /// <summary>Writes it as an element of the baseline.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("process", Process);
        json.WriteNumber("commitChargeBytes", CommitChargeBytes);
        WriteOrNull(json, "childResidentBytes", ChildResidentBytes);
        WriteOrNull(json, "latencyMicroseconds", LatencyMicroseconds);
        json.WriteEndObject();
    }

    private static void WriteOrNull(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? AtLeastZero(value.TryGetInt64(out var number) ? number : throw NotMeasured(name), name) : null;

    private static double? Fraction(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? AtLeastZero(value.GetDouble(), name) : null;

    // 1e999 is JSON and is read as infinity.
    private static T AtLeastZero<T>(T value, string name)
        where T : INumber<T> =>
        T.IsFinite(value) && !T.IsNegative(value) ? value : throw NotMeasured(name);

    private static FormatException NotMeasured(string name) => new($"{name} is not a number that can be measured");
}
