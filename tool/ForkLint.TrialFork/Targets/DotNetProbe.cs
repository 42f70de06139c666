using System.Globalization;
using System.Text.Json;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Tells .NET processes from others, and what can be done with them, without disturbing them: maps, environment, files.</summary>
public static class DotNetProbe
{
    private const string RuntimeLibrary = "/libcoreclr.so";
    private const int LargestConfigurationBytes = 1 << 20;

    /// <summary>Probes a process.</summary>
    /// <exception cref="MeasureException">It is gone or may not be read.</exception>
    public static DotNetFacts Probe(int pid)
    {
        var files = new ProcessFiles(pid);
        return Probe(files, Measurement.Require(files.Stat(), pid), Measurement.Require(files.Status(), pid));
    }

    /// <summary>Whether the program of a process was compiled ahead of time; cheap, and false where its file may not be read.</summary>
    public static bool IsNativeAot(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return ElfSections.HasSection(process.PathOf("exe"), "__managedcode");
    }

    /// <summary>How large the collector of a .NET process lets its heap become: its environment and its runtimeconfig.json are read, nothing else. Null where they may not be.</summary>
    public static CollectorLimit? Collector(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.Environment().TryGet(out var environment) ? CollectorLimit.Read(environment, RuntimeConfiguration(process, environment)) : null;
    }

    internal static DotNetFacts Probe(ProcessFiles files, ProcessStat stat, ProcessStatus status)
    {
        var maps = Measurement.Require(files.CoarseMaps(), files.Pid);
        var environment = Measurement.Require(files.Environment(), files.Pid);
        string folder = TemporaryFolder(environment);
        string? socket = FindSocket(files, folder, status.NamespacePids.Count > 0 ? status.NamespacePids[^1] : files.Pid, stat.StartTimeTicks);
        string? library = maps.Select(static map => map.Path).FirstOrDefault(static path => path.EndsWith(RuntimeLibrary, StringComparison.Ordinal));
        bool isMono = library == null && maps.Any(static map => map.Path.Contains("/libmono", StringComparison.Ordinal));

        // W^X maps its code twice through a memfd of this name; a single file holds the runtime itself and shows no libcoreclr.
        bool isSingleFile = library == null && maps.Any(static map => map.Path.Contains("doublemapper", StringComparison.Ordinal));
        bool isNativeAot = library == null && !isSingleFile && !isMono && IsNativeAot(files);

        // A socket of another start time proves nothing: an earlier process with this id may have left it.
        bool hasOwnSocket = socket?.EndsWith(string.Create(CultureInfo.InvariantCulture, $"-{stat.StartTimeTicks}-socket"), StringComparison.Ordinal) == true;
        bool isDotNet = library != null || isMono || isSingleFile || isNativeAot || hasOwnSocket;
        string? configuration = library == null ? null : RuntimeConfiguration(files, environment);
        return new DotNetFacts
        {
            IsDotNet = isDotNet,
            SocketName = isDotNet ? socket : null,
            TemporaryFolder = folder,
            IsNativeAot = isNativeAot,
            IsMono = isMono,
            DiagnosticsDisabledBy = SwitchedOff(environment, "EnableDiagnostics") ?? SwitchedOff(environment, "EnableDiagnostics_IPC"),
            TemporaryVariable = environment.GetValueOrDefault("TMPDIR"),
            StartupHooksDisabled = HasSwitch(configuration, "System.StartupHookProvider.IsSupported", isOn: false),
            RuntimeVersion = VersionOfFolder(library) ?? VersionOfConfiguration(configuration),
            IsServerGC = isDotNet ? HasServerThreads(files) : null,
            Collector = CollectorLimit.Read(environment, configuration),
        };
    }

