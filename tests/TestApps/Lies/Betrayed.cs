using System.Diagnostics;
using System.Globalization;

namespace ForkLint.TestApps.Lies;

/// <summary>The processes and files that lies are about.</summary>
internal static class Betrayed
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("TMPDIR") ?? "/tmp";

    /// <summary>A process of somebody else.</summary>
    public static int Victim { get; set; }

    /// <summary>A child that was there before any measurement.</summary>
    public static int OldChild { get; } = Process.Start(new ProcessStartInfo("/bin/sleep", ["600"]))!.Id;

    /// <summary>The path of a file that is called so.</summary>
    public static string LookAlike(string name) => Path.Combine(Folder, name);

    /// <summary>A named pipe PID/mem.</summary>
    public static string NamedPipe(int pid)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, pid.ToString(CultureInfo.InvariantCulture))).FullName;
        string path = Path.Combine(folder, "mem");
        _ = NativeCalls.MakePipe(path, 0x180);
        return path;
    }
}
