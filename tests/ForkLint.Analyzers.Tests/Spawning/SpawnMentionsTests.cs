using System.Text.RegularExpressions;

namespace ForkLint.Analyzers.Spawning;

/// <summary>The look at a text that decides whether anything else is looked at.</summary>
public sealed partial class SpawnMentionsTests
{
    private static readonly string[] All =
        [.. NativeSpawns.EntryPoints, "Process", "SafeProcessHandle", "LibC", "Syscall", "Stdlib", "SystemNative_ForkAndExecProcess"];

    public static TheoryData<string> Words => [.. All];

    [Theory]
    [MemberData(nameof(Words))]
    public void A_word_that_spawns_is_found_wherever_it_stands_alone(string word)
    {
        foreach (var text in new[] { word, $"{word}();", $"x.{word}", $"\"{word}\"", $"({word})", $"fork2 {word}", $"{word}X {word}" })
        {
            Assert.True(SpawnMentions.Of(text).HasFlag(SpawnWords.Spawn), text);
        }
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void A_part_of_another_word_is_not(string word)
    {
        foreach (var text in new[] { $"x{word}y", $"{word}9", $"9{word}", $"é{word}", $"{word}ß", $"{word}_{word}", word[1..], word[..^1] }.Where(text => !All.Contains(text)))
        {
            Assert.False(SpawnMentions.Of(text).HasFlag(SpawnWords.Spawn), text);
        }
    }

    [Theory]
    [InlineData("Start", SpawnWords.Start)]
    [InlineData("a.StartAsync()", SpawnWords.Start)]
    [InlineData("a. Start()", SpawnWords.Start)]
    [InlineData("a?.Run()", SpawnWords.Run)]
    [InlineData("Running", SpawnWords.Run)]
    [InlineData("Restart DryRun", SpawnWords.None)]
    [InlineData("a.StartsWith(b.StartInfo, StartTime, StartIndex)", SpawnWords.None)]
    [InlineData("a.StartsWith(b) a.StartsWithout(c)", SpawnWords.Start)]
    [InlineData("fork", SpawnWords.Spawn | SpawnWords.Native)]
    [InlineData(@"Proc\u0065ss.S\U00000074art()", SpawnWords.Spawn | SpawnWords.Start)]
    [InlineData(@"f\u006Frk \uD800 \U0010FFFF \u12", SpawnWords.Spawn | SpawnWords.Native)]
    [InlineData("Libc.fork(fork)", SpawnWords.Spawn | SpawnWords.Native)]
    [InlineData("EntryPoint = \"fork\"", SpawnWords.EntryPoint | SpawnWords.Spawn | SpawnWords.Native | SpawnWords.Literal)]
    [InlineData("EntryPoint = nameof(Libc.fork)", SpawnWords.EntryPoint | SpawnWords.Spawn | SpawnWords.Native | SpawnWords.Literal)]
    [InlineData("EntryPoint = nameof(fork)", SpawnWords.EntryPoint | SpawnWords.Spawn | SpawnWords.Native | SpawnWords.Literal)]
    [InlineData("EntryPoint = \"getpid\"", SpawnWords.None)]
    [InlineData("EntryPoint=\"SystemNative_ForkAndExecProcess\"", SpawnWords.EntryPoint | SpawnWords.Spawn | SpawnWords.Import | SpawnWords.Literal)]
    [InlineData("EntryPoint = Names.Fork", SpawnWords.EntryPoint)]
    [InlineData("EntryPoint = \"\"", SpawnWords.EntryPoint)]
    [InlineData("EntryPoint", SpawnWords.EntryPoint)]
    [InlineData("\"fork and exec\"", SpawnWords.Spawn | SpawnWords.Native)]
    [InlineData("rename(fork) x.nameof(y).fork", SpawnWords.Spawn | SpawnWords.Native)]
    [InlineData("\"SystemNative_ForkAndExecProcess\"", SpawnWords.Spawn | SpawnWords.Import | SpawnWords.Literal)]
    [InlineData("\"Process\"", SpawnWords.Spawn)]
    [InlineData("SystemNative_ForkAndExecProcess", SpawnWords.Spawn | SpawnWords.Import)]
    [InlineData("", SpawnWords.None)]
    internal void What_a_text_says(string text, SpawnWords expected) => Assert.Equal(expected | SpawnWords.Any, SpawnMentions.Of(text));

    /// <summary>Against the plain definition: each word of a text by itself, with the characters around it.</summary>
    [Fact]
    public void A_text_says_what_its_words_say()
    {
        string[] parts = [.. All, "Start", "Run", "StartsWith", "x", "_", "9", "é", ".", " ", "\n", "\"", "𝒳"];
        var random = new Random(20);
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var words = SpawnWords.Any;
            foreach (Match word in Word().Matches(text))
            {
                var (start, end) = (Math.Max(word.Index - 1, 0), Math.Min(word.Index + word.Length + 1, text.Length));
                words |= SpawnMentions.Of(text[start..end]);
            }

            Assert.Equal(words, SpawnMentions.Of(text));
        }
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}_]+")]
    private static partial Regex Word();
}
