using System.Text.Json;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

public sealed class ReportJsonTests
{
    private static readonly SchemaValidator ReportSchema = new(Repository.Read("docs/report.schema.json"), refuseUndescribed: true);

    public static TheoryData<string> Names => SampleReports.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_report_is_valid_and_says_nothing_the_schema_does_not_describe(string name)
    {
        Assert.Empty(ReportSchema.Validate(ReportJson.Write(SampleReports.ByName(name))));
    }

    [Fact]
    public void A_report_of_defaults_is_valid_but_for_the_engine_and_the_pid_it_lacks()
    {
        var errors = ReportSchema.Validate(ReportJson.Write(new MeasurementReport()));
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("$.engine:", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("$.process.pid:", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_reads_back_as_it_was_written(string name)
    {
        var written = ReportJson.Write(SampleReports.ByName(name));
        Assert.Equal(written, ReportJson.Write(ReportJson.ReadMeasurement(written)));
    }

    [Fact]
    public void What_is_unknown_is_null_and_never_absent()
    {
        var root = JsonDocument.Parse(ReportJson.Write(SampleReports.Unknown)).RootElement;
        Assert.Equal(JsonValueKind.Null, root.GetProperty("vfork").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("savings").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("process").GetProperty("isServerGC").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("fork").GetProperty("succeeded").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("parent").GetProperty("commitChargeBytes").ValueKind);
    }

    [Fact]
    public void The_names_of_the_contract_are_there()
    {
        var root = JsonDocument.Parse(ReportJson.Write(SampleReports.WithSavings)).RootElement;
        Assert.Equal(1, root.GetProperty("schemaVersion").GetInt32());
        Assert.Equal(270 * SampleReports.MiB, root.GetProperty("fork").GetProperty("chargedBytes").GetInt64());
        Assert.Equal(8120, root.GetProperty("fork").GetProperty("latencyMicroseconds").GetProperty("median").GetDouble());
        Assert.Equal("uncertain", root.GetProperty("verdicts")[1].GetProperty("succeeds").GetString());
        Assert.Equal("gcFree", root.GetProperty("savings")[1].GetProperty("kind").GetString());
        Assert.Equal("F:App.Cache.Table", root.GetProperty("savings")[0].GetProperty("holder").GetString());
    }

    [Fact]
    public void Each_holder_has_its_finding_and_what_is_flagged_nowhere_is_named()
    {
        var root = JsonDocument.Parse(ReportJson.Write(SampleReports.WithFindings)).RootElement;
        Assert.Equal(
            [("F:App.Cache.Table", "src/Cache.cs"), ("P:App.Index.Rows", "src/Index.cs"), ("F:App.Log.Lines", "none"), ("F:App.Names.Few", null)],
            root.GetProperty("holders").EnumerateArray().Select(holder => (
                holder.GetProperty("holder").GetString()!,
                holder.GetProperty("finding").ValueKind == JsonValueKind.Null ? "none" : holder.GetProperty("finding").GetProperty("path").GetString())));
        Assert.True(root.GetProperty("holders")[1].GetProperty("finding").GetProperty("suppressed").GetBoolean());
        Assert.Equal(12, root.GetProperty("savings")[0].GetProperty("finding").GetProperty("line").GetInt32());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("savings")[1].GetProperty("finding").ValueKind);
        Assert.Null(SampleReports.WithSavings.Holders);
    }

    [Fact]
    public void A_process_list_is_valid()
    {
        var schema = new SchemaValidator(Repository.Read("docs/ps.schema.json"), refuseUndescribed: true);
        var json = ReportJson.Write((IReadOnlyList<ProcessListEntry>)
        [
            new ProcessListEntry { Pid = 1, Name = "a", Runtime = "10.0.12", ResidentBytes = 1, UniqueBytes = 2, CommitChargeBytes = 3, ForkSucceeds = true, RoomBytes = -5 },
            new ProcessListEntry { Pid = 2, Name = "b" },
        ]);
        Assert.Empty(schema.Validate(json));
        Assert.Contains("\"forkSucceeds\": null", json, StringComparison.Ordinal);
    }

    /// <summary>A sample has a few of the words only: a new one would break the contract of what a program reads, and no sample would show it.</summary>
    [Theory]
    [InlineData(typeof(MeasurementReport), "report")]
    [InlineData(typeof(PlanReport), "plan")]
    [InlineData(typeof(TraceReport), "trace")]
    [InlineData(typeof(CrashDumpReport), "dump")]
    public void The_schema_has_every_word_that_can_be_written(Type type, string schema)
    {
        var choices = SchemaWords.Of(type, Repository.Read($"docs/{schema}.schema.json")).ToList();
        Assert.All(choices, choice => Assert.True(choice.IsSame, $"docs/{schema}.schema.json, {choice.Path}: it has {string.Join(' ', choice.InSchema)}, and {choice.Choice.Name} {string.Join(' ', choice.Writable)}"));
        Assert.Equal(schema == "report", choices.Any(choice => choice.Choice == typeof(ForkLint.Heap.SavingKind)));
    }

    [Theory]
    [InlineData("\"engine\": \"agent\"", "\"engine\": \"magic\"", "$.engine:")]
    [InlineData("\"pid\": 4242", "\"pid\": 0", "$.process.pid:")]
    [InlineData("\"pid\": 4242,", "", "$.process: 'pid' is absent")]
    [InlineData("\"succeeds\": \"yes\"", "\"succeeds\": \"Yes\"", "$.verdicts[0].succeeds:")]
    [InlineData("\"chargedBytes\": 283115520", "\"chargedBytes\": \"283115520\"", "$.fork.chargedBytes:")]
    [InlineData("\"chargedBytes\": 283115520", "\"chargedBytes\": 1.5", "$.fork.chargedBytes:")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 2", "$.schemaVersion:")]
    [InlineData("\"vfork\": {", "\"vfork\": {\"extra\": 1,", "$.vfork: 'extra' is not described")]
    public void The_validator_sees_what_is_wrong(string right, string wrong, string expected)
    {
        var valid = ReportJson.Write(SampleReports.Agent);
        var at = valid.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, valid);
        var broken = string.Concat(valid.AsSpan(0, at), wrong, valid.AsSpan(at + right.Length));
        Assert.Contains(ReportSchema.Validate(broken), error => error.StartsWith(expected, StringComparison.Ordinal));
    }
}
