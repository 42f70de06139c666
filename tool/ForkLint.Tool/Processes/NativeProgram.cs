using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Linux;
using ForkLint.Tool.Commands;
using ForkLint.Tool.Interop;

namespace ForkLint.Tool.Processes;

/// <summary>
/// The command line compiled ahead of time (ForkLint.Native), which the package holds for x64 Linux beside what a .NET runtime runs. It is the same code, with a
/// ninth of the commit charge and a third of the resident memory. A runtime that was started hands over to it first of all: the process stays the same one, with its terminal, its environment and its parent.
/// </summary>
internal static unsafe class NativeProgram
{
    /// <summary>Set to 0, it makes the runtime run the tool itself.</summary>
    public const string Switch = "FORKLINT_NATIVE";

    /// <summary>Where the program that was handed over finds the one that did: to start it again for what only a runtime can run.</summary>
    private const string OriginVariable = "FORKLINT_ORIGIN";

    /// <summary>The linker binds the program to this version of glibc, or an older one.</summary>
    private const int OldestGlibcMinor = 34;

    private const int BrokenPipe = 13;

    /// <summary>Whether this process is that program.</summary>
    public static bool IsThis { get; } = !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The program that handed over to this one; null where this one was started itself.</summary>
    public static string? Origin { get; private set; }

    private static string Path => AppContext.BaseDirectory + "native/dotnet-forklint";

    /// <summary>What the program does first: it lies in a folder of the tool's, and what it uses beside it lies in the tool's.</summary>
    public static void Begin()
    {
        AppContext.SetData("APP_CONTEXT_BASE_DIRECTORY", System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..")) + "/");
        Origin = Environment.GetEnvironmentVariable(OriginVariable);

        // What this process starts is not told.
        Environment.SetEnvironmentVariable(OriginVariable, null);
    }

    /// <summary>Becomes the program. It returns only where there is none, where it cannot run here, or where a runtime is needed.</summary>
    public static void HandOver(string[] args)
    {
        if (NeedsRuntime(args) || Environment.GetEnvironmentVariable(Switch) == "0" || !File.Exists(Path) || !IsGlibcNewEnough())
        {
            return;
        }

        // Null-terminated, and never freed: either this process becomes another one, or it ends soon.
        byte** arguments = (byte**)NativeMemory.AllocZeroed((nuint)(args.Length + 2), (nuint)sizeof(byte*));
        arguments[0] = Text("dotnet-forklint");
        for (var index = 0; index < args.Length; index++)
        {
            arguments[index + 1] = Text(args[index]);
        }

        DeleteSocket();
        _ = Libc.SetEnvironment(OriginVariable, Environment.ProcessPath ?? "", 1);

        // The runtime ignores it, and what is ignored stays so: a command that 'measure' starts would not end with its reader.
        _ = Libc.SetSignalHandler(BrokenPipe, 0);
        _ = Libc.Execute(Path, arguments);

        // It is for another system, say: then the runtime runs the tool.
        _ = Libc.UnsetEnvironment(OriginVariable);
        _ = Libc.SetSignalHandler(BrokenPipe, 1);
    }

    /// <summary>Whether a command line asks for what the program does not have: it holds no demo, no OpenTelemetry and no live view.</summary>
    private static bool NeedsRuntime(string[] args) =>
        args is [DemoTargetCommand.Name, ..] || (args is [WatchCommand.Name, ..] && !Console.IsOutputRedirected)
        || (args is [ExportCommand.Name, ..] && Array.Exists(args, static argument => argument.Split('=', ':')[0] == ExportCommand.OtlpOption));

    private static byte* Text(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    /// <summary>
    /// The socket and the pipes of the runtime's diagnostics, which it would delete at its end (runtime: ds-ipc-pal-socket.c, pal/src/thread/process.cpp). Left there,
    /// they would say that this process is a .NET application.
    /// </summary>
    private static void DeleteSocket()
    {
        if (new ProcessFiles(Environment.ProcessId).Stat().TryGet(out var stat))
        {
            var folder = Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } own ? own : "/tmp";
            var key = string.Create(CultureInfo.InvariantCulture, $"{stat.Pid}-{stat.StartTimeTicks}");
            foreach (var name in (ReadOnlySpan<string>)[$"dotnet-diagnostic-{key}-socket", $"clr-debug-pipe-{key}-in", $"clr-debug-pipe-{key}-out"])
            {
                _ = Libc.Unlink(System.IO.Path.Combine(folder, name));
            }
        }
    }

    private static bool IsGlibcNewEnough()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "gnu_get_libc_version", out var version))
        {
            return false;
        }

        var text = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)version)()) ?? "";
        return text.StartsWith("2.", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2).ToString().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && minor >= OldestGlibcMinor;
    }
}
