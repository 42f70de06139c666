// Sequences of the compilation whose steps spawn, walked in every way that walks a sequence.
namespace SpawnsInSequences;
using System.Collections;
static class Git { public static void Gc() { using var process = Process.Start("git", "gc"); process.WaitForExit(); } }
sealed class Steps : IEnumerable<string>
{
    public Walk GetEnumerator() => new();
    IEnumerator<string> IEnumerable<string>.GetEnumerator() => new Walk();
    IEnumerator IEnumerable.GetEnumerator() => new Walk();
    public sealed class Walk : IEnumerator<string> { int _at; public string Current => ""; object IEnumerator.Current => ""; public bool MoveNext() { fork(); return _at++ < 3; } public void Reset() { } public void Dispose() { } }
}
sealed class Rests : IEnumerable<string>
{
    public Walk GetEnumerator() => new();
    IEnumerator<string> IEnumerable<string>.GetEnumerator() => new Walk();
    IEnumerator IEnumerable.GetEnumerator() => new Walk();
    public sealed class Walk : IEnumerator<string> { int _at; public string Current => ""; object IEnumerator.Current => ""; public bool MoveNext() => _at++ < 3; public void Reset() { } public void Dispose() { } }
}
sealed class ByYield : IEnumerable<string> { public IEnumerator<string> GetEnumerator() { fork(); yield return ""; } IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); }
sealed class RestsByYield : IEnumerable<string> { public IEnumerator<string> GetEnumerator() { yield return ""; } IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); }
static class Walks
{
    static IEnumerable<string> Lines() { yield return "a"; Git.Gc(); yield return "b"; }
    static IEnumerable<string> Calm() { yield return "a"; yield return "b"; }
    static async IAsyncEnumerable<string> LinesAsync() { yield return "a"; await Task.Yield(); fork(); }
    static async IAsyncEnumerable<string> CalmAsync() { yield return "a"; await Task.Yield(); }
    static void A1() { var big = new byte[64 << 20]; string[] all = [.. new Steps()]; Use(all); Use(big); } // WANT FORK001
    static void A2() { var big = new byte[64 << 20]; string[] all = [.. new Rests()]; Use(all); Use(big); }
    static void A3() { var big = new byte[64 << 20]; List<string> all = ["x", .. Lines(), "y"]; Use(all); Use(big); } // WANT FORK003
    static void A4() { var big = new byte[64 << 20]; List<string> all = ["x", .. Calm(), "y"]; Use(all); Use(big); }
    static void A5() { var big = new byte[64 << 20]; foreach (var line in new Steps()) { Use(line); } Use(big); } // WANT FORK001
    static void A6() { var big = new byte[64 << 20]; foreach (var line in new Rests()) { Use(line); } Use(big); }
    static void A7() { var big = new byte[64 << 20]; Use(string.Join(",", new Steps())); Use(big); } // WANT FORK001
    static void A8() { var big = new byte[64 << 20]; Use(string.Join(",", new Rests())); Use(big); }
    static void A9() { var big = new byte[64 << 20]; Use(string.Join(",", Lines())); Use(big); } // WANT FORK003
    static void A10() { var big = new byte[64 << 20]; Use(new Steps().ToList()); Use(big); } // WANT FORK001
    static void A11() { var big = new byte[64 << 20]; Use(new Rests().ToList()); Use(big); }
    static void A12() { var big = new byte[64 << 20]; Use(new Steps().Select(line => line.Length).Sum()); Use(big); } // WANT FORK001
    static void A13() { var big = new byte[64 << 20]; Use(new Rests().Select(line => line.Length).Sum()); Use(big); }
    static void A14() { var big = new byte[64 << 20]; Use(new Steps().Select(line => line.Length)); Use(big); }
    static void A15() { var big = new byte[64 << 20]; IEnumerable<string> steps = new Steps(); foreach (var line in steps) { Use(line); } Use(big); } // WANT FORK001
    static void A16() { var big = new byte[64 << 20]; IEnumerable<string> steps = new Rests(); foreach (var line in steps) { Use(line); } Use(big); }
    static void A17() { var big = new byte[64 << 20]; foreach (var line in new ByYield()) { Use(line); } Use(big); } // WANT FORK001
    static void A18() { var big = new byte[64 << 20]; foreach (var line in new RestsByYield()) { Use(line); } Use(big); }
    static void A19() { var big = new byte[64 << 20]; Use(new ByYield().ToArray()); Use(big); } // WANT FORK001
    static void A20() { var big = new byte[64 << 20]; Use(new RestsByYield().ToArray()); Use(big); }
    static void A21() { var big = new byte[64 << 20]; Use(string.Concat(new ByYield())); Use(big); } // WANT FORK001
    static void A22() { var big = new byte[64 << 20]; Use(new List<string>(new Steps())); Use(big); } // WANT FORK001
    static void A23() { var big = new byte[64 << 20]; Use(new List<string>(new Rests())); Use(big); }
    static void A24() { var big = new byte[64 << 20]; var all = new List<string>(); all.AddRange(new Steps()); Use(all); Use(big); } // WANT FORK001
    static void A25() { var big = new byte[64 << 20]; var all = new List<string>(); all.AddRange(new Rests()); Use(all); Use(big); }
    static void A26(Steps steps) { var big = new byte[64 << 20]; Use(steps.Count()); Use(big); } // WANT FORK001
    static void A27(Rests rests) { var big = new byte[64 << 20]; Use(rests.Count()); Use(big); }
    static void A28(Steps steps) { var big = new byte[64 << 20]; string[] all = [.. steps]; Use(all); Use(big); } // WANT FORK001
    static void A29() { var big = new byte[64 << 20]; var set = new HashSet<string>(); set.UnionWith(new Steps()); Use(set); Use(big); } // WANT FORK001
    static void A30() { var big = new byte[64 << 20]; File.WriteAllLines("a", new Steps()); Use(big); } // WANT FORK001
    static void A31() { var big = new byte[64 << 20]; File.WriteAllLines("a", new Rests()); Use(big); }
    static async Task A32() { var big = new byte[64 << 20]; await foreach (var line in LinesAsync()) { Use(line); } Use(big); } // WANT FORK001
    static async Task A33() { var big = new byte[64 << 20]; await foreach (var line in CalmAsync()) { Use(line); } Use(big); }
    static void A34() { var big = new byte[64 << 20]; Use(All(new Steps())); Use(big); } // WANT FORK001
    static void A35() { var big = new byte[64 << 20]; Use(All(new Rests())); Use(big); }
    static List<string> All(IEnumerable<string> lines) => lines.ToList();
    static void A36() { var big = new byte[64 << 20]; Use(Each(new Steps())); Use(big); } // WANT FORK001
    static void A37() { var big = new byte[64 << 20]; Use(Each(new Rests())); Use(big); }
    static int Each(IEnumerable<string> lines) { var count = 0; foreach (var line in lines) { count += line.Length; } return count; }
    static void A38() { var big = new byte[64 << 20]; var first = new Steps().First(); Use(first); Use(big); } // WANT FORK001
    static void A39() { var big = new byte[64 << 20]; var all = new HashSet<string>(Lines()); Use(all); Use(big); } // WANT FORK003
    static void A40() { var big = new byte[64 << 20]; var map = new Steps().ToDictionary(line => line); Use(map); Use(big); } // WANT FORK001
    static void A41() { var big = new byte[64 << 20]; using var walk = new Steps().GetEnumerator(); while (walk.MoveNext()) { Use(walk.Current); } Use(big); } // WANT FORK001
    static void A42() { var big = new byte[64 << 20]; var query = from line in new Steps() where line.Length > 0 select line; foreach (var line in query) { Use(line); } Use(big); } // WANT FORK001
    static void A43() { var big = new byte[64 << 20]; var query = from line in new Rests() where line.Length > 0 select line; foreach (var line in query) { Use(line); } Use(big); }
}
sealed class Holder(Steps steps) { readonly Steps _kept = new(); public int Count() => _kept.Count() + steps.Count(); public override string ToString() => $"{_kept.GetHashCode()}"; }
static class Twins
{
    static void B1() { var big = new byte[64 << 20]; var steps = new Steps(); Use(steps.ToString()); Use(steps.GetHashCode()); Use(steps.GetType()); Use(big); }
    static void B2() { var big = new byte[64 << 20]; Console.WriteLine((object)new Steps()); Use(big); }
    static void B3() { var big = new byte[64 << 20]; Use(new Holder(new Steps()).Count()); Use(big); } // WANT FORK001
    static void B4() { var big = new byte[64 << 20]; Use(new Holder(new Steps()).ToString()); Use(big); }
    static void B5() { var big = new byte[64 << 20]; var list = new List<Steps> { new Steps() }; Use(list.Count); Use(list); Use(big); }
    static void B6(List<Steps> list) { var big = new byte[64 << 20]; Use(list.SelectMany(steps => steps).ToList()); Use(big); } // MAYBE FORK001
}
