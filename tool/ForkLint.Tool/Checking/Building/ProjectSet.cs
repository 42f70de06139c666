using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ForkLint.Linux.Files;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Building;

/// <summary>What <c>check</c> was pointed at: what to build, and the C# projects in it that are to be analysed.</summary>
/// <param name="BuildFile">The absolute path of the project or solution.</param>
/// <param name="Projects">The absolute paths of its C# projects; none where its build alone knows them.</param>
internal sealed partial record ProjectSet(string BuildFile, IReadOnlyList<string> Projects)
{
    private const string ProjectExtension = ".csproj";
    private const long MaximumFileBytes = 16 << 20;

    /// <summary>What 'dotnet build' finds in a folder.</summary>
    private static readonly string[] BuildExtensions = [ProjectExtension, TraversalExtension, ".sln", ".slnx", ".slnf"];

    /// <summary>A project that builds others, by whatever targets it has (dirs.proj).</summary>
    private const string TraversalExtension = ".proj";

    /// <summary>A file-based app of .NET SDK 10. Its project exists in memory alone, as App.cs.csproj or, in the first versions, App.csproj.</summary>
    private const string SourceExtension = ".cs";

    /// <summary>The name without its extension, for people and for the log's category.</summary>
    public string Name => Path.GetFileNameWithoutExtension(BuildFile);

    /// <summary>Whether it is a solution, which may leave projects out of its build.</summary>
    public bool IsSolution => Path.GetExtension(BuildFile).ToLowerInvariant() is not (ProjectExtension or SourceExtension);

    /// <summary>Whether its project has one of the names in <see cref="Projects"/>, and not each of them a project.</summary>
    public bool HasOneOfSeveralNames => Path.GetExtension(BuildFile).Equals(SourceExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether every C# project that the build compiles is meant, because the file does not list them.</summary>
    public bool IsWholeBuild => Projects.Count == 0;

    /// <summary>Finds the project or solution.</summary>
    /// <param name="path">A project, a solution, a solution filter, or a folder that holds exactly one of them.</param>
    /// <exception cref="UnreadableInputException">There is none, there are several, or it cannot be read.</exception>
    public static ProjectSet Find(string path)
    {
        var file = Path.GetFullPath(path);
        if (Directory.Exists(file))
        {
            file = OnlyBuildFile(file);
        }

        var kind = FileNature.Of(file);
        if (kind != FileKind.Regular)
        {
            throw new UnreadableInputException(kind == FileKind.Missing ? $"the project or solution {path} does not exist" : $"{path} is {FileNature.Describe(kind)}, not a project or a solution");
        }

        List<string> projects = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ProjectExtension => [file],
            SourceExtension => [file + ProjectExtension, Path.ChangeExtension(file, ProjectExtension)],
            TraversalExtension => [],
            ".sln" => Resolve(file, ReadSolution(ReadText(file))),
            ".slnx" => Resolve(file, ReadXmlSolution(file)),
            ".slnf" => ReadFilter(file),
            var other => throw new UnreadableInputException($"{path} is not a C# project or a solution ('{other}')", "give a .csproj, .sln, .slnx, .slnf or .proj file, or the .cs file of a file-based app"),
        };
        return projects.Count > 0 || Path.GetExtension(file).Equals(TraversalExtension, StringComparison.OrdinalIgnoreCase) ? new ProjectSet(file, projects) : throw new UnreadableInputException($"{path} holds no C# project");
    }

    /// <summary>The C# projects that a classic solution lists, as it writes them.</summary>
    public static IEnumerable<string> ReadSolution(string text) =>
        SolutionProject().Matches(text).Select(match => match.Groups["path"].Value).Where(IsProject);

    private static string OnlyBuildFile(string folder)
    {
        // Several are what 'dotnet build' would refuse, too: it cannot know which is meant.
        var candidates = Directory.EnumerateFiles(folder).Where(file => BuildExtensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal).ToArray();
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new UnreadableInputException($"{folder} contains neither a project nor a solution", "name one"),
            _ => throw new UnreadableInputException($"{folder} contains several projects and solutions: {string.Join(", ", candidates.Select(Path.GetFileName))}", "name one"),
        };
    }

    private static IEnumerable<string> ReadXmlSolution(string file)
    {
        try
        {
            return [.. XDocument.Parse(ReadText(file)).Descendants("Project").Select(project => (string?)project.Attribute("Path") ?? "").Where(IsProject)];
        }
        catch (XmlException exception)
        {
            throw new UnreadableInputException($"{file} is not a valid solution: {exception.Message.TrimEnd('.')}");
        }
    }

    private static List<string> ReadFilter(string file)
    {
        using var document = InputFile.ReadJson(file, MaximumFileBytes);
        try
        {
            var solution = document.RootElement.GetProperty("solution");
            var path = Native(solution.GetProperty("path").GetString()!);

            // The filter's projects are relative to the solution that it filters.
            var origin = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path));
            return Resolve(origin, solution.GetProperty("projects").EnumerateArray().Select(project => project.GetString()!).Where(IsProject));
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or ArgumentNullException or NullReferenceException)
        {
            throw new UnreadableInputException($"{file} is not a valid solution filter");
        }
    }

    private static List<string> Resolve(string solution, IEnumerable<string> projects)
    {
        var folder = Path.GetDirectoryName(solution)!;
        return [.. projects.Select(project => Path.GetFullPath(Path.Combine(folder, Native(project)))).Distinct(StringComparer.Ordinal)];
    }

    private static string ReadText(string file)
    {
        return InputFile.ReadText(file, MaximumFileBytes);
    }

    private static bool IsProject(string path) => path.EndsWith(ProjectExtension, StringComparison.OrdinalIgnoreCase);

    private static string Native(string path) => path.Replace('\\', Path.DirectorySeparatorChar);

    [GeneratedRegex("""^Project\("\{[0-9A-Fa-f-]+\}"\)\s*=\s*"[^"]*",\s*"(?<path>[^"]+)"\s*,""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex SolutionProject();
}
