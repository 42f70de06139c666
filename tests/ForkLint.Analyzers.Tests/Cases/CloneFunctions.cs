// clone by other signatures: the function that it is given is what runs in the child.
namespace CloneFunctions;
static unsafe class U {
    [DllImport("libc", EntryPoint = "clone")] static extern int Clone(nint fn, nint stack, int flags, nint arg);
    [DllImport("libc")] static extern int clone(delegate* unmanaged[Cdecl]<nint, int> fn, void* stack, int flags, void* arg);
    [DllImport("libc", EntryPoint = "__clone")] static extern int C2(delegate* unmanaged<void*, int> fn, void* stack, int flags, void* arg);
    [DllImport("libc")] static extern void _exit(int c); [DllImport("libc")] static extern int execv(byte* a, byte** b);
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] static int Child(nint a) { Helper(); return 0; } static void Helper() => Console.WriteLine("x");
    [UnmanagedCallersOnly] static int Exec(void* a) { execv(null, null); _exit(1); return 0; }
    delegate int Fn(nint a);
    static void M1() { var s = NativeMemory.AlignedAlloc(1 << 20, 16);
        clone(&Child, (byte*)s + (1 << 20), 17, null); // WANT FORK007 // SAYS "runs in the child"
        NativeMemory.AlignedFree(s); }
    static void M2() { var s = NativeMemory.Alloc(1 << 20);
        C2(&Exec, (byte*)s + (1 << 20), 17, null); // WANT FORK007 // SAYS NOT "runs in the child before"
        NativeMemory.Free(s); Use("p"); }
    static void M3() { var s = Marshal.AllocHGlobal(1 << 20); Fn f = static a => { Console.WriteLine("c"); return 0; };
        Clone(Marshal.GetFunctionPointerForDelegate(f), s + (1 << 20), 17, 0); // WANT FORK007 // SAYS "Console.WriteLine runs in the child"
        Marshal.FreeHGlobal(s); }
    static void M4() { var s = Marshal.AllocHGlobal(1 << 20); Fn f = Body; var b = new byte[40 << 20];
        Clone(Marshal.GetFunctionPointerForDelegate(f), s + (1 << 20), 17, 0); // WANT FORK007 FORK002
        Marshal.FreeHGlobal(s); }
    static int Body(nint a) => 0;
    static void M5() { var s = NativeMemory.Alloc(1 << 20); var b = new byte[40 << 20]; const int CLONE_VM = 0x100, CLONE_VFORK = 0x4000;
        C2(&Exec, (byte*)s + (1 << 20), CLONE_VM | CLONE_VFORK | 17, null); // MAYBE FORK003
        Use(b); NativeMemory.Free(s); }
}
