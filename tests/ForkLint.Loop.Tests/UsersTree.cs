using System.Diagnostics;
using System.Reflection;

namespace ForkLint.WholeLoop;

/// <summary>Samples in a source tree of their own, as a user has it: it knows nothing of this repository, and the tool is a command.</summary>
internal sealed class UsersTree : IDisposable
{
    /// <summary>Only bounds a hang: builds on a busy machine take their time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="more">Elements of the tree's Directory.Build.props, after what all samples have in common.</param>
    /// <param name="samples">The folders to copy.</param>
    public UsersTree(string more, params IEnumerable<string> samples)
    {
        Directory.CreateDirectory(this[".git"]);
        File.WriteAllText(this["Directory.Build.props"], $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <LangVersion>14.0</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
              </PropertyGroup>
              {more}
            </Project>
            """);
        foreach (var sample in samples)
        {
            Directory.CreateDirectory(this[sample]);
            foreach (var file in Directory.GetFiles(Path.Combine(SamplesFolder, sample)))
            {
                File.Copy(file, Path.Combine(this[sample], Path.GetFileName(file)));
            }
        }
    }

    /// <summary>The samples of this repository.</summary>
    public static string SamplesFolder { get; } = Metadata("SamplesFolder");

    /// <summary>What the tool hooks into a build: the analyzer and the properties that its package brings.</summary>
    public static string PackageFolder { get; } = Path.Combine(Path.GetDirectoryName(Metadata("Tool"))!, "injected");

    /// <summary>The tree's folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("forklint-loop-").FullName;

    /// <summary>The path of a file in the tree.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Runs the tool in the tree; it must succeed.</summary>
    public string Tool(params string[] arguments) => Run("dotnet", ["exec", Metadata("Tool"), .. arguments]);

    /// <summary>Packs the analyzer's package, as it is built, into a folder.</summary>
    public void Pack(string folder, string version) =>
        Run("dotnet", ["pack", Metadata("Package"), "--no-build", "-c", Metadata("Configuration"), "-o", folder, $"-p:PackageVersion={version}", "-nologo", "-nodeReuse:false"]);

    /// <summary>Builds a project or solution.</summary>
    public void Build(string path, params string[] options) => Run("dotnet", ["build", path, "-v:q", "-nologo", "-nodeReuse:false", .. options]);

    /// <summary>Starts a program and reads its output up to a line that begins so.</summary>
    public Process StartUntil(string line, string program, params string[] arguments)
    {
        var process = Start(this[program], arguments, isInteractive: true);
        while (process.StandardOutput.ReadLine() is { } read)
        {
            if (read.StartsWith(line, StringComparison.Ordinal))
            {
                return process;
            }
        }

        Assert.Fail($"{program} ended without '{line}': {process.StandardError.ReadToEnd()}");
        return process;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Run(string program, string[] arguments)
    {
        using var process = Start(program, arguments, isInteractive: false);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output.GetAwaiter().GetResult()}{error.GetAwaiter().GetResult()}");
        return output.GetAwaiter().GetResult();
    }

    private Process Start(string program, string[] arguments, bool isInteractive)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = isInteractive,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The build under test must not see the build that runs the tests, and must leave no process behind.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start)!;
    }

    private static string Metadata(string key) =>
        typeof(UsersTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
