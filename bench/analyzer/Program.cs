using System.Globalization;
using ForkLint.AnalyzerSpeed;

// The analyzers' speed, by the compiler's own report. Two tables:
//   1. a project of 100 000 lines, without a spawn and with some, against the SDK's default analyzers and CA2000;
//   2. one method of 1 000 to 10 000 statements, which must take linear time.
// On an idle machine:  dotnet run -c Release --project bench/analyzer [LINES]
var lines = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
var folder = Directory.CreateTempSubdirectory("forklint-bench-").FullName;
var analyzer = Path.Combine(AppContext.BaseDirectory, "analyzers", "ForkLint.Analyzers.dll");
try
{
    Projects();
    Methods();
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Projects()
{
    Console.WriteLine("| project | lines | ForkLint (s) | SDK's default analyzers (s) | ForkLint / SDK | CA2000 (s) |");
    Console.WriteLine("|---|---|---|---|---|---|");
    foreach (var (name, spawnEvery) in new[] { ("nothing spawns", 0), ("every 20th class spawns", 20) })
    {
        var project = Path.Combine(folder, name.Replace(' ', '-'));
        var written = SourceGenerator.WriteProject(project, lines, spawnEvery);
        WriteProjectFile(project);
        var plain = CompilerReport.Build(project);

        // In a build of its own: where it is on, other rules reuse what it computed.
        File.WriteAllText(Path.Combine(project, ".globalconfig"), "is_global = true\ndotnet_diagnostic.CA2000.severity = warning\n");
        var withDispose = CompilerReport.Build(project);

        var ours = Sum(plain, time => time.Assembly == "ForkLint.Analyzers");
        var sdk = Sum(plain, time => time.Assembly.Contains("NetAnalyzers", StringComparison.Ordinal));
        var dispose = Sum(withDispose, time => time.Name.Contains("CA2000", StringComparison.Ordinal));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {written} | {ours:F3} | {sdk:F3} | {(sdk == 0 ? 0 : ours / sdk):P2} | {dispose:F3} |"));
        foreach (var time in plain.Where(time => time.Assembly == "ForkLint.Analyzers").OrderByDescending(time => time.Seconds))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {time.Seconds:F3} {time.Name}"));
        }
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

// The settings of this repository are not those of the projects: they stand outside of it.
void WriteProjectFile(string project) => File.WriteAllText(Path.Combine(project, "Generated.csproj"), $"""
    <Project Sdk="Microsoft.NET.Sdk">
      <PropertyGroup>
        <TargetFramework>net10.0</TargetFramework>
        <Nullable>enable</Nullable>
        <ImplicitUsings>enable</ImplicitUsings>
      </PropertyGroup>
      <ItemGroup>
        <Analyzer Include="{analyzer}" />
      </ItemGroup>
    </Project>
    """);

static double Sum(IReadOnlyList<AnalyzerTime> times, Func<AnalyzerTime, bool> isCounted) => times.Where(isCounted).Sum(time => time.Seconds);
