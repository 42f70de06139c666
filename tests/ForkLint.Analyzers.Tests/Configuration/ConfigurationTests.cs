using ForkLint.Verification;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Configuration;

/// <summary>FORK000: options and additional files that cannot be read.</summary>
public class ConfigurationTests
{
    [Theory]
    [InlineData("forklint.fork_threshold", "plenty", "'plenty', which is not a size")]
    [InlineData("forklint.fork_threshold", "-1", "'-1', which is not a size")]
    [InlineData("forklint.fork_threshold", "1,5 MiB", "'1,5 MiB', which is not a size")]
    [InlineData("forklint.fork_threshold", "1 Mib extra", "forklint.fork_threshold")]
    [InlineData("forklint.fork_threshold", "0", "'0', which is less than a page; 4 KiB is used")]
    [InlineData("forklint.process_start_threshold", "4095", "'4095', which is less than a page; 4 KiB is used")]
    [InlineData("forklint.process_start_threshold", "99999999999 TB", "forklint.process_start_threshold")]
    [InlineData("forklint.fork_treshold", "1 MiB", "forklint.fork_treshold is not an option of ForkLint. Did you mean forklint.fork_threshold?")]
    [InlineData("ForkLint.Process_Start_Mode", "auto", "Did you mean forklint.process_start_model?")]
    [InlineData("forklint.process_start_treshold", "1 MiB", "Did you mean forklint.process_start_threshold?")]
    [InlineData("forklint.process_start_model", "maybe", "only auto, shares and duplicates are models")]
    public Task A_wrong_value_is_reported_once(string key, string value, string message) =>
        Lint.CSharp("class C;").File("Other.cs", "class D;").Option(key, value).Only("FORK000")
            .WithoutLocation("FORK000", message).Severity("FORK000", DiagnosticSeverity.Warning).Verify();

    [Theory]
    [InlineData("forklint.fork_threshold", "1 MiB")]
    [InlineData("forklint.fork_threshold", "500KB")]
    [InlineData("forklint.fork_threshold", "4096")]
    [InlineData("forklint.process_start_threshold", "1048576")]
    [InlineData("forklint.process_start_model", "Shares")]
    [InlineData("forklint.process_start_model", "auto")]
    [InlineData("forklinter.unrelated", "maybe")]
    public Task A_right_value_is_silent(string key, string value) =>
        Lint.CSharp("class C;").Option(key, value).GlobalConfig($"{key} = {value}").Only("FORK000").Verify();

    [Fact]
    public Task A_wrong_value_for_one_file_and_in_the_globalconfig_are_two() =>
        Lint.CSharp("class C;").File("Other.cs", "class D;").Option("forklint.fork_threshold", "much", "Other.cs")
            .GlobalConfig("forklint.process_start_model = perhaps").Only("FORK000")
            .WithoutLocation("FORK000", "'much'").WithoutLocation("FORK000", "'perhaps'").Verify();

    [Theory]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:Library.Shell.Run|}", "is not a documentation-comment id")]
    [InlineData("ForkLint.Spawns.txt", "M:Library.Shell.Run(System.String)\n{|FORK000:M:|}", "is not a documentation-comment id")]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:M:Library.Shell.Run(System.String|}", "is not a documentation-comment id")]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:M:Library Shell|}", "is not a documentation-comment id")]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:X:Library.Shell|}", "starts with 'X:'")]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:F:Library.Shell.Field|}", "only M:, P:")]
    [InlineData("ForkLint.Spawns.txt", "{|FORK000:M:Library.Shell.Run; sometimes|}", "'sometimes' is not a kind of spawn")]
    [InlineData("ForkLint.Allocations.txt", "{|FORK000:E:Library.Buffers.Event|}", "starts with 'E:'")]
    [InlineData("ForkLint.Allocations.Own.txt", "{|FORK000:M:Library.Buffers.Create; big|}", "'big' is not a size")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:F:App.Cache.Table|}", "has no size")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:F:App.Cache.Table; -5|}", "'-5' is not a size")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:T:App.Cache; 5|}", "starts with 'T:'")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:M:App.Encoder.Run; starts=many; peak=5|}", "'starts=many' is none of 'starts=812'")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:M:App.Encoder.Run; starts=5; peak=big|}", "'peak=big' is none of")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:M:App.Encoder.Run; starts=5; starts=6|}", "each once")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:M:App.Encoder.Run; peak=5; program=ffmpeg|}", "does not say how many processes were started")]
    [InlineData("ForkLint.Measured.txt", "{|FORK000:F:App.Encoder.Frame; starts=5; peak=5|}", "is not a method")]
    [InlineData("forklint.measured.2024.txt", "# one\n\n  {|FORK000:nothing|}  \n// two", "is not a documentation-comment id")]
    public Task A_wrong_line_is_reported_where_it_stands(string file, string marked, string message) =>
        Lint.CSharp("class C;").AdditionalFile(file, marked).Only("FORK000").Message("FORK000", message).Verify();

    [Theory]
    [InlineData("ForkLint.Spawns.txt", "# comment\n// comment\n\nM:Not.There(System.String)\nP:Not.There\nM:Not.There``1(``0[],System.Int32@)\nM:Not.There.#ctor; duplicates\nM:Not.There; SHARES")]
    [InlineData("ForkLint.Allocations.txt", "M:Not.There(System.Collections.Generic.List{System.Int32})\nT:Not.There\nM:Not.There;64 MiB\nM:Not.There;")]
    [InlineData("ForkLint.Measured.txt", "F:Not.There; 209715200\nP:Not.There; 1 GB\r\nE:Not.There; 5KiB\nM:Not.There; 7")]
    [InlineData("ForkLint.Measured.txt", "M:Not.There; starts=812; peak=509607936; program=ffmpeg\nM:Not.There;program=my tool ; starts=1\nM:Program.{Main}$; starts=0; peak=486 MiB")]
    [InlineData("BannedSymbols.txt", "nothing of ours")]
    [InlineData("ForkLint.Other.txt", "nothing of ours")]
    [InlineData("My.ForkLint.Spawns.txt", "nothing of ours")]
    [InlineData("ForkLint.Spawns.txt", "")]
    public Task Lines_that_name_nothing_here_and_other_files_are_silent(string file, string text) =>
        Lint.CSharp("class C;").AdditionalFile(file, text).Only("FORK000").Verify();

    [Fact]
    public Task Every_wrong_line_counts_and_the_right_ones_still_work() =>
        Lint.CSharp("class C;").AdditionalFile("ForkLint.Spawns.txt", "{|FORK000:one|}\nM:Fine.Enough\n{|FORK000:two|}").Only("FORK000").Verify();
}
