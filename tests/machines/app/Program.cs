using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Holder;

/// <summary>What the application holds.</summary>
internal static class Store
{
    public static byte[]? Table;
    public static byte[]? Index;
}

/// <summary>One command a line on standard input, one answer a line on standard output: "COMMAND: …".</summary>
internal static unsafe partial class Program
{
    private const int Megabyte = 1 << 20;

    private static int Main()
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"ready {Environment.ProcessId}"));
        while (Console.In.ReadLine() is { } line && line != "quit")
        {
            var words = line.Split(' ');
            string answer;
            try
            {
                answer = Do(words[0], words.Length > 1 ? words[1] : "");
            }
            catch (OutOfMemoryException)
            {
                answer = "out of memory";
            }

            Say($"{words[0]}: {answer}");
        }

        return 0;
    }

    // In a method of its own: what a local of it refers to is gone when it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Do(string command, string operand)
    {
        switch (command)
        {
            case "table":
                Store.Table = Filled(operand);
                return "held";
            case "index":
                Store.Index = Filled(operand);
                return "held";
            case "native":
                var bytes = (nuint)Bytes(operand);
                NativeMemory.Fill(NativeMemory.Alloc(bytes), bytes, 1);
                return "held";
            case "untouched":
                return Map(0, Bytes(operand), 3, 0x22, -1, 0) == -1 ? "refused" : "mapped";
            case "free" when operand == "table":
                Store.Table = null;
                return "dropped";
            case "free":
                Store.Index = null;
                return "dropped";
            case "collect":
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                return "done";
            case "fork":
                return Fork();
            default:
                return "unknown";
        }
    }

    private static void Say(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    private static int Bytes(string megabytes) => int.Parse(megabytes, CultureInfo.InvariantCulture) * Megabyte;

    private static byte[] Filled(string megabytes)
    {
        var made = new byte[Bytes(megabytes)];
        Array.Fill(made, (byte)1);
        return made;
    }

    /// <summary>A full fork whose child is libc's _exit and runs no managed code.</summary>
    private static string Fork()
    {
        const int stackBytes = 64 << 10;
        const int signalAtEnd = 17;
        var libc = NativeLibrary.GetMainProgramHandle();
        var clone = (delegate* unmanaged<nint, nint, int, nint, int>)NativeLibrary.GetExport(libc, "clone");
        var stack = (nint)NativeMemory.AlignedAlloc(stackBytes, 4096);
        var child = clone(NativeLibrary.GetExport(libc, "_exit"), stack + stackBytes, signalAtEnd, 0);
        var error = Marshal.GetLastSystemError();
        if (child > 0)
        {
            _ = Wait(child, null, 0);
        }

        NativeMemory.AlignedFree((void*)stack);
        return child > 0 ? "ok" : string.Create(CultureInfo.InvariantCulture, $"errno {error}");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int child, int* status, int options);
}
