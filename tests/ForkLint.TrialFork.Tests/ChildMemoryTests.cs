using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Which descriptors are taken for a process's memory where the tool may not open it itself.</summary>
public class ChildMemoryTests
{
    [Fact]
    public void Only_the_memory_file_of_that_very_process_is_one()
    {
        using var live = LiveTarget.Start("hold");
        using var target = Target.Open(live.Pid);
        string pipe = Path.Combine(Directory.CreateTempSubdirectory("forklint-mem-").FullName, $"{live.Pid}", "mem");
        Directory.CreateDirectory(Path.GetDirectoryName(pipe)!);
        Shell.Run("mkfifo", [pipe]);
        Assert.True(Is($"/proc/{live.Pid}/mem"));
        Assert.False(Is("/proc/self/mem"));
        Assert.False(Is("/dev/zero"));
        Assert.False(Is(pipe));
        Assert.False(Is($"/proc/{live.Pid}/oom_score_adj"));

        bool Is(string path)
        {
            using var file = new Descriptor(Libc.OpenAt(Libc.CurrentDirectory, path, Libc.ReadWrite | Libc.CloseOnExec, 0));
            Assert.True(file.Value >= 0, path);
            return ChildMemory.IsMemoryOf(target, live.Pid, file);
        }
    }
}
