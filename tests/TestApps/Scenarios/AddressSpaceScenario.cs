using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>
/// Reserves address space and makes two adjacent parts writable, which merge into one mapping of bytes=BYTES. Nothing is touched. Larger
/// than RAM and swap together, a fork fails with ENOMEM under overcommit_memory=0, whatever is free.
/// </summary>
internal sealed partial class AddressSpaceScenario : IScenario
{
    private const int PrivateAnonymous = 0x22;

    public void Prepare(ScenarioOptions options)
    {
        long bytes = options.Number("bytes") / 8192 * 8192;
        nint start = Map(0, (nint)bytes, 0, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start, (nint)(bytes / 2), 3) != 0 || Protect(start + (nint)(bytes / 2), (nint)(bytes / 2), 3) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public string Go() => "";

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);
}
