using System.Collections;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ForkLint.TestApps;

/// <summary>What this process's environment variables are now, as the runtime sees them and as libc does: the two can differ.</summary>
internal static unsafe class EnvironmentDigest
{
    /// <summary>Equal as long as no variable is set, changed or removed.</summary>
    public static string Compute()
    {
        var text = new StringBuilder();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().OrderBy(static entry => (string)entry.Key, StringComparer.Ordinal))
        {
            text.Append(variable.Key).Append('=').Append(variable.Value).Append('\0');
        }

        byte** native = *(byte***)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ");
        for (; native != null && *native != null; native++)
        {
            text.Append(Marshal.PtrToStringUTF8((nint)(*native))).Append('\0');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
