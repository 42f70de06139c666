using ForkLint.Verification;

namespace ForkLint.Analyzers.Spawning;

/// <summary>FORK007: fork and its kin are called from managed code.</summary>
public class ManagedForkTests
{
    private const string Native =
        """
        static unsafe class Native
        {
            [DllImport("libc")] public static extern int fork();
            [DllImport("libc")] public static extern int vfork();
            [DllImport("libutil.so.1")] public static extern int forkpty(out int master, nint name, nint termios, nint size);
            [DllImport("libc")] public static extern int daemon(int noChangeDirectory, int noClose);
            [DllImport("libc")] public static extern int clone(nint function, nint stack, int flags, nint argument);
            [DllImport("libc")] public static extern long syscall(long number, long one = 0);
            [DllImport("libc")] public static extern int posix_spawn(out int pid, string path, nint actions, nint attributes, nint arguments, nint environment);
            [DllImport("libc")] public static extern int system(string command);
            [DllImport("libc")] public static extern nint popen(string command, string type);
            [DllImport("libc")] public static extern void _exit(int status);
            [DllImport("libc")] public static extern int execve(string path, nint arguments, nint environment);
            [DllImport("libc", EntryPoint = "setsid")] public static extern int NewSession();
        }
        """;

    [Theory]
    [InlineData("Native.fork()", "libc fork")]
    [InlineData("Native.vfork()", "undefined behavior")]
    [InlineData("Native.forkpty(out _, 0, 0, 0)", "libc forkpty")]
    [InlineData("Native.daemon(0, 0)", "the parent exits")]
    [InlineData("Native.clone(0, 0, 17, 0)", "libc clone")]
    [InlineData("Native.syscall(57)", "libc syscall (fork)")]
    [InlineData("Native.syscall(58)", "undefined behavior")]
    [InlineData("Native.syscall(56, 17)", "libc syscall (clone)")]
    [InlineData("Native.syscall(435)", "libc syscall (clone3)")]
    public Task Every_one_of_them_is_named(string call, string message) =>
        Lint.CSharp($"{Native} class C {{ void M() {{ var pid = {{|FORK007:{call}|}}; }} }}").Only("FORK007").Message("FORK007", message).Live("FORK007").Verify();

    [Theory]
    [InlineData("Native.posix_spawn(out _, \"\", 0, 0, 0, 0)")]
    [InlineData("Native.system(\"ls\")")]
    [InlineData("Native.popen(\"ls\", \"r\")")]
    [InlineData("Native.syscall(39)")]
    [InlineData("Process.Start(\"git\")")]
    [InlineData("Native.clone(0, 0, 0x10000 | 0x100, 0)")]
    [InlineData("(Func<int>)Native.fork")]
    [InlineData("nameof(Native.fork)")]
    public Task What_keeps_managed_code_out_of_the_child_is_silent(string expression) =>
        Lint.CSharp($"{Native} class C {{ void M() {{ var it = {expression}; }} }}").Only("FORK007").Verify();

    [Theory]
    [InlineData("Func<int> exec = Native.fork; return {|FORK007(child):exec()|} == 0 ? {|#child:Environment.ProcessId|} : 0;")]
    [InlineData("Func<int> exec = Native.fork; return {|FORK007:exec.Invoke()|};")]
    [InlineData("Func<int> one = new(Native.fork); var two = one; return {|FORK007:two()|};")]
    [InlineData("return {|FORK007:((Func<int>)Native.fork)()|};")]
    [InlineData("delegate*<int> exec = &Native.fork; return {|FORK007:exec()|};")]
    [InlineData("return {|FORK007:((delegate*<int>)&Native.fork)()|};")]
    public Task Called_through_a_delegate_or_function_pointer(string body) =>
        Lint.CSharp($"{Native} unsafe class C {{ int M() {{ {body} }} }}").Only("FORK007").Message("FORK007", "libc fork").Live("FORK007").Verify();

