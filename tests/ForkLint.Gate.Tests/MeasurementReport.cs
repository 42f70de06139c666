namespace ForkLint.Gate.Tests;

/// <summary>Writes the parts of a measurement report that the gate reads, by the names of <c>docs/report.schema.json</c>.</summary>
internal static class MeasurementReport
{
    public static string Write(TemporaryFolder folder, string name, string process, long? chargedBytes, long predictedBytes = 0) => folder.Write(name, $$"""
        { "schemaVersion": 1, "engine": "{{(chargedBytes is null ? "estimate" : "agent")}}",
          "process": { "pid": 42, "name": "{{process}}", "runtime": "10.0.12", "isServerGC": false },
          "fork": { "succeeded": {{(chargedBytes is null ? "null" : "true")}}, "errno": null, "predictedChargeBytes": {{predictedBytes}}, "chargedBytes": {{chargedBytes?.ToString() ?? "null"}},
                    "latencyMicroseconds": { "median": 8100, "minimum": 7000, "maximum": 9000 },
                    "child": {{(chargedBytes is null ? "null" : "{ \"residentBytes\": 104857600 }")}} } }
        """);
}
