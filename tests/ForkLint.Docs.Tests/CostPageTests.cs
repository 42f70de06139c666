namespace ForkLint.Docs.Tests;

/// <summary>The page with the drawn costs: its pictures and its table are what the committed measurement says.</summary>
public sealed class CostPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-costs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Drawing_again_gives_the_same_bytes()
    {
        var drawn = Command.Run("dotnet", ["run", Path.Combine(Costs, "draw.cs"), "--", _folder]);

        Assert.True(drawn.ExitCode == 0, drawn.ToString());
        var files = Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["README.md", "charge.svg", "copy-on-write.svg", "latency.svg"], files);
        Assert.All(files, file => Assert.Equal(File.ReadAllText(Path.Combine(Costs, file)), File.ReadAllText(Path.Combine(_folder, file))));
    }

    [Fact]
    public void Every_picture_is_shown_with_a_description()
    {
        var page = File.ReadAllText(Path.Combine(Costs, "README.md"));
        Assert.All(Directory.GetFiles(Costs, "*.svg"), picture => Assert.Matches($@"!\[[^\]]+\]\({Path.GetFileName(picture)}\)", page));
    }

    private static string Costs => Path.Combine(Repository.Root, "docs", "costs");
}
