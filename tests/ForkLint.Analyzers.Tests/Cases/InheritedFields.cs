// The field and the spawn are in a base class and its derived class: no FORK005 in either direction.
namespace R09;
abstract class WithBuffer { protected readonly byte[] Buf = new byte[40 << 20]; } // WANT FORK005
sealed class Spawner : WithBuffer { public void M() { Use(Buf);
        fork(); // QUIET
    } }
abstract class Service { protected abstract void Work(); public void Run() { Work(); Process.Start("x")!.WaitForExit(); } }
sealed class Frames : Service { readonly byte[] _frame = new byte[40 << 20]; protected override void Work() => Use(_frame); } // WANT FORK005
abstract class Base2 { protected byte[]? Data; protected void Fill() => Data = new byte[40 << 20]; } // WANT FORK005
sealed class Derived2 : Base2 { void M() { Fill();
        fork(); // QUIET
    } }
class Base3<T> { protected readonly List<T> Items = []; } // WANT FORK005
sealed class Derived3 : Base3<byte[]> { void M() { Items.Add(new byte[40 << 20]);
        fork(); // QUIET
    } }
abstract class Base4 { protected byte[]? Data = new byte[40 << 20]; // QUIET
    protected void Drop() { Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); } }
sealed class Derived4 : Base4 { void M() { Drop();
        fork(); // QUIET
    } }
abstract class Base5 { protected abstract void Go(); }
sealed class Sibling5 : Base5 { readonly byte[] _b = new byte[40 << 20]; protected override void Go() => Use(_b); } // QUIET
sealed class Spawner5 : Base5 { protected override void Go() => fork(); }
