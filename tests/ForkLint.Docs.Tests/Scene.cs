using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ForkLint.Docs.Tests;

/// <summary>
/// A user's folder with the project App, which holds memory and forks, its solutions App and Shop, and a running process Shop.Api,
/// whose pid the pages call 4242.
/// </summary>
internal sealed partial class Scene : IDisposable
{
    private readonly InstalledTool _tool;
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-scene-").FullName;
    private readonly Process _shop;

    public Scene(InstalledTool tool)
    {
        _tool = tool;
        Write("Directory.Build.props", "<Project />");
        Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
            </Project>
            """);
        Write("App/Program.cs", """
            using System.Runtime.InteropServices;

            public static class Catalog
            {
                public static readonly byte[] Pictures = new byte[100_000_000];

                [DllImport("libc")]
                private static extern int fork();

                public static void Main(string[] arguments)
                {
                    if (arguments.Length > 0) { fork(); }
                    Console.WriteLine("ready");
                    Thread.Sleep(Timeout.Infinite);
                }
            }
            """);
        foreach (var name in new[] { "App", "Shop" })
        {
            Write($"{name}.slnx", "<Solution><Project Path=\"App/App.csproj\" /></Solution>");
        }

        Succeed("dotnet build App/App.csproj -o shop -v q --nologo -p:AssemblyName=Shop.Api -p:IntermediateOutputPath=obj/shop/ -nodeReuse:false && dotnet build App/App.csproj -o build -v q --nologo -nodeReuse:false");
        _shop = Command.Start(Path.Combine(_folder, "shop", "Shop.Api"), []);
        Assert.Equal("ready", _shop.StandardOutput.ReadLine());
    }

    /// <summary>What the next page finds: no file that the last one's commands wrote, but those that the pages take for given.</summary>
    public void Reset()
    {
        foreach (var file in Directory.GetFiles(_folder).Where(file => Path.GetExtension(file) is ".sarif" or ".json" or ".txt" or ".md"))
        {
            File.Delete(file);
        }

        Write("sizes.txt", "F:Catalog.Pictures; 100000024\n");
        Write("trace.json", """{ "spawns": [ { "members": ["M:Catalog.Print"], "program": "/usr/bin/lpr", "peakResidentBytes": 9000000 } ] }""");
        Succeed("dotnet-forklint check App/App.csproj --format sarif --output findings.sarif");
        Succeed("dotnet-forklint measure 4242 --output cost.json");
        Succeed("dotnet-forklint gate --measurement cost.json --update-baseline");
    }

    /// <summary>Runs a command as the page prints it.</summary>
    public CommandResult Run(string command)
    {
        var here = command;
        here = Pid().Replace(here, _shop.Id.ToString(CultureInfo.InvariantCulture));

        // Commands name what is there in different ways: by the project's own folder, by a solution of one form or the other.
        here = here.Replace("Shop.sln", "Shop.slnx", StringComparison.Ordinal).Replace("App.sln", "App.slnx", StringComparison.Ordinal)
            .Replace("-- dotnet Shop.Api.dll", "-- dotnet shop/Shop.Api.dll", StringComparison.Ordinal);
        here = Sample().Replace(here, $"{Repository.Root}/samples/");
        here = here is "dotnet-forklint check" || here.StartsWith("dotnet-forklint check --", StringComparison.Ordinal) || here.StartsWith("dotnet build --no-incremental", StringComparison.Ordinal) ? $"cd App; {here}" : here.Replace(" App.csproj", " App/App.csproj", StringComparison.Ordinal);
        return Shell(here);
    }

    public void Dispose()
    {
        _shop.Kill();
        _shop.WaitForExit();
        _shop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Succeed(string command)
    {
        var result = Shell(_shop is null ? command : Pid().Replace(command, _shop.Id.ToString(CultureInfo.InvariantCulture)));
        Assert.True(result.ExitCode == 0, $"{command}\n{result}");
    }

    private CommandResult Shell(string command) => Command.Run("bash", ["-c", $"cd '{_folder}'; {command}"], new Dictionary<string, string?>
    {
        ["PATH"] = $"{Path.GetDirectoryName(_tool.Executable)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    });

    private void Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    [GeneratedRegex(@"\b4242\b", RegexOptions.CultureInvariant)]
    private static partial Regex Pid();

    [GeneratedRegex(@"(?<= )samples/", RegexOptions.CultureInvariant)]
    private static partial Regex Sample();
}
