using System.Globalization;
using ForkLint.AnalyzerSpeed;

namespace ForkLint.Rules;

/// <summary>
/// How the work grows with the program, in steps, which no other program on the machine can change. Twice the program may
/// take a little more than twice the steps; and what is there must still be found, so that nothing was given up.
/// </summary>
public sealed class WorkTests
{
    private const double MostForTwice = 2.3;

    [Theory]
    [InlineData("var o{0} = new object(); Console.WriteLine(o{0});")]
    [InlineData("if (number == {0}) {{ Console.WriteLine(big.Length); }}")]
    [InlineData("var b{0} = new byte[{0} + 1_000_000]; Console.WriteLine(b{0}.Length);")]
    [InlineData("var c{0} = new Box {{ Data = big }}; c{0}.Data = null;")]
    [InlineData("try {{ Console.WriteLine(big.Length); }} catch (Exception) {{ Console.WriteLine({0}); }}")]
    [InlineData("number += Helper(big, {0});")]
    public Task Statements_of_one_method(string statement) => Grows(2_000, count => $$"""
        class Box { public byte[] Data; }
        class C
        {
            static int Helper(byte[] data, int number) => data.Length + number;

            static void Run(int number)
            {
                var big = new byte[200_000_000];
                {{Repeat(count, statement)}}
                fork();
                GC.KeepAlive(big);
            }
        }
        """, "FORK001");

    [Fact]
    public Task Statements_around_which_an_exception_is_caught() => Grows(1_000, count => $$"""
        class C
        {
            static void Run(int number)
            {
                var big = new byte[200_000_000];
                try
                {
                    {{Repeat(count, "var s{0} = number.ToString(); Console.WriteLine(s{0});")}}
                }
                catch (Exception)
                {
                }

                fork();
                GC.KeepAlive(big);
            }
        }
        """, "FORK001");

    [Fact]
    public Task Chain_of_calls() => Grows(250, count => $$"""
        class Box { public byte[] Data; public Box Next; }
        class C
        {
            static void Run()
            {
                var box = M0(new byte[200_000_000], 0);
                fork();
                GC.KeepAlive(box);
            }

            {{Repeat(count, "static Box M{0}(byte[] data, int depth) {{ var box = M{1}(data, depth + 1); Console.WriteLine(box.Data.Length); return box; }}")}}
            static Box M{{count}}(byte[] data, int depth) => new Box { Data = data };
        }
        """, "FORK001");

    [Fact]
    public Task Implementations_of_an_interface() => Grows(100, count => $$"""
        interface IStep { int Do(Box box); }
        class Box { public byte[] Data; }
        {{Repeat(count, "class Step{0} : IStep {{ public int Do(Box box) => box.Data.Length + {0}; }}")}}
        class C
        {
            static void Run(IStep step)
            {
                var box = new Box { Data = new byte[200_000_000] };
                {{Repeat(10, "Console.WriteLine(step.Do(box));")}}
                fork();
                GC.KeepAlive(box);
            }
        }
        """, "FORK001");

    [Theory]
    [InlineData(30, "FORK001")]
    [InlineData(300, "")]
    public async Task Implementations_that_change_something_are_followed_if_they_are_not_too_many(int count, string expected)
    {
        var (work, rules) = await WorkProbe.Of($$"""
            interface IStep { void Do(Box box); }
            class Box { public byte[] Data; public Box Next; }
            {{Repeat(count, "class Step{0} : IStep {{ public void Do(Box box) => box.Next = new Box {{ Next = box.Next }}; }}")}}
            class C
            {
                static void Run(IStep step)
                {
                    var box = new Box { Data = new byte[200_000_000] };
                    step.Do(box);
                    fork();
                    GC.KeepAlive(box);
                }
            }
            """);

        Assert.Equal(expected, rules);
        Assert.InRange(work, 1, 100_000);
    }

