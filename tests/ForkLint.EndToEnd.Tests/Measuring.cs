using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ForkLint.EndToEnd.Tests;

/// <summary>A run of the tool that is looked at, and interfered with, while it goes on.</summary>
internal sealed class Measuring : IDisposable
{
    /// <summary>Only bounds a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What it waits in: the number of <c>recvmsg</c> on x86-64, and on ARM.</summary>
    private static readonly string ReceiveMessage = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "47 " : "212 ";

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public Measuring(InstalledTool tool, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(tool.Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Pid => _process.Id;

    /// <summary>Waits for the process that is to read the heap, which the tool starts before anything else, and until that waits for work.</summary>
    public int Reader()
    {
        var reader = 0;
        Await(() => (reader = ChildrenOf(Pid).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).FirstOrDefault(IsReader)) != 0, "The tool started no heap reader.");
        return reader;
    }

    /// <summary>Stops that process, and waits until it has a child of the application to read.</summary>
    public int StopReaderInTheMiddle(int application)
    {
        var reader = Reader();
        Signal("STOP", reader);
        AwaitHeldChild(application);
        return reader;
    }

    public CommandResult Result()
    {
        Assert.True(_process.WaitForExit(Patience), "The tool did not end.");
        return new CommandResult(_process.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>Waits until a child of the application lives on: those of the trials are gone within milliseconds.</summary>
    private static void AwaitHeldChild(int application)
    {
        var last = "";
        Await(
            () =>
            {
                var now = ChildrenOf(application);
                var isHeld = now.Length > 0 && now == last;
                last = now;
                Thread.Sleep(300);
                return isHeld;
            },
            "No child was held.");
    }

    public static void Await(Func<bool> condition, string otherwise) => Assert.True(SpinWait.SpinUntil(() => Slept() && condition(), Patience), otherwise);

    /// <summary>At once: a program that sends it would take longer to start than some of what is to be stopped lasts.</summary>
    public static void Signal(string name, int pid)
    {
        // A process that is gone already is what some of them are for.
        _ = Send(pid, name switch { "INT" => 2, "KILL" => 9, "SEGV" => 11, "TERM" => 15, "CONT" => 18, "STOP" => 19, _ => throw new ArgumentException(name) });
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int pid, int signal);

    /// <summary>Makes a process crash, stopped or not. The runtime takes a signal from outside for one of its own once, so one may not do.</summary>
    public static void Crash(int pid) => Await(
        () =>
        {
            Signal("SEGV", pid);
            Signal("CONT", pid);
            return !Directory.Exists($"/proc/{pid}");
        },
        "It does not crash.");

    /// <summary>The process ids of the children of every thread.</summary>
    public static string ChildrenOf(int pid)
    {
        try
        {
            return string.Concat(Directory.GetDirectories($"/proc/{pid}/task").Select(static task => File.ReadAllText(task + "/children")));
        }
        catch (IOException)
        {
            // A thread or the process has ended since.
            return "";
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static bool IsReader(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("heap-reader", StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{pid}/syscall").StartsWith(ReceiveMessage, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Slept()
    {
        Thread.Sleep(5);
        return true;
    }
}
