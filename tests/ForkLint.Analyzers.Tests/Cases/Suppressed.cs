// The attribute on an automatic property's field is as good as one on a field.
using System.Diagnostics.CodeAnalysis;
namespace Suppressed;
sealed class A { [field: SuppressMessage("Memory", "FORK005")] public byte[]? Data { get; set; } = new byte[40 << 20]; // QUIET
    void M() { Use(Data); fork(); } }
sealed class B { [SuppressMessage("Memory", "FORK005")] byte[]? _data = new byte[40 << 20]; // QUIET
    void M() { Use(_data); fork(); } }
sealed class C { [field: SuppressMessage("Memory", "FORK005:A field holds")] public static byte[]? Data { get; set; } = new byte[40 << 20]; // QUIET
    void M() { Use(Data); fork(); } }
sealed class D { [field: SuppressMessage("Memory", "FORK004")] public byte[]? Data { get; set; } = new byte[40 << 20]; // WANT FORK005
    void M() { Use(Data); fork(); } }
sealed class E { [field: NonSerialized] public byte[]? Data { get; set; } = new byte[40 << 20]; // WANT FORK005
    void M() { Use(Data); fork(); } }
