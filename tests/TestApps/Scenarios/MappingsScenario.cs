using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Touches count=COUNT pages and makes every other one read-only, so that each is a mapping of its own: kernel memory that a fork copies.</summary>
internal sealed unsafe partial class MappingsScenario : IScenario
{
    private const int PrivateAnonymous = 0x22;

    public void Prepare(ScenarioOptions options)
    {
        long count = options.Number("count");
        nint page = Environment.SystemPageSize;
        nint start = Map(0, (nint)count * page, 3, PrivateAnonymous, -1, 0);
        for (nint index = 0; start != -1 && index < count; index++)
        {
            ((byte*)start)[index * page] = 1;
        }

        for (nint index = 0; index < count; index += 2)
        {
            if (start == -1 || Protect(start + (index * page), page, 1) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    public string Go() => "";

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);
}