    [Theory]
    [InlineData("Func<int> exec = Native.fork; exec = () => 0; return exec();")]
    [InlineData("Func<int> exec = () => 0; return exec();")]
    [InlineData("Func<int> exec = Native.NewSession; return exec();")]
    [InlineData("delegate*<int> exec = &Native.NewSession; return exec();")]
    [InlineData("delegate*<int> exec = &Native.fork; exec = &Native.NewSession; return exec();")]
    [InlineData("Func<int> exec = Native.fork; Func<Func<int>, int> run = made => 0; return run(exec);")]
    [InlineData("Func<string, int> exec = Native.system; return exec(\"ls\");")]
    [InlineData("Func<int> one = null, two = null; one = two; two = one; return one();")]
    public Task Called_through_what_may_be_something_else(string body) =>
        Lint.CSharp($"{Native} unsafe class C {{ int M() {{ {body} }} }}").Only("FORK007").Verify();

    [Fact]
    public Task An_array_for_exec_is_made_in_the_child() => Lint.CSharp(
        """
        static class Pty
        {
            [DllImport("libc")] static extern int fork();
            [DllImport("libc")] static extern int execvp(string file, string[] arguments);
            static void One(string shell)
            {
                if ({|FORK007(one):fork()|} == 0)
                {
                    execvp("sh", {|#one:["sh", "-c", shell, null]|});
                }
            }

            static void Two(string shell)
            {
                string[] arguments = ["sh", "-c", shell, null];
                if ({|FORK007:fork()|} == 0)
                {
                    execvp("sh", arguments);
                }
            }
        }
        """).Only("FORK007").Verify();

    [Fact]
    public Task Mono_and_Tmds_are_no_better() => Lint.CSharp(
        """
        namespace Tmds.Linux { static class LibC { public static int fork() => 0; public static int daemon(int a, int b) => 0; public static int getpid() => 0; } }
        namespace Mono.Posix { static class Syscall { public static int fork() => 0; } }
        class C
        {
            void M()
            {
                var a = {|FORK007:Tmds.Linux.LibC.fork()|};
                var b = {|FORK007:Mono.Posix.Syscall.fork()|};
                var c = {|FORK007:Tmds.Linux.LibC.daemon(0, 0)|};
                var d = Tmds.Linux.LibC.getpid();
            }
        }
        """).Only("FORK007").Verify();

