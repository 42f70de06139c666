namespace ForkLint.LiveTargets;

/// <summary>Small C programs that confine themselves and then run a command: what a sandbox or a container engine does.</summary>
public static class Launcher
{
    /// <summary>The path of one, compiled once and again when its source is newer.</summary>
    /// <param name="name">The name of its source in tests/LiveTargets/Confinement, without the extension.</param>
    public static string Build(string name)
    {
        string source = Path.Combine(TestApps.Root, "tests/LiveTargets/Confinement", name + ".c");
        string folder = Path.Combine(TestApps.Root, "artifacts/targets");
        string program = Path.Combine(folder, "confine-" + name);
        Directory.CreateDirectory(folder);
        using var others = TestApps.WaitForLock(program + ".lock");
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(source))
        {
            TestApps.Run("gcc", ["-O1", "-o", program, source]);
        }

        return program;
    }
}
