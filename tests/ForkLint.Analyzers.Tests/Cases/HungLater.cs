// What is hung on an object after the object came into a field.
namespace HungLater;
sealed class Node { public byte[]? Data; public Node? Next; }
static class J { static readonly List<Node> L = []; // WANT FORK005
    static void M() { var n = new Node(); L.Add(n); n.Data = new byte[40 << 20]; } }
static class J2 { static readonly List<Node> L = []; // WANT FORK005
    static void M() { var n = new Node(); n.Data = new byte[40 << 20]; L.Add(n); } }
static class J3 { static Node? L; // WANT FORK005
    static void M() { var n = new Node(); L = n; n.Data = new byte[40 << 20]; } }
static class J4 { static readonly Dictionary<int, Node> L = []; // WANT FORK005
    static void M() { if (!L.TryGetValue(1, out var n)) { n = new Node(); L.Add(1, n); } n.Data = new byte[40 << 20]; } }
static class Starts { static void Go() => fork(); }
