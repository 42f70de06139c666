// Fields that are references: what is stored through them is stored where they point.
namespace RefFields;
ref struct Slot { public ref byte[]? Place; public Slot(ref byte[]? place) => Place = ref place; public void Fill() => Place = new byte[40 << 20]; public void Empty() => Place = null; public readonly ref byte[]? Get() => ref Place; }
ref struct Native { public ref nint P; public Native(ref nint p) => P = ref p; public void Free() { Marshal.FreeHGlobal(P); P = 0; } }
ref struct Late { public ref byte[]? Place; [System.Diagnostics.CodeAnalysis.UnscopedRef] public ref byte[]? Get() => ref Place; }
ref struct Outer { public Slot Inner; }
ref struct Whole { public ref readonly byte[] Data; public Whole(in byte[] data) => Data = ref data; }
class Holder { public byte[]? Data; }
class Field { byte[]? _data; // WANT FORK005
    void M1() { var s = new Slot(ref _data); s.Place = new byte[40 << 20];
        fork(); // QUIET
        Use(_data); } }
class Field2 { byte[]? _data; // QUIET
    void M1() { var s = new Slot(ref _data); s.Fill(); Use(_data); s.Empty(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
static class U {
    static void M1() { byte[]? big = null; var s = new Slot(ref big); s.Place = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(big); }
    static void M2() { byte[]? big = null; var s = new Slot(ref big); s.Fill();
        fork(); // WANT FORK001
        Use(big); }
    static void M3() { byte[]? big = new byte[40 << 20]; var s = new Slot(ref big); s.Place = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(big); }
    static void M4() { byte[]? big = new byte[40 << 20]; var s = new Slot(ref big); s.Empty(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(big); }
    static void M5() { byte[]? big = new byte[40 << 20]; var s = new Slot(ref big);
        fork(); // WANT FORK001
        Use(s.Place); }
    static void M6() { byte[]? big = new byte[40 << 20]; var s = new Slot { Place = ref big };
        fork(); // WANT FORK001
        Use(s.Place); }
    static void M7() { var p = Marshal.AllocHGlobal(40 << 20); var n = new Native(ref p); n.Free();
        fork(); // QUIET
    }
    static void M8() { var p = Marshal.AllocHGlobal(40 << 20); var n = new Native(ref p);
        fork(); // WANT FORK002
        n.Free(); }
    static void M9() { byte[]? big = null; var l = new Late { Place = ref big }; l.Get() = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(big); }
    static void M10() { byte[]? big = null; var s = new Slot(ref big); s.Place = ref big; s.Place = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(big); }
    static void M11() { byte[]? big = null; var o = new Outer { Inner = new Slot(ref big) }; o.Inner.Fill();
        fork(); // WANT FORK001
        Use(big); }
    static void M12() { var h = new Holder(); var s = new Slot(ref h.Data); s.Fill();
        fork(); // WANT FORK001
        Use(h); }
    static void M13() { var a = new byte[2][]; var s = new Slot(ref a[0]!); s.Fill();
        fork(); // WANT FORK001
        Use(a); }
    static void M14() { byte[]? big = null; var s = new Slot(ref big); s.Get() = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(big); }
    static void M15() { var big = new byte[40 << 20]; var w = new Whole(in big);
        fork(); // WANT FORK001
        Use(w.Data); }
    static void M16() { byte[]? a = new byte[40 << 20], b = null; var s = new Slot(ref a); s.Place = ref b; s.Place = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // WANT FORK001
        Use(a); }
    static void M17(scoped ref byte[]? place) { var s = new Slot(ref place); s.Place = new byte[40 << 20]; 
        fork(); // WANT FORK001
    }
    static void M18() { byte[]? big = new byte[40 << 20]; var s = new Slot(ref big); var t = s; t.Place = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(big); }
    static void Take(Slot s) => s.Place = null;
    static void M19() { byte[]? big = new byte[40 << 20]; Take(new Slot(ref big)); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(big); }
    static Slot Wrap(ref byte[]? place) => new Slot(ref place);
    static void M20() { byte[]? big = null; var s = Wrap(ref big); s.Fill();
        fork(); // WANT FORK001
        Use(big); }
    static void M21() { byte[]? big = null; var s = Wrap(ref big); s.Place = new byte[40];
        fork(); // QUIET
        Use(big); }
}
