// A path that starts in a lambda names what it is a lambda of.
namespace LambdaPaths;
sealed class A {
    static void Start() { Task.Run(() => { var b = new byte[40 << 20];
            fork(); // WANT FORK001 // SAYS "Start"
            Use(b); }); }
    Action _handler = () => { var b = new byte[40 << 20];
        fork(); // WANT FORK001 // SAYS "_handler"
        Use(b); };
    static byte[]? s_table = new byte[40 << 20]; // WANT FORK005 // SAYS "A."
    static void Use2() => Use(s_table);
}
