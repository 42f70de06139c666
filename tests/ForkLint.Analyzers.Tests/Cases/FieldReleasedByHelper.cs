// A helper of the field's own type lets it go.
namespace FieldReleasedByHelper;
static class F1 { static byte[]? _t = new byte[40 << 20]; // QUIET
    public static void Drop() { _t = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); } }
static class F2 { static void Run() { F1.Drop();
        fork(); // QUIET
    } }
