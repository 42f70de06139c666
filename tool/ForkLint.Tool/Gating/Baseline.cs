using System.Text.Json;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Gating;

/// <summary>A finding that was accepted. It holds no line number, so that a moved line changes nothing in the committed file.</summary>
/// <param name="Fingerprint">What it is recognised by.</param>
/// <param name="RuleId">The rule.</param>
/// <param name="Level">How serious it was.</param>
/// <param name="Path">The file it stood in, for a person.</param>
/// <param name="Member">The member it stood in; null when not known.</param>
/// <param name="Message">What it said, shown when it is fixed.</param>
internal sealed record AcceptedFinding(string Fingerprint, string RuleId, FindingLevel Level, string Path, string? Member, string Message);

/// <summary>What was accepted so far: findings and measured costs. Committed as <c>forklint.baseline.json</c>.</summary>
/// <param name="Findings">The findings, each with another fingerprint.</param>
/// <param name="Measurements">One measurement per process name.</param>
internal sealed record Baseline(IReadOnlyList<AcceptedFinding> Findings, IReadOnlyList<MeasuredCost> Measurements)
{
    /// <summary>Where it is looked for and written to unless another path is given.</summary>
    public const string DefaultFileName = "forklint.baseline.json";

    private const int SchemaVersion = 1;
    private const long MaximumFileBytes = 64L << 20;

    /// <summary>Nothing accepted.</summary>
    public static Baseline Empty { get; } = new([], []);

    /// <summary>Reads a baseline.</summary>
    /// <exception cref="UnreadableInputException">Missing, empty, corrupt, something else, or of a later version.</exception>
    public static Baseline Read(string file)
    {
        using var document = InputFile.ReadJson(file, MaximumFileBytes);
        try
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schemaVersion", out var version) || !root.TryGetProperty("findings", out var findings))
            {
                throw new UnreadableInputException($"{file} is JSON but not a baseline", "write one with 'gate --update-baseline'");
            }

            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != SchemaVersion)
            {
                throw new UnreadableInputException($"{file} is a baseline of version {version}, and {SchemaVersion} is what can be read", "update this tool");
            }

            var accepted = findings.EnumerateArray().Select(ReadFinding).ToArray();
            var measurements = root.TryGetProperty("measurements", out var list) ? list.EnumerateArray().Select(MeasuredCost.ReadAccepted).ToArray() : [];
            return new Baseline(accepted, measurements);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UnreadableInputException($"{file} is a damaged baseline{(exception is FormatException ? ": " + exception.Message : "")}", "restore it, or remove it and run 'gate --update-baseline'");
        }
    }

    /// <summary>The baseline that accepts these findings. Suppressed ones are the source's business, not the baseline's.</summary>
    public static IReadOnlyList<AcceptedFinding> Accept(IEnumerable<Finding> findings) =>
    [
        .. findings.Where(finding => !finding.IsSuppressed).Select(finding => new AcceptedFinding(
            finding.Fingerprint, finding.RuleId, finding.Level, finding.Location?.Path ?? "", finding.Properties.Member, finding.Message)),
    ];

    /// <summary>Replaces the file as a whole; the same baseline gives the same bytes.</summary>
    public void Write(string file) => AtomicFile.Write(file, stream => JsonText.WriteTo(stream, WriteTo));

    private void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", SchemaVersion);
        json.WriteStartArray("findings");
        foreach (var finding in Findings.OrderBy(finding => finding.RuleId, StringComparer.Ordinal)
            .ThenBy(finding => finding.Path, StringComparer.Ordinal)
            .ThenBy(finding => finding.Member, StringComparer.Ordinal)
            .ThenBy(finding => finding.Fingerprint, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.RuleId);
            json.WriteString("level", RuleNames.Name(finding.Level));
            json.WriteString("path", finding.Path);
            json.WriteString("member", finding.Member);
            json.WriteString("message", finding.Message);
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("measurements");
        foreach (var measurement in Measurements.OrderBy(measurement => measurement.Process, StringComparer.Ordinal))
        {
            measurement.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static AcceptedFinding ReadFinding(JsonElement finding) => new(
        finding.GetProperty("fingerprint").GetString() ?? throw new FormatException("a finding has no fingerprint"),
        finding.GetProperty("rule").GetString() ?? "",
        RuleNames.ParseLevel(finding.GetProperty("level").GetString()),
        finding.GetProperty("path").GetString() ?? "",
        finding.GetProperty("member").GetString(),
        finding.GetProperty("message").GetString() ?? "");
}
