using System.Text;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Processes;

/// <summary>
/// Whether a process runs .NET, seen as cheaply as it can be: <c>ps</c> looks at every process of the machine, and nearly
/// all of them do not. The thorough look at one process is <see cref="DotNetProbe"/>'s.
/// </summary>
internal static class RuntimeSight
{
    private const string SocketPrefix = "dotnet-diagnostic-";

    /// <summary>What tells in the text of <c>maps</c>: CoreCLR, its double-mapped code where a single file holds it, Mono.</summary>
    private static readonly byte[][] Marks = ["/libcoreclr.so"u8.ToArray(), "doublemapper"u8.ToArray(), "/libmono"u8.ToArray()];

    /// <summary>The processes that have a diagnostics socket in the temporary folder of our own mount namespace: everybody may see those.</summary>
    public static HashSet<int> PidsWithSocket()
    {
        var pids = new HashSet<int>();
        try
        {
            foreach (var path in Directory.EnumerateFiles("/tmp", SocketPrefix + "*-socket"))
            {
                var name = Path.GetFileName(path.AsSpan())[SocketPrefix.Length..];
                var dash = name.IndexOf('-');
                if (dash > 0 && int.TryParse(name[..dash], out var pid))
                {
                    pids.Add(pid);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // No /tmp, or none that may be listed: the mappings tell as well.
        }

        return pids;
    }

    /// <summary>Looks at one process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="hasSocket">Whether a diagnostics socket bears its id. Its process may have died, and its id been given away.</param>
    /// <param name="version">The runtime's version where it could be told.</param>
    /// <returns>Whether it runs .NET. A process that may not be looked at runs .NET if it has the socket.</returns>
    public static bool IsDotNet(ProcessFiles process, bool hasSocket, out string? version)
    {
        version = null;
        var maps = ReadMaps(process, out var isRefused);
        if (maps is null)
        {
            return isRefused && hasSocket;
        }

        var mark = Array.FindIndex(Marks, mark => maps.AsSpan().IndexOf(mark) >= 0);
        if (mark < 0 && !hasSocket && !DotNetProbe.IsNativeAot(process))
        {
            return false;
        }

        if (mark == 0 && VersionOf(maps) is { } found)
        {
            version = found;
            return true;
        }

        return ProbeThoroughly(process.Pid, out version);
    }

    private static byte[]? ReadMaps(ProcessFiles process, out bool isRefused)
    {
        isRefused = false;
        try
        {
            // A kernel thread's is empty, and so is a zombie's.
            return File.ReadAllBytes(process.PathOf("maps")) is { Length: > 0 } text ? text : null;
        }
        catch (UnauthorizedAccessException)
        {
            isRefused = true;
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // ".../Microsoft.NETCore.App/10.0.12/libcoreclr.so": the folder is the version. A self-contained program has another folder.
    private static string? VersionOf(ReadOnlySpan<byte> maps)
    {
        var end = maps.IndexOf(Marks[0]);
        var start = maps[..end].LastIndexOf((byte)'/') + 1;
        var folder = Encoding.UTF8.GetString(maps[start..end]);
        return Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
    }

    private static bool ProbeThoroughly(int pid, out string? version)
    {
        version = null;
        try
        {
            var facts = DotNetProbe.Probe(pid);
            version = facts.RuntimeVersion;
            return facts.IsDotNet;
        }
        catch (MeasureException)
        {
            // It ended, or may not be read: not worth a line.
            return false;
        }
    }
}
