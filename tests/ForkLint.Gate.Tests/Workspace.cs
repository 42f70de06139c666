using System.Security.Cryptography;

namespace ForkLint.Gate.Tests;

/// <summary>A user's source tree: projects that the tests write, build and check.</summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>A line of an additional file that the analyzer cannot read: FORK000, at that line, in every build of the project.</summary>
    public const string UnreadableList = "M:App.Shell.Run\nnot an identifier at all\n";

    private readonly TemporaryFolder _folder = new();

    public Workspace()
    {
        // Tests run inside of a work tree of their own; a user's tree knows nothing of it.
        _folder.Write("Directory.Build.props", "<Project />");
        Directory.CreateDirectory(_folder[".git"]);
    }

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    public Workspace Write(string name, string text)
    {
        _folder.Write(name, text);
        return this;
    }

    /// <summary>Writes a project with a class that does nothing wrong and a list that cannot be read.</summary>
    public Workspace Project(string name, string properties, string items = "", string attributes = "Sdk=\"Microsoft.NET.Sdk\"")
    {
        Write($"{name}/{name}.csproj", $"<Project {attributes}>\n  <PropertyGroup>{properties}</PropertyGroup>\n  <ItemGroup>{items}</ItemGroup>\n</Project>\n");
        Write($"{name}/{name}.cs", $"namespace {name}\n{{\n    /// <summary>Text.</summary>\n    public static class Shell{name}\n    {{\n        /// <summary>Text.</summary>\n        public static int Run() {{ return 1; }}\n    }}\n}}\n");
        return Write($"{name}/ForkLint.Spawns.txt", UnreadableList);
    }

    public CliResult DotNet(params string[] arguments) => Cli.Run(Path, null, "dotnet", arguments);

    public CliResult Check(params string[] arguments) => Cli.Run(Path, ["check", .. arguments]);

    /// <summary>Every file with the hash of its contents and the time it was written.</summary>
    public string[] Snapshot() =>
    [
        .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Select(file => $"{System.IO.Path.GetRelativePath(Path, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))} {File.GetLastWriteTimeUtc(file):O}")
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _folder.Dispose();
}
