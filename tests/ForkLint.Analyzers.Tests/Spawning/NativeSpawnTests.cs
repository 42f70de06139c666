using ForkLint.Verification;

namespace ForkLint.Analyzers.Spawning;

/// <summary>P/Invokes that spawn, however they are declared, and those that do not.</summary>
public class NativeSpawnTests
{
    [Theory]
    [InlineData("libc")]
    [InlineData("libc.so")]
    [InlineData("libc.so.6")]
    [InlineData("c")]
    [InlineData("libc.musl-x86_64.so.1")]
    [InlineData("libc.musl-aarch64.so.1")]
    [InlineData("ld-musl-x86_64.so.1")]
    [InlineData("/lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("/lib64/libc.so.6")]
    [InlineData("libSystem")]
    [InlineData("libSystem.dylib")]
    [InlineData("libSystem.B.dylib")]
    [InlineData("/usr/lib/libSystem.dylib")]
    [InlineData("libc.dylib")]
    [InlineData("libpthread.so.0")]
    [InlineData("__Internal")]
    public void Every_spelling_of_the_C_library_is_one(string library) =>
        Assert.Equal("duplicates libc fork", Assert.Single(SpawnsOf($"[DllImport(\"{library}\")] static extern int fork();", "fork()")));

    [Theory]
    [InlineData("libgit2")]
    [InlineData("libcurl")]
    [InlineData("libcap.so.2")]
    [InlineData("libcutlery.so")]
    [InlineData("cutlery")]
    [InlineData("libSystem.IO.Compression.Native")]
    [InlineData("kitchen/fork")]
    public void Other_libraries_have_forks_of_their_own(string library) =>
        Assert.Empty(SpawnsOf($"[DllImport(\"{library}\")] static extern int fork();", "fork()"));

    [Theory]
    [InlineData("fork()", "[DllImport(\"libc\", SetLastError = true)] private static extern int fork();")]
    [InlineData("Spoon()", "[DllImport(\"libc\", EntryPoint = \"fork\")] public static extern int Spoon();")]
    [InlineData("Spoon()", "const string Library = \"libc\"; const string Function = \"fork\"; [DllImport(Library, EntryPoint = Function)] static extern int Spoon();")]
    [InlineData("Spoon()", "[DllImport(Names.Library, EntryPoint = nameof(Names.fork))] static extern int Spoon();")]
    [InlineData("Native.Spoon()", "static partial class Native { [DllImport(\"li\" + \"bc\", EntryPoint = \"fork\")] internal static extern int Spoon(); }")]
    [InlineData("Spoon()", "[LibraryImport(\"libc\", EntryPoint = \"fork\")] internal static partial int Spoon(); internal static partial int Spoon() => 0;")]
    [InlineData("fork()", "[LibraryImport(\"libc\", SetLastError = true)] private static partial int fork(); private static partial int fork() => 0;")]
    [InlineData("Spoon()", "[LibraryImport(Names.Library, EntryPoint = \"fork\")] internal static partial int Spoon(); [DllImport(Names.Library, EntryPoint = \"fork\")] internal static extern partial int Spoon();")]
    [InlineData("Spoon()", "internal static partial int Spoon(); [DllImport(Names.Library, EntryPoint = \"fork\")] internal static extern partial int Spoon();")]
    public void The_entry_point_counts_not_the_name(string call, string declaration) =>
        Assert.Equal("duplicates libc fork", Assert.Single(SpawnsOf(declaration, call)));

    [Fact]
    public void An_extern_local_function_is_one() => Assert.Equal(
        "duplicates libc fork",
        Assert.Single(SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class C
            {
                int M()
                {
                    return Spoon();
                    [DllImport("libc", EntryPoint = "fork")]
                    static extern int Spoon();
                }
            }
            """))));

    [Fact]
    public void An_extern_local_function_of_another_library_is_none() => Assert.Empty(
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class C
            {
                int M()
                {
                    return fork();
                    [DllImport("libother")]
                    static extern int fork();
                }
            }
            """)));

    [Theory]
    [InlineData("ExactSpelling = true, CallingConvention = CallingConvention.Cdecl")]
    [InlineData("PreserveSig = true, CharSet = CharSet.Ansi, BestFitMapping = false")]
    public void Other_arguments_of_the_attribute_change_nothing(string arguments) =>
        Assert.Equal("duplicates libc fork", Assert.Single(SpawnsOf($"[DllImport(\"libc\", {arguments})] static extern int fork();", "fork()")));

    [Theory]
    [InlineData("struct S { [DllImport(\"libc\")] public static extern int fork(); }", "S.fork()")]
    [InlineData("interface I { [DllImport(\"libc\")] static extern int fork(); }", "I.fork()")]
    [InlineData("record R { [DllImport(\"libc\")] public static extern int fork(); }", "R.fork()")]
    public void Whatever_type_declares_it(string declaration, string call) =>
        Assert.Equal("duplicates libc fork", Assert.Single(SpawnsOf(declaration, call)));

    [Theory]
    [InlineData("fork(EntryPoint: other)", "[DllImport(\"libc\", EntryPoint = \"getpid\")] static extern int fork();", "fork()")]
    [InlineData("managed", "static int fork() => 0;", "fork()")]
    [InlineData("partial, managed", "private static partial int fork(); private static partial int fork() => 0;", "fork()")]
    [InlineData("LibraryImport of another library", "[LibraryImport(\"libgit2\", EntryPoint = \"fork\")] private static partial int Spoon(); private static partial int Spoon() => 0;", "Spoon()")]
    [InlineData("LibraryImport of another function", "[LibraryImport(\"libc\", EntryPoint = \"getpid\")] private static partial int fork(); private static partial int fork() => 0;", "fork()")]
    [InlineData("LibraryImport whose generated part says another function", "[LibraryImport(Names.Other)] private static partial int getpid(); [DllImport(Names.Library, EntryPoint = \"getpid\")] private static extern partial int getpid();", "getpid()")]
    [InlineData("constants of another library", "const string Function = \"fork\"; [DllImport(Names.Other, EntryPoint = Function)] static extern int Spoon();", "Spoon()")]
    [InlineData("another attribute of that name", "class LibraryImport : Attribute { public LibraryImport(string library) { } } [C.LibraryImport(\"libc\")] static int fork() => 0;", "fork()")]
    [InlineData("a delegate", "delegate int fork(); static fork Made() => () => 0;", "Made()()")]
    [InlineData("a type", "class fork { }", "new fork()")]
    [InlineData("another function", "[DllImport(\"libc\")] static extern int getpid();", "getpid()")]
    [InlineData("exec replaces", "[DllImport(\"libc\")] static extern int execve(string path, string[] arguments, string[] environment);", "execve(\"\", [], [])")]
    [InlineData("openpty alone", "[DllImport(\"libutil\")] static extern int openpty(out int a, out int b, nint n, nint t, nint w);", "openpty(out _, out _, 0, 0, 0)")]
    public void What_only_looks_like_one_is_none(string what, string declaration, string call) =>
        Assert.True(SpawnsOf(declaration, call).Count == 0, what);

    [Theory]
    [InlineData("fork", "()", "duplicates libc fork")]
    [InlineData("_Fork", "()", "duplicates libc _Fork")]
    [InlineData("__libc_fork", "()", "duplicates libc __libc_fork")]
    [InlineData("pidfd_spawn", "()", "shares libc pidfd_spawn")]
    [InlineData("vfork", "()", "shares libc vfork")]
    [InlineData("daemon", "(0, 0)", "duplicates libc daemon")]
    [InlineData("posix_spawn", "()", "shares libc posix_spawn")]
    [InlineData("posix_spawnp", "()", "shares libc posix_spawnp")]
    [InlineData("system", "(0)", "shares libc system")]
    [InlineData("popen", "(0, 0)", "shares libc popen")]
    public void Each_function_duplicates_or_shares(string entryPoint, string arguments, string expected)
    {
        var parameters = string.Join(", ", arguments.Trim('(', ')').Split(',').Where(part => part.Length > 0).Select((_, index) => "int p" + index));
        Assert.Equal(expected, Assert.Single(SpawnsOf($"[DllImport(\"libc\", EntryPoint = \"{entryPoint}\")] static extern int F({parameters});", "F" + arguments)));
    }

    [Theory]
    [InlineData("libutil")]
    [InlineData("libutil.so.1")]
    [InlineData("util")]
    [InlineData("libc")]
    public void Forkpty_is_in_libutil_too(string library) => Assert.Equal(
        "duplicates libc forkpty",
        Assert.Single(SpawnsOf($"[DllImport(\"{library}\")] static extern int forkpty(out int master, nint name, nint termios, nint size);", "forkpty(out _, 0, 0, 0)")));

    [Theory]
    [InlineData("SIGCHLD", "duplicates libc clone")]
    [InlineData("CLONE_FILES | SIGCHLD", "duplicates libc clone")]
    [InlineData("CLONE_VM | CLONE_VFORK | SIGCHLD", "shares libc clone")]
    [InlineData("(int)Flags.Vm", "shares libc clone")]
    [InlineData("unknown", "duplicates libc clone [unless its flags hold CLONE_VM]")]
    [InlineData("CLONE_VM | CLONE_THREAD | CLONE_SIGHAND", null)]
    public void Clone_goes_by_its_flags(string flags, string? expected) => Assert.Equal(
        expected is null ? [] : new[] { expected },
        SpawnsOf(
            """
            const int SIGCHLD = 17, CLONE_VM = 0x100, CLONE_VFORK = 0x4000, CLONE_FILES = 0x400, CLONE_THREAD = 0x10000, CLONE_SIGHAND = 0x800;
            enum Flags { Vm = 0x100 }
            [DllImport("libc")] static extern int clone(nint function, nint stack, int flags, nint argument);
            """,
            $"clone(0, 0, {flags}, 0)"));

    [Fact]
    public void Clone3_reads_its_flags_from_the_structure() => Assert.Equal(
        ["duplicates libc clone3", "shares libc clone3", "shares libc clone3", "duplicates libc clone3 [unless its flags hold CLONE_VM]"],
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            struct CloneArguments { public ulong flags; public ulong exit_signal; }
            unsafe class C
            {
                [DllImport("libc")] static extern int clone3(ref CloneArguments arguments, nuint size);
                [DllImport("libc", EntryPoint = "clone3")] static extern int Pointer(CloneArguments* arguments, nuint size);
                void M(CloneArguments given)
                {
                    var fork = new CloneArguments { flags = 0, exit_signal = 17 };
                    clone3(ref fork, 88);
                    var shared = new CloneArguments { flags = 0x100 | 0x4000 };
                    clone3(ref shared, 88);
                    CloneArguments later = default;
                    later.flags = 0x100;
                    Pointer(&later, 88);
                    clone3(ref given, 88);
                }
            }
            """)));

    [Theory]
    [InlineData("", "syscall(57)", "duplicates libc syscall (fork)")]
    [InlineData("", "syscall(58)", "shares libc syscall (vfork)")]
    [InlineData("", "syscall(56, 17)", "duplicates libc syscall (clone)")]
    [InlineData("", "syscall(56, 0x100 | 17)", "shares libc syscall (clone)")]
    [InlineData("", "syscall(SYS_fork)", "duplicates libc syscall (fork)")]
    [InlineData("", "syscall(435, 0)", "duplicates libc syscall (clone3) [unless its flags hold CLONE_VM]")]
    [InlineData("", "syscall(220, 17)", null)]
    [InlineData("", "syscall(39)", null)]
    [InlineData("", "syscall(unknown)", null)]
    [InlineData("linux-x64", "syscall(57)", "duplicates libc syscall (fork)")]
    [InlineData("linux-arm64", "syscall(220, 17)", "duplicates libc syscall (clone)")]
    [InlineData("linux-arm64", "syscall(57)", null)]
    [InlineData("linux-arm64", "syscall(435, 0)", "duplicates libc syscall (clone3) [unless its flags hold CLONE_VM]")]
    [InlineData("linux-musl-arm64", "syscall(220, 17)", "duplicates libc syscall (clone)")]
    [InlineData("win-x64", "syscall(57)", "duplicates libc syscall (fork)")]
    public void A_system_call_goes_by_its_number_on_the_processor(string identifier, string call, string? expected)
    {
        var code = With(
            """
            const int SYS_fork = 57;
            [DllImport("libc", SetLastError = true)] static extern long syscall(long number, long one = 0, long two = 0);
            """,
            call);
        Assert.Equal(
            expected is null ? [] : new[] { expected },
            SpawnProbe.SpawnsOf(identifier.Length == 0 ? code : code.BuildProperty("RuntimeIdentifier", identifier)));
    }

    [Fact]
    public void A_number_can_come_from_a_local_and_arguments_from_an_array() => Assert.Equal(
        ["duplicates libc syscall (fork)", "shares libc syscall (clone)"],
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class C
            {
                [DllImport("libc")] static extern nint syscall(nint number, params nint[] arguments);
                void M()
                {
                    nint number = 57;
                    syscall(number);
                    syscall(56, 0x100, 0);
                }
            }
            """)));

    [Fact]
    public void On_macOS_alone_a_fork_charges_nothing()
    {
        const string Fork = "[DllImport(\"libSystem\")] static extern int fork();";
        Assert.Equal("duplicates uncharged libc fork", Assert.Single(SpawnProbe.SpawnsOf(With(Fork, "fork()").BuildProperty("RuntimeIdentifier", "osx-arm64"))));
        Assert.Equal("duplicates libc fork", Assert.Single(SpawnProbe.SpawnsOf(With(Fork, "fork()").BuildProperty("ForkLintRuntimeIdentifiers", "osx-arm64,linux-x64"))));
    }

    [Fact]
    public void The_runtimes_own_native_library_starts_as_Process_does()
    {
        const string Declaration = "[DllImport(\"libSystem.Native\", EntryPoint = \"SystemNative_ForkAndExecProcess\")] static extern int Start(nint file);";
        Assert.Equal("shares SystemNative_ForkAndExecProcess", Assert.Single(SpawnsOf(Declaration, "Start(0)")));
        Assert.StartsWith(
            "duplicates uncharged SystemNative_ForkAndExecProcess",
            Assert.Single(SpawnProbe.SpawnsOf(With(Declaration, "Start(0)").BuildProperty("RuntimeIdentifier", "osx-x64"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Mono_and_Tmds_have_the_functions_under_their_own_names() => Assert.Equal(
        ["shares Stdlib.system", "duplicates Syscall.fork", "duplicates LibC.fork", "duplicates LibC.clone", "shares LibC.vfork"],
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            namespace Mono.Posix { class Syscall { public static int fork() => 0; public static int getpid() => 0; } }
            namespace Tmds.Linux
            {
                unsafe class LibC
                {
                    public static int fork() => 0;
                    public static int vfork() => 0;
                    public static int clone(void* function, void* stack, int flags, void* argument) => 0;
                    public static int getpid() => 0;
                }
            }
            unsafe class C
            {
                void M()
                {
                    Mono.Unix.Native.Stdlib.system("ls");
                    Mono.Posix.Syscall.fork();
                    Mono.Posix.Syscall.getpid();
                    Tmds.Linux.LibC.fork();
                    Tmds.Linux.LibC.clone(null, null, 17, null);
                    Tmds.Linux.LibC.vfork();
                    Tmds.Linux.LibC.getpid();
                }
            }
            """).ReferenceMonoPosix()));

    [Fact]
    public void A_method_group_and_nameof_spawn_nothing() => Assert.Empty(SpawnsOf(
        "[DllImport(\"libc\")] static extern int fork(); Func<int> Group() => fork; string Name() => nameof(fork);", "0"));

    [Fact]
    public void A_library_in_another_assembly_is_seen_through_its_metadata() => Assert.Equal(
        "duplicates libc fork",
        Assert.Single(SpawnProbe.SpawnsOf(Lint.CSharp("class C { int M() => Native.Posix.Duplicate(); }").Library(
            "Native", "namespace Native { public static class Posix { [DllImport(\"libc\", EntryPoint = \"fork\")] public static extern int Duplicate(); } }"))));

    private static IReadOnlyList<string> SpawnsOf(string declarations, string call) => SpawnProbe.SpawnsOf(With(declarations, call));

    private static Lint With(string declarations, string call) => Lint.CSharp(
        $$"""
        static class Names { public const string Library = "libc"; public const string Other = "libother"; public const int fork = 0; }
        partial class C
        {
            {{declarations}}
            void M(int unknown)
            {
                _ = {{call}};
            }
        }
        """);
}
