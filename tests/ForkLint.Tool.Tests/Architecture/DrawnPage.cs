using ForkLint.Tool.Tests;

namespace ForkLint.Architecture;

/// <summary>A page of docs with a part that follows from the code. FORKLINT_DRAW=1 writes that part again.</summary>
internal static class DrawnPage
{
    /// <summary>Asserts that a page is as the code draws it now.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="draw">Makes the page as it should be of the page as it is.</param>
    public static void AssertIsCurrent(string name, Func<string, string> draw)
    {
        var path = Path.Combine(Repository.Root, "docs", name);
        var text = File.ReadAllText(path);
        var drawn = draw(text);
        if (Environment.GetEnvironmentVariable("FORKLINT_DRAW") == "1")
        {
            File.WriteAllText(path, drawn);
        }

        Assert.True(text == drawn, $"docs/{name} is out of date: run this test with FORKLINT_DRAW=1");
    }
}
