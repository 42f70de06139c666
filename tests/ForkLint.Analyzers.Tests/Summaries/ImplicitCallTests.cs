using ForkLint.Verification;

namespace ForkLint.Summaries;

/// <summary>Spawns that a statement or expression reaches through a member that it does not name.</summary>
public sealed class ImplicitCallTests
{
    [Theory]
    [InlineData("foreach (var one in {|FORK003:Make()|}) { }", "public Steps GetEnumerator() { Process.Start(\"true\"); return new(); }")]
    [InlineData("foreach (var one in {|FORK003:Make()|}) { }", "public Steps GetEnumerator() => new();", "{ Process.Start(\"true\"); return false; }")]
    [InlineData("foreach (var one in {|FORK003:Make()|}) { }", "public IEnumerator<int> GetEnumerator() { Process.Start(\"true\"); yield return 1; }")]
    [InlineData("await foreach (var one in {|FORK003:Make()|}) { }", "public Steps GetAsyncEnumerator() { Process.Start(\"true\"); return new(); }")]
    [InlineData("{|FORK003:await Make()|};", "public TaskAwaiter GetAwaiter() { Process.Start(\"true\"); return Task.CompletedTask.GetAwaiter(); }")]
    [InlineData("{|FORK003:await Make()|};", "public Waiter GetAwaiter() => new();")]
    [InlineData("using ({|FORK003:Make()|}) { }", "public void Dispose() => Process.Start(\"true\");")]
    [InlineData("{ using var {|FORK003:it = Make()|}; }", "public void Dispose() => Process.Start(\"true\");")]
    [InlineData("await using ({|FORK003:Make()|}) { }", "public ValueTask DisposeAsync() { Process.Start(\"true\"); return default; }")]
    [InlineData("var (one, two) = {|FORK003:Make()|};", "public void Deconstruct(out int one, out int two) { one = two = 1; Process.Start(\"true\"); }")]
    [InlineData("var same = Make() is {|FORK003:(1, 2)|};", "public void Deconstruct(out int one, out int two) { one = two = 1; Process.Start(\"true\"); }")]
    [InlineData("var made = new Way { {|FORK003:1|} };", "public void Add(int one) => Process.Start(\"true\");")]
    [InlineData("System.Threading.CancellationTokenSource s; Timed t = Make(); {|FORK003:t.Next()|};", "")]
    public Task A_way_to_a_spawn(string statement, string member, string moveNext = "=> false;") => Lint.CSharp($$"""
        class Caller
        {
            static Way Make() => null;
            static async Task Run() { var big = new byte[200_000_000]; {{statement}} GC.KeepAlive(big); await Task.Yield(); }
        }
        """).File("Way.cs", $$"""
        using System.Collections;
        using System.Runtime.CompilerServices;
        class Way : Timed, IEnumerable, IDisposable, IAsyncDisposable
        {
            {{member}}
            protected override int Step() => Process.Start("true").Id;
            IEnumerator IEnumerable.GetEnumerator() => null;
            {{(member.Contains("Dispose()", StringComparison.Ordinal) ? "" : "public void Dispose() { }")}}
            {{(member.Contains("DisposeAsync", StringComparison.Ordinal) ? "" : "public ValueTask DisposeAsync() => default;")}}
        }
        abstract class Timed { public int Next() => Step(); protected abstract int Step(); }
        class Steps { public int Current => 1; public bool MoveNext() {{moveNext}} public ValueTask<bool> MoveNextAsync() => default; }
        class Waiter : INotifyCompletion { public bool IsCompleted => true; public void OnCompleted(Action then) { } public void GetResult() => Process.Start("true"); }
        """).Ignore("FORK007").Check(result => Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Id == "FORK003")).Verify();

    [Theory]
    [InlineData("{|FORK003:stream.Flush()|}")]
    [InlineData("stream.Position = 1")]
    public Task An_override_of_what_a_library_declares(string call) => Lint.CSharp($$"""
        class Caller
        {
            static void Run(Stream stream) { var big = new byte[200_000_000]; {{call}}; GC.KeepAlive(big); }
        }
        """).File("Piped.cs", """
        class Piped : Stream
        {
            public override void Flush() => Process.Start("true");
            public override bool CanRead => true;
            public override bool CanSeek => true;
            public override bool CanWrite => true;
            public override long Length => 1;
            public override long Position { get; set; }
            public override int Read(byte[] buffer, int offset, int count) => 0;
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override void Write(byte[] buffer, int offset, int count) { }
        }
        """).Verify();
}
