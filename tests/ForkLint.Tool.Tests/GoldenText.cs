namespace ForkLint.Tool.Tests;

/// <summary>
/// Compares a text with a committed file in Golden/. With FORKLINT_ACCEPT=1 in the environment the file is rewritten
/// instead, for a person to read the difference before committing it.
/// </summary>
internal static class GoldenText
{
    public static void Verify(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "ForkLint.Tool.Tests", "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("FORKLINT_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