    [Theory]
    [InlineData("if ({|FORK007(child):Native.fork()|} == 0) { {|#child:Console.WriteLine()|}; Native._exit(0); }", "Console.WriteLine")]
    [InlineData("if (0 == {|FORK007(child):Native.fork()|}) { {|#child:Console.WriteLine()|}; }", "Console.WriteLine")]
    [InlineData("if ({|FORK007(child):Native.fork()|} is 0) { {|#child:Environment.Exit(0)|}; }", "Environment.Exit")]
    [InlineData("if ({|FORK007(child):Native.fork()|} != 0) { return; } {|#child:Console.WriteLine()|};", "Console.WriteLine")]
    [InlineData("if ({|FORK007(child):Native.fork()|} is not 0) { return; } {|#child:Console.WriteLine()|};", "Console.WriteLine")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (pid == 0) { Native.NewSession(); {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (pid < 0) { throw new Exception(); } else if (pid == 0) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (pid > 0) { Helper(); } else { {|#child:new object()|}.GetType(); }", "new object")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (!(pid != 0)) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (pid == 0 && flag) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("int pid; if ((pid = {|FORK007(child):Native.fork()|}) == 0) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("int pid; pid = {|FORK007(child):Native.fork()|}; if (pid == 0) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("_pid = {|FORK007(child):Native.fork()|}; if (_pid == 0) { {|#child:Helper()|}; }", "C.Helper")]
    [InlineData("switch ({|FORK007(child):Native.fork()|}) { case -1: Helper(); break; case 0: {|#child:Console.WriteLine()|}; break; }", "Console.WriteLine")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; switch (pid) { case 0: {|#child:Helper()|}; break; default: return; }", "C.Helper")]
    [InlineData("_ = {|FORK007(child):Native.fork()|} switch { 0 => {|#child:Helper()|}, _ => 1 };", "C.Helper")]
    [InlineData("_ = {|FORK007(child):Native.fork()|} == 0 ? {|#child:Helper()|} : 1;", "C.Helper")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; _ = pid == 0 ? {|#child:Helper()|} : 1;", "C.Helper")]
    [InlineData("{|FORK007(child):Native.fork()|}; {|#child:Helper()|};", "C.Helper")]
    [InlineData("var pid = {|FORK007(child):Native.fork()|}; if (pid < 0) { throw new Exception(); } if (pid > 0) { Helper(); return; } {|#child:Helper()|};", "C.Helper")]
    [InlineData("{|FORK007(child):Native.daemon(0, 0)|}; {|#child:Helper()|};", "C.Helper")]
    [InlineData("if ({|FORK007(child):Native.fork()|} == 0) { Native.execve(name + {|#child:$\"x{name}\"|}, 0, 0); }", "the building of a string")]
    [InlineData("if ({|FORK007(child):Native.fork()|} == 0) { throw {|#child:new Exception()|}; }", "new Exception")]
    [InlineData("if ({|FORK007(child):Native.fork()|} == 0) { {|#child:act()|}; }", "a delegate")]
    [InlineData("if ({|FORK007(child):Native.fork()|} == 0) { Native._exit({|#child:name.Length|}); }", "String.Length")]
    public Task Managed_code_in_the_child_is_named(string body, string what) => Lint.CSharp(
        $$"""
        {{Native}}
        class C
        {
            int _pid;
            static int Helper() => 0;
            void M(bool flag, string name, Action act)
            {
                {{body}}
            }
        }
        """).Only("FORK007").Message("FORK007", what + " runs in the child before _exit or exec*").Verify();

    [Theory]
    [InlineData("if ({|FORK007():Native.fork()|} == 0) { Native._exit(0); }")]
    [InlineData("if ({|FORK007():Native.fork()|} == 0) { Native.NewSession(); Native.execve(name, 0, 0); Native._exit(127); } Helper();")]
    [InlineData("if ({|FORK007():Native.fork()|} == 0) { Native.execve(name, 0, 0); Console.WriteLine(); }")]
    [InlineData("if ({|FORK007():Native.fork()|} > 0) { Helper(); }")]
    [InlineData("if ({|FORK007():Native.fork()|} < 0) { throw new Exception(); }")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; if (pid == 0) { Native._exit(0); } Helper();")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; if (pid != 0) { Helper(); }")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; switch (pid) { case 0: Native._exit(0); break; default: Helper(); break; }")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; if (pid < 0) { throw new Exception(); } if (pid > 0) { Helper(); return; } Native.execve(name, 0, 0);")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; if (pid < 0) { throw new Exception(); } else if (pid > 0) { Helper(); } else { Native.execve(name, 0, 0); }")]
    [InlineData("var pid = {|FORK007():Native.fork()|}; if (pid >= 0) { if (pid > 0) { Helper(); } else { Native._exit(0); } }")]
    [InlineData("int pid; if ((pid = {|FORK007():Native.fork()|}) < 0) { throw new Exception(); } if (pid != 0) { Helper(); return; } Native._exit(0);")]
    [InlineData("if (Helper() == 0) { Helper(); } var pid = {|FORK007():Native.fork()|};")]
    public Task The_parents_code_is_not(string body) => Lint.CSharp(
        $$"""
        {{Native}}
        class C
        {
            static int Helper() => 0;
            void M(string name) { {{body}} }
        }
        """).Only("FORK007").NoMessage("runs in the child before").Verify();

    [Fact]
    public Task Generated_code_is_not_reported() => Lint.CSharp("class C { }").File(
        "Native.g.cs", "partial class G { [System.Runtime.InteropServices.DllImport(\"libc\")] static extern int fork(); void M() => fork(); }").Only("FORK007").Verify();
}
