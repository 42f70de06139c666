// clone with a function: what it names runs in the child, through locals, fields and helpers; its stack is nobody's holding.
namespace CloneInItsChild;
static unsafe class U { [DllImport("libc", SetLastError = true)] static extern int clone(delegate* unmanaged[Cdecl]<void*, int> fn, void* stack, int flags, void* arg);
    [DllImport("libc")] static extern void _exit(int code); [DllImport("libc")] static extern int execve(byte* p, byte** a, byte** e); const int SIGCHLD = 17, Stack = 8 << 20;
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] static int Log(void* a) { var text = new string('x', 3); Console.Error.WriteLine(text); _exit(0); return 0; }
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] static int Exec(void* a) { execve(null, null, null); _exit(127); return 0; }
    static void M1() { delegate* unmanaged[Cdecl]<void*, int> f = &Log; var s = (byte*)NativeMemory.AlignedAlloc(Stack, 16);
        clone(f, s + Stack, SIGCHLD, null); // WANT FORK007 // SAYS "runs in the child"
        NativeMemory.AlignedFree(s); }
    static void M2() { var s = (byte*)NativeMemory.AlignedAlloc(Stack, 16); try {
        clone(&Exec, s + Stack, SIGCHLD, null); // WANT FORK007 // SAYS NOT "runs in the child before"
        Console.WriteLine("parent"); } finally { NativeMemory.AlignedFree(s); } }
    static void M3() { var s = (byte*)NativeMemory.AlignedAlloc(Stack, 16); var data = new byte[40 << 20]; Use(data);
        var pid = clone(&Exec, s + Stack, SIGCHLD, null); // WANT FORK002 FORK007
        NativeMemory.AlignedFree(s); Use(pid); }
    static void M4() { var s = (byte*)NativeMemory.Alloc(Stack); var arg = (byte*)NativeMemory.Alloc(40 << 20);
        clone(&Exec, s + Stack, SIGCHLD, arg); // WANT FORK007
        NativeMemory.Free(s); NativeMemory.Free(arg); } }
