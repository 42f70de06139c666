// The field keyword is storage like another, and so is the element that a ref return names.
namespace FieldKeyword;
sealed class A { byte[] Data => field ??= new byte[40 << 20]; // WANT FORK005 // SAYS "A.Data"
    void M() { Use(Data);
        fork(); // QUIET
    } }
sealed class B { byte[]? Data { get; set => field = value is null ? null : new byte[40 << 20]; } // WANT FORK005
    void M() { Data = []; Use(Data);
        fork(); // QUIET
    } }
sealed class C { byte[]? Data { get => field; set { field = value; } } // QUIET
    void M() { Data = new byte[40 << 20]; Use(Data); Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
static class D { static byte[] Table { get => field ??= new byte[40 << 20]; } // WANT FORK005
    static void M() { Use(Table);
        fork(); // QUIET
    } }
sealed class E { byte[] Small => field ??= new byte[40]; // QUIET
    void M() { Use(Small);
        fork(); // QUIET
    } }
sealed class F { readonly byte[]?[] _slots = new byte[4][]; // WANT FORK005
    ref byte[]? Slot(int i) => ref _slots[i];
    void M() { Slot(1) = new byte[40 << 20];
        fork(); // QUIET
    } }
static class G { static ref byte[] First(byte[][] a) => ref a[0];
    static void M() { var a = new byte[4][]; First(a) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(a); }
    static void N1() { var a = new byte[4][]; ref var first = ref First(a); first = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(a[0]); }
    static void O() { var a = new byte[4][]; First(a) = new byte[40 << 20]; First(a) = null!; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // MAYBE FORK001
        Use(a); }
    static void P() { var d = new Dictionary<int, byte[]?>(); ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(d, 1, out _); slot ??= new byte[40 << 20];
        fork(); // WANT FORK001
        Use(d); }
}
