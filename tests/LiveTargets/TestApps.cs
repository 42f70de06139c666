using System.Diagnostics;

namespace ForkLint.LiveTargets;

/// <summary>Where the builds of the test applications are.</summary>
public static class TestApps
{
    private static readonly Lock Publishing = new();

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The build for the framework that runs the tests; the test project builds it.</summary>
    public static string FrameworkDependent { get; } = Path.Combine(
        Root,
        "tests/TestApps/bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0/forklint-testapp.dll");

    /// <summary>A self-contained build for another framework, published once and again when a source is newer.</summary>
    public static string SelfContained(string framework) => SelfContained(framework, "TestApps", "forklint-testapp");

    /// <summary>The same of another program of the tests.</summary>
    /// <param name="framework">The framework's short name, such as net8.0.</param>
    /// <param name="project">The project's folder below tests.</param>
    /// <param name="assembly">The name of its program.</param>
    public static string SelfContained(string framework, string project, string assembly)
    {
        string folder = Path.Combine(Root, "artifacts/targets", $"{assembly}-{framework}");
        string program = Path.Combine(folder, assembly);
        string sources = Path.Combine(Root, "tests", project);
        lock (Publishing)
        {
            // Other test projects publish the same program.
            Directory.CreateDirectory(Path.Combine(Root, "artifacts/targets"));
            using var others = WaitForLock(folder + ".lock");
            var newest = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
                .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal))
                .Max(File.GetLastWriteTimeUtc);
            if (!File.Exists(program) || File.GetLastWriteTimeUtc(Path.Combine(folder, assembly + ".dll")) < newest)
            {
                Run("dotnet", ["publish", sources, "-f", framework, "-r", "linux-x64", "--self-contained", "-c", "Release", "-o", folder, "--artifacts-path", folder + ".build", "--nologo", "-v", "q", "-nodeReuse:false"]);
            }
        }

        return program;
    }

    internal static FileStream WaitForLock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    internal static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}{error.Result}");
        }
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ForkLint.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository was not found above the tests");
        }

        return folder;
    }
}
