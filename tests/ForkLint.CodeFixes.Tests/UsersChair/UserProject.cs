namespace ForkLint.UsersChair;

/// <summary>A small program outside the repository that references the packed package.</summary>
internal sealed class UserProject
{
    private const string ProjectFile = "app.csproj";

    private readonly string _folder;

    private UserProject(string folder) => _folder = folder;

    /// <summary>Writes a console program of these files.</summary>
    public static UserProject Create(PackedPackage package, params (string Name, string Text)[] files)
    {
        var project = new UserProject(Path.Combine(package.Folder, "user-" + Path.GetRandomFileName()));
        Directory.CreateDirectory(project._folder);
        project.Write("nuget.config", package.NuGetConfiguration);
        project.Write(ProjectFile, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <RestorePackagesPath>{package.Cache}</RestorePackagesPath>
                <UseSharedCompilation>false</UseSharedCompilation>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ForkLint.Analyzers" Version="{package.Version}" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """);
        foreach (var (name, text) in files)
        {
            project.Write(name, text);
        }

        return project;
    }

    /// <summary>The text of a file.</summary>
    public string Read(string name) => File.ReadAllText(Path.Combine(_folder, name));

    /// <summary>Runs <c>dotnet</c> in the folder of the project. Returns what it printed, and fails the test where it failed.</summary>
    public async Task<string> Run(params string[] arguments) => (await DotNetCommand.Run(_folder, arguments).ConfigureAwait(false)).Succeeded();

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
