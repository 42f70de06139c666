using ForkLint.Verification;

namespace ForkLint.Analyzers.Rules;

/// <summary>What <c>trace</c> saw a method start stands in the message about what is held beside it.</summary>
public sealed class TracedSpawnTests
{
    private const string Held = """
        namespace App;
        class Encoder
        {
            static void Use(byte[] bytes) { }
            void Run() { var frame = new byte[240_000_000]; Use(frame); using var p = {|FORK004:Process.Start("x")|}; p.WaitForExit(); }
        }
        """;

    [Fact]
    public Task Used_after() => Lint.CSharp("""
        namespace App;
        class Encoder
        {
            static void Use(byte[] bytes) { }
            void Run() { var frame = new byte[240_000_000]; {|FORK003:Process.Start("x")|}; Use(frame); }
        }
        """).AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=812; peak=486000000; program=ffmpeg")
        .Message("FORK003", "'frame' (240 MB) is used after Run → Process.Start and stays resident beside 'ffmpeg', which peaked at 486 MB: start")
        .Property("FORK003", "childPeakBytes", "486000000").Property("FORK003", "childProgram", "ffmpeg").Verify();

    [Fact]
    public Task Held_while_waiting() => Lint.CSharp(Held).AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=812; peak=486 MB; program=ffmpeg")
        .Message("FORK004", "'frame' (240 MB) may be held beside 'ffmpeg', which peaked at 486 MB, while this method waits for Run → Process.Start but is not used afterwards: ").Verify();

    [Fact]
    public Task A_field() => Lint.CSharp("""
        namespace App;
        static class Cache { public static byte[] {|FORK005:Table|} = new byte[240_000_000]; }
        class Encoder { void Run() => Process.Start("x"); }
        """).AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=812; peak=509607936; program=ffmpeg")
        .Message("FORK005", "'Cache.Table' (240 MB) holds its memory across Encoder.Run → Process.Start, beside 'ffmpeg', which peaked at 486 MiB: ").Verify();

    [Fact]
    public Task Of_several_programs_the_largest() => Lint.CSharp(Held)
        .AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=8; peak=5000000; program=git\nM:App.Encoder.Run; starts=2; peak=486000000; program=ffmpeg")
        .AdditionalFile("ForkLint.Measured.Other.txt", "M:App.Encoder.Run; starts=3; program=unknown")
        .Message("FORK004", "beside 'ffmpeg', which peaked at 486 MB,").Verify();

    [Fact]
    public Task Without_a_program() => Lint.CSharp(Held).AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=8; peak=5000000")
        .Message("FORK004", "beside a child that peaked at 5 MB,").Verify();

    [Theory]
    [InlineData("M:App.Encoder.Run; starts=8; program=ffmpeg")]
    [InlineData("M:App.Encoder.Other; starts=8; peak=486000000; program=ffmpeg")]
    [InlineData("M:App.Encoder.Run; 486000000")]
    public Task Without_a_peak_of_its_own(string line) => Lint.CSharp(Held).AdditionalFile("ForkLint.Measured.txt", line)
        .Message("FORK004", "'frame' (240 MB) may be held while this method waits for ").Verify();

    [Fact]
    public Task Through_a_helper_each_caller_has_its_own_child() => Lint.CSharp("""
        namespace App;
        class Encoder
        {
            static void Use(byte[] bytes) { }
            void Run() { var frame = new byte[240_000_000]; Use(frame); {|FORK004:Tool.Exec("x")|}; }
            void Walk<T>(T[] many) { var frame = new byte[250_000_000]; Use(frame); {|FORK004:Tool.Exec("x")|}; }
        }
        static class Tool { public static void Exec(string program) { using var p = Process.Start(program); p.WaitForExit(); } }
        """).AdditionalFile("ForkLint.Measured.txt", "M:App.Tool.Exec; starts=10; peak=900000000; program=chromium\nM:App.Encoder.Run; starts=1; peak=486000000; program=ffmpeg")
        .Message("FORK004", "'frame' (240 MB) may be held beside 'ffmpeg', which peaked at 486 MB,").Message("FORK004", "'frame' (250 MB) may be held beside 'chromium', which peaked at 900 MB,").Verify();

    [Theory]
    [InlineData("void Run(int count)", "M:App.Encoder.Run")]
    [InlineData("void Run<T>(T count)", "M:App.Encoder.Run")]
    [InlineData("async Task Run()", "M:App.Encoder.Run")]
    [InlineData("Encoder(int count)", "M:App.Encoder.#ctor")]
    public Task The_id_has_no_parameters(string header, string id) => Lint.CSharp($$"""
        namespace App;
        class Encoder
        {
            static void Use(byte[] bytes) { }
            {{header}} { var frame = new byte[240_000_000]; Use(frame); using var p = {|FORK004:Process.Start("x")|}; p.WaitForExit(); }
        }
        """).AdditionalFile("ForkLint.Measured.txt", id + "; starts=812; peak=486000000; program=ffmpeg").Message("FORK004", "beside 'ffmpeg'").Verify();

    [Fact]
    public Task In_a_lambda_it_is_the_method_around_it() => Lint.CSharp("""
        namespace App;
        class Encoder
        {
            static void Use(byte[] bytes) { }
            Action Run() => () => { var frame = new byte[240_000_000]; Use(frame); using var p = {|FORK004:Process.Start("x")|}; p.WaitForExit(); };
        }
        """).AdditionalFile("ForkLint.Measured.txt", "M:App.Encoder.Run; starts=812; peak=486000000; program=ffmpeg").Message("FORK004", "beside 'ffmpeg'").Verify();

    [Fact]
    public Task In_top_level_statements() => Lint.CSharp("""
        var frame = new byte[240_000_000];
        frame[1] = 1;
        using var p = {|FORK004:Process.Start("x")|};
        p.WaitForExit();
        """).AdditionalFile("ForkLint.Measured.txt", "M:Program.{Main}$; starts=812; peak=486000000; program=ffmpeg").Message("FORK004", "beside 'ffmpeg'").Verify();
}
