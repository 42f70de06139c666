using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ForkLint.TrialFork;

/// <summary>
/// A trimmed application may keep startup hooks and lack what the agent refers to: its runtime would end it. Its assemblies are read for each
/// type and member that shim and payload name.
/// </summary>
internal sealed class TrimmingCheck : IPreflightCheck
{
    private const string CoreLibrary = "/System.Private.CoreLib.dll";

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        string? core = subject.Maps.Select(static map => map.Path).FirstOrDefault(static path => path.EndsWith(CoreLibrary, StringComparison.Ordinal));

        // A shared framework is what its vendor built: nothing of it is trimmed for one application.
        if (core?.Contains("/shared/Microsoft.NETCore.App/", StringComparison.Ordinal) == true)
        {
            return null;
        }

        var target = subject.Target;
        string? missing;
        try
        {
            using var framework = core != null
                ? FrameworkAssemblies.InFolder(target.Files.PathOf("root") + Path.GetDirectoryName(core))
                : FrameworkAssemblies.InBundle(target.Files.PathOf("exe"));
            missing = framework == null ? "" : FirstMissing(framework, AgentFiles.Find(subject.Request.AgentFolder));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException)
        {
            missing = "";
        }

        return missing switch
        {
            null => null,
            "" when subject.Request.EnterUnproven => null,
            "" => Refused($"the assemblies of {target.Title} cannot be read, so that it is not known whether it has what the agent needs, or was trimmed"),
            _ => Refused($"{target.Title} was trimmed: it lacks {missing}, which the agent needs"),
        };
    }

    private static string? FirstMissing(FrameworkAssemblies framework, AgentFiles files)
    {
        var references = new References(framework);
        foreach (string path in new[] { files.ShimPath, files.PayloadPath })
        {
            using var image = new PEReader(File.OpenRead(path));
            if (references.FirstMissing(image.GetMetadataReader()) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }

    private static Refusal Refused(string message) => new(ExitReason.NotDotNet, message, "use --engine estimate");
}
