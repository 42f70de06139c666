// clone runs a function on the stack it is given: the stack is needed by the call itself, and the code after the call is the parent's alone.
namespace R18;
static unsafe class U { [DllImport("libc")] static extern int clone(void* fn, void* stack, int flags, void* arg); delegate int Child(void* a); static int Run(void* a) { Console.WriteLine("child"); return 0; }
    static void M() { var stack = Marshal.AllocHGlobal(1024 * 1024); Child c = Run;
        clone((void*)Marshal.GetFunctionPointerForDelegate(c), (byte*)stack + 1024 * 1024, 17 /* SIGCHLD */, null); // WANT FORK007
        Console.WriteLine("parent");
        Marshal.FreeHGlobal(stack); } }
static unsafe class V { [DllImport("libc")] static extern int clone(delegate* unmanaged<void*, int> fn, void* stack, int flags, void* arg);
    [UnmanagedCallersOnly] static int Child(void* a) { Console.WriteLine("child"); return 0; }
    [UnmanagedCallersOnly] static int Bare(void* a) { _exit(0); return 0; } [DllImport("libc")] static extern void _exit(int code);
    static void M1() { var stack = NativeMemory.Alloc(1 << 20);
        clone(&Child, (byte*)stack + (1 << 20), 17, null); // WANT FORK007 // SAYS "Console.WriteLine runs in the child"
        Use("parent"); NativeMemory.Free(stack); }
    static void M2() { var stack = NativeMemory.Alloc(1 << 20);
        clone(&Bare, (byte*)stack + (1 << 20), 17, null); // WANT FORK007 // SAYS NOT "runs in the child before"
        Console.WriteLine("parent"); NativeMemory.Free(stack); }
    static void M3() { var stack = NativeMemory.Alloc(1 << 20); var other = new byte[40 << 20];
        clone(&Bare, (byte*)stack + (1 << 20), 17, null); // WANT FORK001 FORK007
        Use(other); NativeMemory.Free(stack); }
    static void M4() { var stack = NativeMemory.Alloc(1 << 20);
        if (clone(&Bare, (byte*)stack + (1 << 20), 17, null) == 0) Console.WriteLine("never in the child"); // WANT FORK007 // SAYS NOT "runs in the child before"
        NativeMemory.Free(stack); }
}
