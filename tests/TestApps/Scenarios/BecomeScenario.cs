using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Becomes another program, sleep, on "Go": execve in place.</summary>
internal sealed unsafe partial class BecomeScenario : IScenario
{
    public void Prepare(ScenarioOptions options)
    {
    }

    public string Go()
    {
        nint* arguments = stackalloc nint[3];
        arguments[0] = Marshal.StringToCoTaskMemUTF8("sleep");
        arguments[1] = Marshal.StringToCoTaskMemUTF8("600");
        arguments[2] = 0;
        _ = Execute("/bin/sleep", arguments);
        return "not";
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint* arguments);
}
