using System.Runtime.InteropServices;

namespace ForkLint.Tool.Demo;

/// <summary>
/// The program that the demo starts and measures, and whose source it checks. It holds memory in the three ways in which services do,
/// and it could fork: what that fork would cost is what the demo measures, without asking for it.
/// </summary>
internal static unsafe partial class DemoProgram
{
    private static byte[]? _cache;

    /// <summary>Holds what <see cref="DemoHoldings"/> says when it is told to, until the commands end.</summary>
    public static void Run(TextReader commands, TextWriter answers)
    {
        answers.WriteLine(DemoHoldings.EmptyLine);
        if (commands.ReadLine() != DemoHoldings.HoldLine)
        {
            return;
        }

        _cache = new byte[DemoHoldings.CacheBytes];
        Touch(_cache);
        var native = NativeMemory.Alloc(DemoHoldings.NativeBytes);
        Touch(new Span<byte>(native, DemoHoldings.NativeBytes));
        using var end = new ManualResetEventSlim();
        var threads = StartIdleThreads(end);

        answers.WriteLine(DemoHoldings.HoldingLine);
        while (commands.ReadLine() is { } command)
        {
            if (command == DemoHoldings.ForkLine && fork() == 0)
            {
                _exit(0);
            }
        }

        end.Set();
        threads.ForEach(static thread => thread.Join());
        NativeMemory.Free(native);
        GC.KeepAlive(_cache);
    }

    private static void Touch(Span<byte> memory)
    {
        // One byte in each page is enough to make the page resident.
        for (var offset = 0; offset < memory.Length; offset += 4096)
        {
            memory[offset] = 1;
        }
    }

    private static List<Thread> StartIdleThreads(ManualResetEventSlim end)
    {
        using var started = new CountdownEvent(DemoHoldings.ThreadCount);
        var threads = new List<Thread>();
        for (var index = 0; index < DemoHoldings.ThreadCount; index++)
        {
            var thread = new Thread(
                () =>
                {
                    started.Signal();
                    end.Wait();
                },
                DemoHoldings.StackBytes);
            thread.Start();
            threads.Add(thread);
        }

        started.Wait();
        return threads;
    }

    [LibraryImport("libc")]
    private static partial int fork();

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
