using ForkLint.Verification;

namespace ForkLint.Flow;

/// <summary>What the tests of the flow rules begin with: libc's <c>fork</c> and a few of its neighbours.</summary>
internal static class ForkTest
{
    private const string Native = """
        internal static unsafe class Native
        {
            [DllImport("libc")] public static extern int fork();
            [DllImport("libc")] public static extern int waitpid(int pid, int* status, int options);
            [DllImport("libc")] public static extern int madvise(void* address, nuint length, int advice);
            [DllImport("libc")] public static extern void* mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);
            [DllImport("libc")] public static extern int munmap(void* address, nuint length);
            [DllImport("libc")] public static extern void* malloc(nuint length);
            [DllImport("libc")] public static extern void free(void* block);
            [DllImport("libc")] public static extern void _exit(int status);

            public static void Collect() => GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        }
        """;

    /// <summary>The body of a synchronous method <c>Run</c> with a few parameters to branch on.</summary>
    public static Lint Body(string body, string members = "") => Code($$"""
        unsafe partial class C
        {
            static void Run(bool flag, int number, string[] args)
            {
                {{body}}
            }

            {{members}}
        }
        """);

    /// <summary>The body of an asynchronous method <c>Run</c>.</summary>
    public static Lint Async(string body, string members = "") => Code($$"""
        partial class C
        {
            static async Task Run(bool flag, int number, string[] args)
            {
                await Task.Yield();
                {{body}}
            }

            {{members}}
        }
        """);

    /// <summary>Whole types.</summary>
    public static Lint Code(string code) => Lint.CSharp("using static Native;\nusing System.Buffers;\n" + code)
        .File("Native.cs", Native)
        .Only("FORK001", "FORK002", "FORK003", "FORK004", "FORK005", "FORK006", "FORK008");
}
