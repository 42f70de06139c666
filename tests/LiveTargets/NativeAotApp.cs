namespace ForkLint.LiveTargets;

/// <summary>The test application as a publish makes it that leaves out what it does not use.</summary>
public static class NativeAotApp
{
    /// <summary>
    /// A real NativeAOT program, published once and again when a source is newer: about 20 s. For .NET 8, whose compiler is linked with gcc alone.
    /// </summary>
    public static string Publish() => Publish("native-aot", "net8.0", ["-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc"]);

    /// <summary>A trimmed application that keeps startup hooks, with a runtime of its own.</summary>
    public static string PublishTrimmed() =>
        Publish("trimmed", "net10.0", ["--self-contained", "-p:PublishTrimmed=true", "-p:StartupHookSupport=true", "-p:SuppressTrimAnalysisWarnings=true"]);

    private static string Publish(string name, string framework, string[] options)
    {
        string targets = Path.Combine(TestApps.Root, "artifacts/targets");
        string folder = Path.Combine(targets, name);
        string program = Path.Combine(folder, "forklint-testapp");
        string sources = Path.Combine(TestApps.Root, "tests/TestApps");
        Directory.CreateDirectory(targets);
        using var others = TestApps.WaitForLock(folder + ".lock");
        var newest = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Max(File.GetLastWriteTimeUtc);
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < newest)
        {
            TestApps.Run("dotnet", ["publish", sources, "-f", framework, $"-p:TargetFrameworks={framework}", "-r", "linux-x64", "-c", "Release", .. options, "-o", folder, "--artifacts-path", folder + ".build", "--nologo", "-v", "q", "-nodeReuse:false"]);
        }

        return program;
    }
}
