using ForkLint.Verification;

namespace ForkLint.Spawning;

/// <summary>A process that a library hands out, started by source that never names its type.</summary>
public sealed class HandedOutProcessTests
{
    [Fact]
    public Task A_library_that_knows_processes() => Lint.CSharp("""
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                {|FORK003:Lib.Factory.Make().Start()|};
                GC.KeepAlive(big);
            }
        }
        """).WithoutUsings().File("Usings.cs", "global using System;")
        .Library("Lib", "namespace Lib { public static class Factory { public static System.Diagnostics.Process Make() => new(); } }").Verify();

    [Fact]
    public Task A_library_that_starts_something_else() => Lint.CSharp("""
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                Lib.Factory.Make().Start();
                GC.KeepAlive(big);
            }
        }
        """).WithoutUsings().File("Usings.cs", "global using System;")
        .Library("Lib", "namespace Lib { public static class Factory { public static System.Threading.Thread Make() => new(() => { }); } }").Verify();
}
