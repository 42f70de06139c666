using System.Reflection;

namespace ForkLint.TrialFork;

/// <summary>The agent's two files beside the tool.</summary>
/// <param name="ShimPath">The shim: what the application loads by path.</param>
/// <param name="PayloadPath">The payload: sent as bytes.</param>
internal sealed record AgentFiles(string ShimPath, string PayloadPath)
{
    /// <summary>Finds them.</summary>
    /// <param name="folder">Another build's folder, whose shim has a name of its own; null: the one installed with this assembly.</param>
    /// <exception cref="MeasureException">The installation is incomplete.</exception>
    public static AgentFiles Find(string? folder)
    {
        string name = typeof(AgentFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static data => data.Key == "ForkLintShimName").Value! + ".dll";
        string? other = folder != null && Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "ForkLint.Shim.*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        folder ??= Path.Combine(AppContext.BaseDirectory, "agent");
        var files = new AgentFiles(Path.GetFullPath(Path.Combine(folder, other ?? name)), Path.GetFullPath(Path.Combine(folder, "ForkLint.Agent.dll")));
        const string advice = "install the tool again: dotnet tool update -g ForkLint.Tool";
        if (!File.Exists(files.ShimPath) || !File.Exists(files.PayloadPath))
        {
            throw new MeasureException(ExitReason.MeasurementFailed, $"the agent's files are not in {folder}", advice);
        }

        // Other bytes under the name that an application already knows would end it.
        return ContentName.Covers(Path.GetFileNameWithoutExtension(files.ShimPath), File.ReadAllBytes(files.ShimPath))
            ? files
            : throw new MeasureException(ExitReason.RefusedForSafety, $"{files.ShimPath} is not what its name says: it was changed after it was built", advice);
    }
}
