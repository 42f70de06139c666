using System.ComponentModel;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>
/// The tool itself got no memory: an allocation, a thread or a process was refused. The tool is used where memory is short, so this is an expected failure:
/// one line, whichever part of the framework failed first.
/// </summary>
internal static class MemoryShortage
{
    /// <summary>What the line says.</summary>
    public const string Message = "this tool itself got too little memory to finish";

    /// <summary>What to do.</summary>
    public const string Advice = "use --engine estimate or --no-heap, which need less, or free some memory";

    private const int ErrorOutOfMemory = 12;

    /// <summary>Whether a failure, or what caused it, is a refusal of memory.</summary>
    public static bool IsCauseOf(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            // Of an IOException, .NET on Unix keeps the errno as its result.
            if (cause is OutOfMemoryException or Win32Exception { NativeErrorCode: ErrorOutOfMemory } or IOException { HResult: ErrorOutOfMemory }
                || (cause is AggregateException several && several.InnerExceptions.Any(IsCauseOf)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes the line, and exit code 7, the end of a background thread, too. The runtime would print a stack trace and abort.</summary>
    public static void EndsEveryThread() => AppDomain.CurrentDomain.UnhandledException += static (_, unhandled) =>
    {
        if (unhandled.ExceptionObject is Exception failure && IsCauseOf(failure))
        {
            ErrorLine.Write(Message, Advice);
            Environment.Exit((int)ExitReason.MeasurementFailed);
        }
    };
}
