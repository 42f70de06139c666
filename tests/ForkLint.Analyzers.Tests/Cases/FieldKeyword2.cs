// More of the field keyword: releases, initializers, init and static accessors, references to what it stands for.
namespace FieldKeyword2;
sealed class A { public byte[]? Data { get; set { field = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); field = value; } } // QUIET
    void M() { Data = new byte[40 << 20]; Use(Data); Data = null;
        fork(); // MAYBE FORK006
    } }
sealed class B { byte[] Data { get => field; init => field = value ?? new byte[40 << 20]; } = new byte[40 << 20]; // WANT FORK005
    void M() { Use(Data); fork(); } }
sealed class C : IDisposable { nint P { get => field == 0 ? field = Marshal.AllocHGlobal(40 << 20) : field; set { if (field != 0) Marshal.FreeHGlobal(field); field = value; } }
    public void Dispose() => P = 0;
    static void M() { using (var c = new C()) { Use(c.P); }
        fork(); // QUIET
    }
    static void M2() { using var c = new C(); Use(c.P);
        fork(); // WANT FORK002
    } }
sealed class D { byte[]? Data { get { if (field is null) { field = new byte[40 << 20]; } return field; } set; } // WANT FORK005
    void M() { Use(Data); fork(); } }
sealed class E { byte[]? Data { get => field ??= new byte[40 << 20]; set; } // QUIET
    void M() { Use(Data); Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class F { List<byte[]> Data => field ??= []; // WANT FORK005
    void M() { Data.Add(new byte[40 << 20]); fork(); } }
sealed class G { byte[] Data { get => LazyInitializer.EnsureInitialized(ref field, () => new byte[40 << 20]); } // WANT FORK005
    void M() { Use(Data); fork(); } }
sealed class H { byte[]? Data { get => field; set { ref var place = ref field; place = value; } } // WANT FORK005
    void M() { Data = new byte[40 << 20]; Use(Data); fork(); } }
sealed class I { int Size { get => field; set => field = Math.Max(value, 40 << 20); } = 40 << 20;
    void M() { var b = new byte[Size];
        fork(); // MAYBE FORK001
        Use(b); } }
sealed class J { byte[]? Data { get => field; set => field = value; } // QUIET
    static void M() { var j = new J { Data = new byte[40 << 20] }; // QUIET
        fork(); // WANT FORK001
        Use(j.Data); }
    static void M2() { var j = new J { Data = new byte[40 << 20] }; j.Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(j); } }
partial class K { partial byte[] Data { get; } }
partial class K { partial byte[] Data => field ??= new byte[40 << 20]; // WANT FORK005
    void M() { Use(Data); fork(); } }
