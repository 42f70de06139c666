using System.CommandLine;
using System.Runtime.InteropServices;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Demo;

namespace ForkLint.Tool.Commands;

/// <summary>The hidden <c>demo-target</c>: the process that <c>demo</c> starts and measures.</summary>
internal static class DemoTargetCommand
{
    /// <summary>The name of the command.</summary>
    public const string Name = "demo-target";

    private static byte[]? _cache;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Holds known memory until its standard input ends.") { Hidden = true };
        command.SetAction(_ => Hold());
        return command;
    }

    private static unsafe int Hold()
    {
        // It ends with its standard input, so it cannot outlive the demo, however that ends.
        using var commands = new StreamReader(Console.OpenStandardInput());
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        answers.WriteLine(DemoHoldings.EmptyLine);
        if (commands.ReadLine() != DemoHoldings.HoldLine)
        {
            return ExitCode.Usage;
        }

        _cache = GC.AllocateUninitializedArray<byte>(DemoHoldings.CacheBytes);
        Touch(_cache);
        var native = NativeMemory.Alloc(DemoHoldings.NativeBytes);
        Touch(new Span<byte>(native, DemoHoldings.NativeBytes));
        using var end = new ManualResetEventSlim();
        var threads = StartIdleThreads(end);

        answers.WriteLine(DemoHoldings.HoldingLine);
        commands.ReadToEnd();

        end.Set();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        NativeMemory.Free(native);
        GC.KeepAlive(_cache);
        return ExitCode.Ok;
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
}
