using System.Text.RegularExpressions;

namespace ForkLint.Docs.Tests;

/// <summary>The output that pages show is what docs/capture.cs writes there, but for what differs from run to run and from machine to machine.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed partial class ShownOutputTests(InstalledTool tool) : IDisposable
{
    /// <summary>Sections that speak of the machine, or of what a conservative scan happened to see: only their headings are compared.</summary>
    private static readonly string[] LooseSections = ["Would the next fork succeed?", "What to free first", "Free first", "Beside a child"];

    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-shown-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Running_the_capture_again_shows_the_same()
    {
        var captured = Command.Run("dotnet", ["run", Path.Combine(Repository.Root, "docs", "capture.cs"), "--", _folder], new Dictionary<string, string?> { ["FORKLINT_TOOL"] = Path.GetDirectoryName(tool.Executable) });
        Assert.True(captured.ExitCode == 0, captured.ToString());

        var pages = Directory.GetFiles(_folder, "*.md", SearchOption.AllDirectories);
        Assert.Contains(Path.Combine(_folder, "README.md"), pages);
        var compared = 0;
        foreach (var page in pages)
        {
            string shown = Repository.Read(Path.GetRelativePath(_folder, page)), now = File.ReadAllText(page);
            Match[] before = Shown().Matches(shown).ToArray(), after = Shown().Matches(now).ToArray();
            Assert.Equal(before.Select(block => block.Groups["command"].Value), after.Select(block => block.Groups["command"].Value));
            foreach (var (expected, actual) in before.Zip(after))
            {
                compared++;
                var command = expected.Groups["command"].Value;

                // What the analyzer says is the same in every run. A measurement may say more than before (a busy machine earns warnings), never less.
                if (command.Contains(" check ", StringComparison.Ordinal))
                {
                    Assert.Equal(expected.Value, actual.Value);
                }
                else
                {
                    var lines = Skeleton(actual.Groups["output"].Value).ToHashSet();
                    Assert.All(Skeleton(expected.Groups["output"].Value), line => Assert.Contains(line, lines));
                }
            }
        }

        Assert.True(compared >= 6, $"only {compared} blocks of output were found");
    }

    [Fact]
    public void Every_output_is_captured()
    {
        // A prompt in a block that nothing captures would show what somebody once typed.
        foreach (var page in Pages.All.Where(page => page.StartsWith("docs/", StringComparison.Ordinal) || page == "README.md"))
        {
            Assert.DoesNotMatch(@"(?<! -->\n)```\n\$ ", Repository.Read(page));
        }
    }

    /// <summary>What stays when figures, addresses and names of this run are taken out.</summary>
    private static IEnumerable<string> Skeleton(string output)
    {
        var isLoose = false;
        foreach (var line in output.Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                isLoose = LooseSections.Any(section => line.StartsWith(section, StringComparison.Ordinal));
            }
            else if (isLoose)
            {
                continue;
            }

            // The machine's own line, and the samples of a held child, of which there are as many as the machine has time for.
            yield return line.StartsWith("host  ", StringComparison.Ordinal) ? "host" : Spaces().Replace(Figure().Replace(Kernel().Replace(line, "Linux"), "N"), " ").Trim();
        }
    }

    [GeneratedRegex(@"<!-- output: (?<command>[^|>]+?)(?: \|[^>]*)? -->\n```\n(?<output>.*?)```\n", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Shown();

    [GeneratedRegex(@"[-+]?\b(?:[0-9][0-9,.]*|[0-9a-f]{8,})(?: (?:B|KiB|MiB|GiB|µs|ms|s)\b)?", RegexOptions.CultureInvariant)]
    private static partial Regex Figure();

    [GeneratedRegex(@"Linux \S+", RegexOptions.CultureInvariant)]
    private static partial Regex Kernel();

    [GeneratedRegex(@" +", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
