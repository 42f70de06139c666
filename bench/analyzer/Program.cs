using System.Globalization;
using ForkLint.AnalyzerSpeed;

// The analyzers' speed, by the compiler's own report. Two tables:
//   1. a project of 100 000 lines, without a spawn and with some, against the SDK's default analyzers and CA2000, in a compiler that was
//      just started (a build server's) and in one that has built it before (a developer's);
//   2. one method of 1 000 to 10 000 statements, which must take linear time.
// On an idle machine:  dotnet run -c Release --project bench/analyzer [LINES] [none|spawning|methods]
var lines = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
var part = args.Length > 1 ? args[1] : null;
var folder = Directory.CreateTempSubdirectory("forklint-bench-").FullName;
var packages = Path.Combine(AppContext.BaseDirectory, "packages");
try
{
    if (part is null or "none" or "spawning")
    {
        Projects();
    }

    if (part is null or "methods")
    {
        Methods();
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Projects()
{
    Console.WriteLine("| project | lines | compiler | ForkLint (s) | SDK's default analyzers (s) | ForkLint / SDK | CA2000 (s) |");
    Console.WriteLine("|---|---|---|---|---|---|---|");
    foreach (var (key, name, spawnEvery) in new[] { ("none", "nothing spawns", 0), ("spawning", "every 20th class spawns", 20) })
    {
        if (part is not null && part != key)
        {
            continue;
        }

        var project = Path.Combine(folder, key);
        var written = SourceGenerator.WriteProject(project, lines, spawnEvery);
        WriteProjectFile(project);
        var cold = CompilerReport.Build(project);

        // A server of this run's own: nobody else's is warmed or ended, and it ends when nobody asks it any more.
        var server = Path.GetFileName(folder);
        CompilerReport.Build(project, server);
        File.AppendAllText(Path.Combine(project, "Class1.cs"), "// Edited.\n");
        var warm = CompilerReport.Build(project, server);

        // In a build of its own: where it is on, other rules reuse what it computed.
        File.WriteAllText(Path.Combine(project, ".globalconfig"), "is_global = true\ndotnet_diagnostic.CA2000.severity = warning\n");
        var withDispose = CompilerReport.Build(project);
        Row(name, written, "new", cold, Sum(withDispose, time => time.Name.Contains("CA2000", StringComparison.Ordinal)));
        Row(name, written, "warm", warm, null);
    }
}

void Row(string name, int written, string compiler, IReadOnlyList<AnalyzerTime> times, double? dispose)
{
    var ours = Sum(times, time => time.Assembly == "ForkLint.Analyzers");
    var sdk = Sum(times, time => time.Assembly.Contains("NetAnalyzers", StringComparison.Ordinal));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {written} | {compiler} | {ours:F3} | {sdk:F3} | {(sdk == 0 ? 0 : ours / sdk):P2} | {dispose:F3} |"));
    foreach (var time in times.Where(time => time.Assembly == "ForkLint.Analyzers").OrderByDescending(time => time.Seconds))
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {time.Seconds:F3} {time.Name}"));
    }
}

void Methods()
{
    Console.WriteLine();
    Console.WriteLine("| statements | ForkLint (s) | µs a statement |");
    Console.WriteLine("|---|---|---|");
    for (var statements = 1_000; statements <= 10_000; statements += statements < 2_000 ? 1_000 : 2_000)
    {
        var project = Path.Combine(folder, $"method-{statements}");
        SourceGenerator.WriteMethod(project, statements);
        WriteProjectFile(project);
        var ours = Sum(CompilerReport.Build(project), time => time.Assembly == "ForkLint.Analyzers");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {statements} | {ours:F3} | {ours / statements * 1e6:F1} |"));
    }
}

// The settings of this repository are not those of the projects: they stand outside of it, and take the package from where it was packed.
void WriteProjectFile(string project)
{
    File.WriteAllText(Path.Combine(project, "nuget.config"), $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="packed" value="{packages}" />
          </packageSources>
        </configuration>
        """);
    File.WriteAllText(Path.Combine(project, "Generated.csproj"), $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestorePackagesPath>{Path.Combine(folder, "cache")}</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="ForkLint.Analyzers" Version="0.0.0-bench" PrivateAssets="all" />
          </ItemGroup>
        </Project>
        """);
}

static double Sum(IReadOnlyList<AnalyzerTime> times, Func<AnalyzerTime, bool> isCounted) => times.Where(isCounted).Sum(time => time.Seconds);
