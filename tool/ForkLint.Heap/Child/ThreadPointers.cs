using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Heap.Child;

/// <summary>A thread of the application and where its stack is.</summary>
/// <param name="Id">Its id in this process's pid namespace.</param>
/// <param name="StackPointer">An address in its stack; null where the kernel did not say.</param>
internal readonly record struct ThreadPointer(int Id, ulong? StackPointer);

/// <summary>
/// The stack pointers of an application's threads, from <c>/proc/PID/task/TID/syscall</c> (Linux fs/proc/base.c, proc_pid_syscall): the one
/// fact that tells a stack from any other memory, whatever its size, its guard and its pages.
/// </summary>
internal static class ThreadPointers
{
    /// <summary>A thread that runs shows no stack pointer. Most do not run for long.</summary>
    private const int MostLooks = 8;

    /// <summary>All threads of a process; those that end meanwhile are left out.</summary>
    public static IReadOnlyList<ThreadPointer> Read(int pid)
    {
        ProcessFiles files = new(pid);
        if (!files.Threads().TryGet(out IReadOnlyList<int>? threads))
        {
            return [];
        }

        List<ThreadPointer> found = [];
        List<int> running = [.. threads];
        for (int look = 0; look < MostLooks && running.Count > 0; look++)
        {
            if (look > 0)
            {
                Thread.Sleep(look);
            }

            running = [.. running.Where(thread => !TryRead(files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/syscall")), thread, found))];
        }

        found.AddRange(running.Select(static thread => new ThreadPointer(thread, null)));
        return found;
    }

    /// <summary>The stack pointer in the text of a <c>syscall</c> file; null where the thread was running.</summary>
    /// <param name="text">"running"; or -1, the stack and the instruction pointer; or a system call's number, its six arguments and these two.</param>
    internal static ulong? Parse(string text)
    {
        string[] words = text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 3 && words[^2].StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(words[^2].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong pointer) && pointer != 0
            ? pointer
            : null;
    }

    /// <summary>False if the thread was running and may be read again.</summary>
    private static bool TryRead(string path, int thread, List<ThreadPointer> found)
    {
        try
        {
            if (Parse(File.ReadAllText(path)) is not { } pointer)
            {
                return false;
            }

            found.Add(new ThreadPointer(thread, pointer));
        }
        catch (UnauthorizedAccessException)
        {
            found.Add(new ThreadPointer(thread, null));
        }
        catch (IOException)
        {
            // It has ended.
        }

        return true;
    }
}