    /// <summary>As the runtime's PAL finds it (GetTempPathA): TMPDIR as the program was started with, else /tmp.</summary>
    private static string TemporaryFolder(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("TMPDIR", out var folder) && folder.StartsWith('/') && folder.Length > 1
            ? folder.TrimEnd('/')
            : "/tmp";

    private static string? FindSocket(ProcessFiles files, string folder, int namespacePid, long startTime)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{namespacePid}-");
        string own = string.Create(CultureInfo.InvariantCulture, $"{prefix}{startTime}-socket");
        string directory = files.PathOf("root") + folder;
        try
        {
            if (File.Exists($"{directory}/{own}"))
            {
                return own;
            }

            // In a time namespace the target's clock differs from ours, so the name may carry another start time: the latest counts. Otherwise a socket
            // of another start time is what a killed process left that had this id before.
            return HasOurClock(files)
                ? null
                : Directory.EnumerateFiles(directory, prefix + "*-socket").Select(Path.GetFileName).OrderBy(static name => name!.Length).ThenBy(static name => name, StringComparer.Ordinal).LastOrDefault();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether it is in our time namespace, as the links of /proc say; false where that cannot be seen. Kernels without such namespaces have no link.</summary>
    private static bool HasOurClock(ProcessFiles files) =>
        Namespaces.IsSame(files, NamespaceKind.Time) is { IsOk: true } same ? same.Value : !File.Exists("/proc/self/ns/time");

    /// <summary>The runtime reads these as hexadecimal numbers, with or without 0x, and DOTNET_ before COMPlus_ (clrconfignative).</summary>
    private static string? SwitchedOff(IReadOnlyDictionary<string, string> environment, string name)
    {
        foreach (string prefix in new[] { "DOTNET_", "COMPlus_" })
        {
            if (environment.TryGetValue(prefix + name, out var value))
            {
                return IsZero(value) ? $"{prefix}{name}={value}" : null;
            }
        }

        return null;
    }

    private static bool IsZero(string value)
    {
        string digits = value.Trim();
        digits = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number) && number == 0;
    }

    /// <summary>".../Microsoft.NETCore.App/10.0.12/libcoreclr.so": the folder is the version.</summary>
    private static string? VersionOfFolder(string? library)
    {
        string? folder = Path.GetFileName(Path.GetDirectoryName(library));
        return folder != null && Version.TryParse(folder.Split('-')[0], out _) ? folder : null;
    }

    /// <summary>A self-contained program names the framework it includes in its runtimeconfig.json.</summary>
    private static string? VersionOfConfiguration(string? configuration)
    {
        if (configuration == null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(configuration);
            var options = document.RootElement.GetProperty("runtimeOptions");
            foreach (string list in new[] { "includedFrameworks", "frameworks" })
            {
                if (options.TryGetProperty(list, out var frameworks))
                {
                    foreach (var framework in frameworks.EnumerateArray())
                    {
                        if (framework.GetProperty("name").GetString() == "Microsoft.NETCore.App")
                        {
                            return framework.GetProperty("version").GetString();
                        }
                    }
                }
            }

            return null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool HasSwitch(string? configuration, string name, bool isOn)
    {
        if (configuration == null)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(configuration);
            return document.RootElement.TryGetProperty("runtimeOptions", out var options)
                && options.TryGetProperty("configProperties", out var properties)
                && properties.TryGetProperty(name, out var value)
                && value.ValueKind == (isOn ? JsonValueKind.True : JsonValueKind.False);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The text of the program's runtimeconfig.json; null where it cannot be found.</summary>
    private static string? RuntimeConfiguration(ProcessFiles files, IReadOnlyDictionary<string, string> environment)
    {
        if (!files.ExecutablePath().TryGet(out var program) || !files.CommandLine().TryGet(out var arguments))
        {
            return null;
        }

        // "dotnet App.dll": the program is the first argument that is one. Otherwise the executable is the program's own host.
        string? entry = Path.GetFileName(program) == "dotnet"
            ? arguments.Skip(1).FirstOrDefault(static argument => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            : program + ".dll";
        if (entry == null)
        {
            return null;
        }

        string root = files.PathOf("root");
        string file = Path.IsPathRooted(entry)
            ? root + Path.ChangeExtension(entry, ".runtimeconfig.json")
            : Path.Combine(files.PathOf("cwd"), Path.ChangeExtension(entry, ".runtimeconfig.json"));
        return SmallFile.ReadText(file, LargestConfigurationBytes);
    }

    /// <summary>The server GC names its threads (gc.cpp, gc_thread_function: ".NET Server GC"); the kernel keeps 15 characters.</summary>
    private static bool? HasServerThreads(ProcessFiles files) =>
        files.Threads().TryGet(out var threads)
            ? threads.Any(thread => ReadThreadName(files, thread).StartsWith(".NET Server GC", StringComparison.Ordinal))
            : null;

    internal static string ReadThreadName(ProcessFiles files, int thread)
    {
        try
        {
            return File.ReadAllText(files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/comm"))).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
