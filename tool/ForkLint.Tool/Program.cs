using System.Globalization;
using ForkLint.Heap.Isolation;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Commands;
using ForkLint.Tool.Live;
using ForkLint.Tool.Otlp;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool;

/// <summary>The entry of the program that a .NET runtime runs.</summary>
internal static class Program
{
    /// <summary>Runs one command line; returns its exit code.</summary>
    internal static int Main(string[] args)
    {
        if (OperatingSystem.IsLinux())
        {
            // Not a command for users: no command line is parsed for it, and it must be ready before the copy is.
            if (args is [HeapReading.ReaderName, var descriptor] && int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                HeapReaderService.Run(number);
            }

            NativeProgram.HandOver(args);
            return Application.Run(args, new ManagedParts(static collector => new OtlpPush(collector), static () => new LiveView()));
        }

        ErrorLine.Write("this tool reads what the Linux kernel says about processes and forks them there, and this is not Linux", "run it on the Linux machine, in the container, or in WSL");
        return (int)ExitReason.MeasurementFailed;
    }
}
