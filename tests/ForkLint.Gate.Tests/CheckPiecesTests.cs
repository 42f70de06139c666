using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;

namespace ForkLint.Gate.Tests;

public sealed class CheckPiecesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CheckResult Result(params Finding[] findings) => new()
    {
        Projects = new ProjectSet(_folder["App.csproj"], [_folder["App.csproj"]]),
        Root = new SourceRoot(_folder.Path),
        Findings = findings,
        Rules = [],
        Frameworks = ["net8.0", "net10.0"],
    };

    private static readonly Finding Held = new()
    {
        RuleId = "FORK002",
        Message = "'buffer' (200 MiB) may be held across 'libc fork'; free it: 100 % first,\nthen fork",
        Location = new CodeLocation("src/A.cs", 3, 9, 3, 15),
        RelatedLocations = [new CodeLocation("src/A.cs", 2, 22, 2, 43), new CodeLocation("src/A.cs", 4, 9, 4, 15)],
        TargetFrameworks = ["net10.0"],
        Properties = new FindingProperties([new("holderMember", "F:App.Cache.Table"), new("bytes", "209715200")]),
    };

    [Fact]
    public void The_source_is_shown_with_the_spawn_and_the_allocation_pointed_at()
    {
        _folder.Write("src/A.cs", "void Run() {\n        var buffer = new byte[200 * 1024];\n\tif (\u001b[31mfork() == 0)\n        fork();\n}\n");
        var text = FindingText.Render(Result(Held with { Location = new CodeLocation("src/A.cs", 3, 11, 3, 17) }), TextStyle.Plain);
        var lines = text.Split('\n');

        Assert.StartsWith("src/A.cs:3:11: warning FORK002: 'buffer' (200 MiB) may be held", lines[0], StringComparison.Ordinal);
        Assert.Contains(" [net10.0]", text, StringComparison.Ordinal);
        Assert.Contains("     3 | \tif ( [31mfork() == 0)\n       | \t         ^^^^^^\n", text, StringComparison.Ordinal);
        Assert.Contains("  src/A.cs:4:9: spawns here\n     4 |         fork();\n       |         ^^^^^^\n", text, StringComparison.Ordinal);
        Assert.Contains("  src/A.cs:2:22: allocated here\n     2 |         var buffer = new byte[200 * 1024];\n       |                      ^^^^^^^^^^^^^^^^^^^^^\n", text, StringComparison.Ordinal);
        Assert.EndsWith("App (net8.0, net10.0): 1 warning\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_whose_source_is_gone_or_shorter_is_still_named()
    {
        _folder.Write("src/A.cs", "one line");
        var text = FindingText.Render(Result(Held), TextStyle.Plain);
        Assert.DoesNotContain("^", text, StringComparison.Ordinal);
        Assert.Contains("src/A.cs:2:22: allocated here", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Suppressed_findings_are_counted_but_not_shown()
    {
        var text = FindingText.Render(Result(Held with { Suppressions = [new FindingSuppression("inSource", null)] }), TextStyle.Plain);
        Assert.Equal("App (net8.0, net10.0): no findings, 1 suppressed\n", text);
    }

    [Fact]
    public void Workflow_commands_escape_what_would_end_them()
    {
        var text = FindingGitHub.Render(Result(Held with { Location = new CodeLocation("src/a,b:c.cs", 3, 9, 3, 15) }));
        Assert.StartsWith("::warning file=src/a%2Cb%3Ac.cs,line=3,endLine=3,col=9,endColumn=15,title=FORK002::'buffer' (200 MiB) may be held across 'libc fork'; free it: 100 %25 first,%0Athen fork%0Ahttps://github.com/forklint/forklint/blob/main/docs/rules/FORK002.md\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_is_a_table() =>
        Assert.Contains("| [FORK002](https://github.com/forklint/forklint/blob/main/docs/rules/FORK002.md) | warning | src/A.cs:3 | 'buffer' (200 MiB) may be held", FindingMarkdown.Render(Result(Held)), StringComparison.Ordinal);

    [Fact]
    public void Measured_holders_meet_the_findings_about_them()
    {
        var property = Held with { Properties = new FindingProperties([new("holderMember", "P:App.Cache.Rows")]), Level = FindingLevel.Note };
        MeasuredHolder[] measured =
        [
            new("F:App.Cache.Table", 300 << 20), new("F:App.Cache.<Rows>k__BackingField", 400 << 20),
            new("F:App.Log.Lines", 100 << 20), new("F:App.Log.Small", 1 << 20),
        ];
        var matches = HolderJoin.Match(measured, [Held, property]);

        Assert.Equal(["F:App.Cache.<Rows>k__BackingField", "F:App.Cache.Table", "F:App.Log.Lines", "F:App.Log.Small"], matches.Select(match => match.Holder.Holder));
        Assert.Equal([property, Held, null, null], matches.Select(match => match.Finding));
        Assert.Equal("F:App.Log.Lines", Assert.Single(HolderJoin.Unflagged(matches)).Holder);
        Assert.Equal([300L << 20, 400L << 20], HolderJoin.WithMeasuredSizes([Held, property], measured).Select(finding => finding.Properties.MeasuredBytes!.Value));

        var text = FindingText.Render(Result([.. HolderJoin.WithMeasuredSizes([Held], measured)]) with { Unflagged = HolderJoin.Unflagged(matches) }, TextStyle.Plain);
        Assert.Contains("measured: F:App.Cache.Table held 300.0 MiB\n", text, StringComparison.Ordinal);
        Assert.Contains("measured, but no finding is about it\n  100.0 MiB  F:App.Log.Lines\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Measured_sizes_are_read_as_the_analyzer_reads_them()
    {
        var file = _folder.Write("ForkLint.Measured.txt", "# measured on a server\n\n// and this\nF:App.A; 209715200\n  F:App.B ;1.5 MiB  \nF:App.A; 5\n");
        Assert.Equal([new MeasuredHolder("F:App.A", 5), new MeasuredHolder("F:App.B", 1572864)], MeasuredSizes.Read(file));
        Assert.Empty(MeasuredSizes.Read(_folder.Write("empty.txt", "")));
        foreach (var line in new[] { "F:App.A", "F:App.A; lots", "; 5", "what is this; 5 apples" })
        {
            Assert.Contains(":1 is not a measured size", Assert.Throws<UnreadableInputException>(() => MeasuredSizes.Read(_folder.Write("bad.txt", line))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_errors_are_told_from_findings()
    {
        var errors = BuildError.Parse("""
            /src/App/A.cs(1,2): error CS0103: The name 'x' does not exist [/src/App/App.csproj::TargetFramework=net8.0]
            /src/App/A.cs(1,2): error CS0103: The name 'x' does not exist [/src/App/App.csproj::TargetFramework=net8.0]
            /src/Lib/B.cs(3,4): error FORK001: 'a' is held [0] [/src/Lib/Lib.csproj]
            CSC : error CS5001: Program does not contain a static 'Main' method [/src/App/App.csproj]
            MSBUILD : error MSB1009: Project file does not exist.
            /usr/share/x.targets(9,9): error : text without a code [/src/App/App.csproj]
            warning: this says error but is none
            /src/app [1]/A.cs(1,2): error FORK001: 'a' is held [0] across 'fork' [/src/app [1]/App.csproj::TargetFramework=net8.0]
            """);

        Assert.Equal(["CS0103", "FORK001", "CS5001", "MSB1009", "", "FORK001"], errors.Select(error => error.Code));
        Assert.Equal(["/src/App/App.csproj", "/src/Lib/Lib.csproj", "/src/App/App.csproj", null, "/src/App/App.csproj", "/src/app [1]/App.csproj"], errors.Select(error => error.Project));
        Assert.Equal([false, true, false, false, false, true], errors.Select(error => error.IsFinding));
    }

    [Fact]
    public void Solutions_of_every_kind_name_their_projects()
    {
        _folder.Write("all.sln", """
            Microsoft Visual Studio Solution File, Format Version 12.00
            Project("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "folder", "folder", "{B8F6600B-1BB5-24C4-1C5C-B56170B4FF39}"
            EndProject
            Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "App", "src\App\App.csproj", "{C864B46E-3637-4946-B0F1-D792680C5A4A}"
            EndProject
            Project("{F2A71F9B-5D33-465A-A702-920D77279786}") = "Math", "src\Math\Math.fsproj", "{2A409FB8-DB48-4ECE-8369-02FC788668D7}"
            EndProject
            """);
        _folder.Write("all.slnx", "<Solution><Folder Name=\"/src/\"><Project Path=\"src/App/App.csproj\" /><Project Path=\"src/Math/Math.fsproj\" /></Folder></Solution>");
        _folder.Write("filters/some.slnf", "{\"solution\":{\"path\":\"..\\\\all.sln\",\"projects\":[\"src\\\\App\\\\App.csproj\"]}}");

        foreach (var file in new[] { "all.sln", "all.slnx", "filters/some.slnf" })
        {
            Assert.Equal([_folder["src/App/App.csproj"]], ProjectSet.Find(_folder[file]).Projects);
        }
    }

    [Fact]
    public void Paths_are_relative_to_the_work_tree()
    {
        Directory.CreateDirectory(_folder[".git"]);
        Directory.CreateDirectory(_folder["a/b"]);
        var root = SourceRoot.Find(_folder["a/b"]);

        Assert.Equal(_folder.Path, root.Directory);
        Assert.Equal("a/b/c d.cs", root.ToPath(new Uri(_folder["a/b/c d.cs"]).AbsoluteUri));
        Assert.Equal("a/b/c d.cs", root.ToPath("a/b/c%20d.cs"));
        Assert.Equal("/elsewhere/x.cs", root.ToPath("file:///elsewhere/x.cs"));
        Assert.Equal(_folder["a/x.cs"], root.Absolute("a/x.cs"));
    }
}
