using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>
/// Whether a runtime was asked to wait, before it starts, for a diagnostics tool that resumes it (dotnet/runtime
/// src/native/eventpipe/ds-ipc.c, docs of diagnostic ports). What it was asked for is no proof of what it does: see <see cref="RuntimeStart"/>.
/// </summary>
internal static class RuntimePause
{
    private static readonly string[] Prefixes = ["DOTNET_", "COMPlus_"];

    /// <summary>The variable that asks for it, as it was set; null where none does.</summary>
    public static string? AskedBy(IReadOnlyDictionary<string, string> environment)
    {
        foreach (string prefix in Prefixes)
        {
            if (environment.TryGetValue(prefix + "DefaultDiagnosticPortSuspend", out var suspend) && IsNotZero(suspend))
            {
                return $"{prefix}DefaultDiagnosticPortSuspend={suspend}";
            }

            if (environment.TryGetValue(prefix + "DiagnosticPorts", out var ports) && ports.Split(';').Any(Suspends))
            {
                return $"{prefix}DiagnosticPorts={ports}";
            }
        }

        return null;
    }

    /// <summary>The runtime reads its numbers as hexadecimal, with or without 0x.</summary>
    public static bool IsNotZero(string value)
    {
        string digits = value.Trim();
        digits = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number) && number != 0;
    }

    /// <summary>"PATH[,listen|connect][,suspend|nosuspend]": a port suspends unless it says otherwise.</summary>
    private static bool Suspends(string port)
    {
        string[] parts = port.Split(',');
        return parts[0].Length > 0 && !parts.Skip(1).Any(static tag => tag.Trim().Equals("nosuspend", StringComparison.OrdinalIgnoreCase));
    }
}
