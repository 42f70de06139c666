using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Becomes another program on "Go", execve in place: sleep, or with "cat" one that reads and answers.</summary>
internal sealed unsafe partial class BecomeScenario : IScenario
{
    private bool _reads;

    public void Prepare(ScenarioOptions options) => _reads = options.Has("cat");

    public string Go()
    {
        nint* arguments = stackalloc nint[3];
        arguments[0] = Marshal.StringToCoTaskMemUTF8(_reads ? "cat" : "sleep");
        arguments[1] = Marshal.StringToCoTaskMemUTF8(_reads ? "-" : "600");
        arguments[2] = 0;
        _ = Execute(_reads ? "/bin/cat" : "/bin/sleep", arguments);
        return "not";
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint* arguments);
}
