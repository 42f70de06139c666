namespace ForkLint.LiveTargets;

/// <summary>The test application compiled ahead of time: a real NativeAOT program.</summary>
public static class NativeAotApp
{
    /// <summary>
    /// The program, published once and again when a source is newer: about 20 s. For .NET 8, whose compiler is linked with gcc alone.
    /// </summary>
    public static string Publish()
    {
        string targets = Path.Combine(TestApps.Root, "artifacts/targets");
        string folder = Path.Combine(targets, "native-aot");
        string program = Path.Combine(folder, "forklint-testapp");
        string sources = Path.Combine(TestApps.Root, "tests/TestApps");
        Directory.CreateDirectory(targets);
        using var others = TestApps.WaitForLock(folder + ".lock");
        var newest = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Max(File.GetLastWriteTimeUtc);
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < newest)
        {
            TestApps.Run("dotnet", ["publish", sources, "-f", "net8.0", "-p:TargetFrameworks=net8.0", "-r", "linux-x64", "-c", "Release", "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc", "-o", folder, "--artifacts-path", folder + ".build", "--nologo", "-v", "q", "-nodeReuse:false"]);
        }

        return program;
    }
}
