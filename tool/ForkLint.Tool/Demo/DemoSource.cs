using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Output;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Demo;

/// <summary>What the analyzer finds in the source of the demo's program.</summary>
/// <param name="Findings">The findings; null where the source could not be checked.</param>
/// <param name="Text">What <c>check</c> prints, or why there is nothing.</param>
internal sealed record DemoSource(IReadOnlyList<Finding>? Findings, string Text)
{
    private static readonly string[] Files = ["DemoProgram.cs", "DemoHoldings.cs"];

    /// <summary>
    /// Checks the source as <c>check</c> checks any project: the files that this tool was compiled from, in a folder of their own.
    /// </summary>
    /// <param name="style">How the text is to look.</param>
    /// <param name="cancellation">Ends the build.</param>
    public static DemoSource Check(TextStyle style, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("forklint-demo-").FullName;
        try
        {
            if (SdkFramework(folder) is not { } framework)
            {
                return new DemoSource(null, "(left out: no .NET SDK on the PATH to compile it with)\n");
            }

            WriteProject(folder, framework);
            var result = Checker.Run(ProjectSet.Find(Path.Combine(folder, "Demo.csproj")), new SourceRoot(folder), new BuildSettings(), cancellation);
            return new DemoSource([.. result.Active], FindingText.Render(result, style));
        }
        catch (Exception failure) when (failure is BuildFailedException or MissingResultException)
        {
            var detail = failure is BuildFailedException { Lines: [var first, ..] } ? ": " + first : "";
            return new DemoSource(null, $"(left out: {NeutralText.Terminal(failure.Message + detail)})\n");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The framework of the SDK that builds here, which needs nothing to be downloaded; null without an SDK.</summary>
    private static string? SdkFramework(string folder)
    {
        try
        {
            var start = new ProcessStartInfo("dotnet", ["--version"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var version = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? $"net{major.ToString(CultureInfo.InvariantCulture)}.0" : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static void WriteProject(string folder, string framework)
    {
        // Nothing that lies in a folder above has a say, and nothing is fetched: an apphost may be a package.
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(folder, name), "<Project />");
        }

        File.WriteAllText(Path.Combine(folder, "Demo.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>{framework}</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, ".editorconfig"), "root = true\n");
        foreach (var name in Files)
        {
            using var source = typeof(DemoSource).Assembly.GetManifestResourceStream(name)!;
            using var file = File.Create(Path.Combine(folder, name));
            source.CopyTo(file);
        }
    }
}