    [Fact]
    public Task Methods_that_call_each_other() => Grows(40, count => $$"""
        class Box { public byte[] Data; }
        class C
        {
            static void Run(int number)
            {
                var box = new Box { Data = new byte[200_000_000] };
                M0(number, box);
                GC.KeepAlive(box);
            }

            {{Repeat(count, """
                static Box M{0}(int number, Box box)
                {{
                    if (number == {0}) {{ fork(); return box; }}
                    var made = number > 3 ? M{1}(number - 1, box) : M{2}(number - 2, box);
                    Console.WriteLine(made.Data);
                    return made;
                }}
                """, count)}}
        }
        """, "FORK001");

    [Fact]
    public Task Graph_of_objects() => Grows(100, count => $$"""
        {{Repeat(count, "class Node{0} {{ public Node{1} Next = new(); public byte[] Data; public object Other = new(); }}")}}
        class Node{{count}} { public byte[] Data; }
        class C
        {
            static void Run()
            {
                var root = new Node0();
                root.Data = new byte[200_000_000];
                root.Next.Data = root.Data;
                fork();
                GC.KeepAlive(root);
            }
        }
        """, "FORK001");

    [Fact]
    public async Task Nothing_is_followed_where_no_allocation_can_be_large()
    {
        var (work, rules) = await WorkProbe.Of("""
            class C
            {
                static byte[] _small = new byte[4096];
                static byte[] Make(int length) => new byte[length];
                static void Fill(byte[] data) => Array.Fill(data, (byte)1);
                static void Run(Stream stream)
                {
                    var one = Make(100);
                    var two = Make((int)stream.Length);
                    Fill(one);
                    Process.Start("true");
                    Fill(two);
                    GC.KeepAlive(File.ReadAllBytes("name"));
                }
            }
            """);

        Assert.Equal(("", 0), (rules, work));
    }

    [Fact]
    public async Task Large_by_its_callers_arguments_is_followed()
    {
        var (work, rules) = await WorkProbe.Of("""
            class C
            {
                static byte[] Make(int length) => new byte[length];
                static byte[] MakeMany(int megabytes) => Make(megabytes * 1_000_000);
                static void Run()
                {
                    var big = MakeMany(100);
                    Process.Start("true");
                    GC.KeepAlive(big);
                }
            }
            """);

        Assert.Equal("FORK003", rules);
        Assert.NotEqual(0, work);
    }

    /// <summary>The project whose time bench/analyzer measures. Time cannot be tested; that the bench grows slower without anyone's knowing can.</summary>
    [Fact]
    public async Task Project_where_every_20th_class_spawns()
    {
        const int MostBodiesOfOne = 5;
        const int MostStepsOfOne = 700;
        var files = SourceGenerator.Project(10_000, spawnEvery: 20).ToList();
        var spawning = files.Count(static file => file.Source.Contains("class Runner", StringComparison.Ordinal));

        var (work, lookedAt, all, findings) = await WorkProbe.Of(files);

        Assert.Equal(spawning, findings);
        Assert.True(all > 50 * spawning, $"{all} bodies");
        Assert.True(lookedAt <= MostBodiesOfOne * spawning, $"{lookedAt} of {all} bodies were looked at, {spawning} classes spawn");
        Assert.True(work <= MostStepsOfOne * spawning, $"{work} steps, {spawning} classes spawn");
    }

    private static async Task Grows(int count, Func<int, string> program, string rules)
    {
        var once = await WorkProbe.Of(program(count));
        var twice = await WorkProbe.Of(program(2 * count));
        var fourTimes = await WorkProbe.Of(program(4 * count));

        Assert.Equal(rules, once.Rules);
        Assert.Equal(rules, twice.Rules);
        Assert.Equal(rules, fourTimes.Rules);
        Assert.True(
            twice.Work <= MostForTwice * once.Work && fourTimes.Work <= MostForTwice * twice.Work,
            $"{count}: {once.Work}, {2 * count}: {twice.Work}, {4 * count}: {fourTimes.Work} steps");
    }

    /// <summary>The text once for each number, with the number, the next and the one after for {0}, {1} and {2}; these two begin again at <paramref name="period"/>.</summary>
    private static string Repeat(int count, string text, int period = int.MaxValue) => string.Join("\n", Enumerable.Range(0, count)
        .Select(number => string.Format(CultureInfo.InvariantCulture, text, number, (number + 1) % period, (number + 7) % period)));
}
