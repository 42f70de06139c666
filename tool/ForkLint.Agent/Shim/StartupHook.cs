using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using ForkLint.Agent.Shim;

// The same in every build: what differs is the name (see Naming.targets).
[assembly: AssemblyVersion("1.0.0.0")]

/// <summary>
/// What the runtime calls when the hook is applied to the running application. The name, the missing namespace and
/// <see cref="Initialize"/> are the runtime's contract (dotnet/runtime docs/design/features/host-startup-hook.md).
/// </summary>
/// <remarks>
/// An exception that leaves <see cref="Initialize"/> aborts the application on .NET 9 and 10, so no path lets one out.
/// The call runs on the runtime's only diagnostics thread, so it starts a thread and returns.
/// </remarks>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for this type without a namespace.")]
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing may reach the application.")]
[SuppressMessage("Style", "IDE0130", Justification = "The runtime looks for this type without a namespace.")]
internal static class StartupHook
{
    /// <summary>A thread of the default size would add 8 MB of commit charge to what is measured.</summary>
    private const int StackBytes = 256 * 1024;

    /// <summary>Starts the agent's thread and returns at once. Never throws.</summary>
    /// <remarks>
    /// It refers to nothing itself: what a trimmed runtime lacks is missed when <see cref="Start"/> is compiled, inside of the try.
    /// </remarks>
    public static void Initialize()
    {
        try
        {
            Start();
        }
        catch
        {
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Start()
    {
        // The tool looks for this name among the threads: it is the first sign that the hook ran. The kernel keeps 15 characters.
        var thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "forklint-agent" };
        thread.UnsafeStart();
    }

    private static void Run()
    {
        try
        {
            Meeting.Attend();
        }
        catch
        {
        }
    }
}
