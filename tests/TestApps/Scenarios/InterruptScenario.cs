using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Leads a process group of its own and outlives each Ctrl-C. "Go" tells how many it saw.</summary>
internal sealed partial class InterruptScenario : IScenario
{
    private static PosixSignalRegistration? _registration;
    private static int _interruptions;

    public void Prepare(ScenarioOptions options)
    {
        if (SetProcessGroup(0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context =>
        {
            context.Cancel = true;
            Interlocked.Increment(ref _interruptions);
        });
    }

    public string Go()
    {
        GC.KeepAlive(_registration);
        return Volatile.Read(ref _interruptions).ToString(CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static partial int SetProcessGroup(int pid, int group);
}
