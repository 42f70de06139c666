using System.Globalization;
using System.Text;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Processes;

/// <summary>
/// Whether <c>ps</c> lists a process as .NET, seen as cheaply as it can be: it looks at every process of the machine, and nearly
/// all of them do not. The thorough look at one process is <see cref="DotNetProbe"/>'s.
/// </summary>
internal static class RuntimeSight
{
    private const string SocketPrefix = "dotnet-diagnostic-";

    /// <summary>What tells in the text of <c>maps</c>: CoreCLR, its double-mapped code where a single file holds it, Mono.</summary>
    private static readonly byte[][] Marks = ["/libcoreclr.so"u8.ToArray(), "doublemapper"u8.ToArray(), "/libmono"u8.ToArray()];

    /// <summary>
    /// The processes that have a diagnostics socket in the temporary folder of this tool's own mount namespace, where all users may
    /// see it. Its name holds id and start time (runtime: ds-ipc-pal-socket.c): a process of another pid namespace has an id
    /// that means another process here, and a process that was killed leaves its socket behind.
    /// </summary>
    /// <param name="folder">The temporary folder.</param>
    public static HashSet<ProcessIdentity> WithSocket(string folder = "/tmp")
    {
        var found = new HashSet<ProcessIdentity>();
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, SocketPrefix + "*-socket"))
            {
                if (Path.GetFileName(path).Split('-') is [_, _, var pid, var start, _]
                    && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
                {
                    found.Add(new ProcessIdentity(number, ticks));
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // No /tmp, or none that may be listed: the mappings tell as well.
        }

        return found;
    }

    /// <summary>Looks at one process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="withSocket">Who has a diagnostics socket.</param>
    /// <param name="version">The runtime's version where it could be told.</param>
    /// <returns>Whether it runs .NET. A process that may not be looked at runs .NET if it has the socket.</returns>
    public static bool IsDotNet(ProcessFiles process, HashSet<ProcessIdentity> withSocket, out string? version)
    {
        version = null;
        var maps = ReadMaps(process, out var isRefused);
        if (maps is null)
        {
            return isRefused && HasSocket(process, withSocket);
        }

        var mark = Array.FindIndex(Marks, mark => maps.AsSpan().IndexOf(mark) >= 0);
        if (mark < 0 && !HasSocket(process, withSocket) && !DotNetProbe.IsNativeAot(process))
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

    private static bool HasSocket(ProcessFiles process, HashSet<ProcessIdentity> withSocket) =>
        process.Stat().TryGet(out var stat) && withSocket.Contains(new ProcessIdentity(stat.Pid, stat.StartTimeTicks));

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
