using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>What stands around the memory stays as it is: comments, line ends, layout, directives, the compiler's warnings, and what the program does.</summary>
public sealed class OrdinaryShapesTests
{
    private const string Frame =
        """
        sealed class Frame : IDisposable
        {
            private readonly nint _memory = Marshal.AllocHGlobal(200_000_000);

            public int Size => 1;

            public void Dispose() => Marshal.FreeHGlobal(_memory);
        }
        """;

    [Fact]
    public Task A_release_does_not_move_before_what_still_needs_the_memory() => Duplicating("""
        class C
        {
            void M()
            {
                var list = new List<byte>(200_000_000);
                list.Add(1);
                Process.Start("git");
                list.Clear();
                list = null;
            }
        }
        """).IsNotOffered<MoveReleaseCodeFixProvider>();

    [Fact]
    public Task A_dispose_that_gives_nothing_back_does_not_move() => Duplicating("""
        class C
        {
            void M()
            {
                var stream = new MemoryStream(200_000_000);
                stream.WriteByte(1);
                Process.Start("git");
                stream.Dispose();
            }
        }
        """).IsNotOffered<MoveReleaseCodeFixProvider>();

    [Fact]
    public Task A_comment_after_a_using_declaration() => Duplicating(Frame + """

        class C
        {
            void M()
            {
                // The frame.
                using var frame = new Frame(); // for a moment
                Console.WriteLine(frame.Size); // shown
                Process.Start("git");
            }
        }
        """).Becomes<NarrowScopeCodeFixProvider>(Frame + """

        class C
        {
            void M()
            {
                // The frame.
                using (var frame = new Frame()) // for a moment
                {
                    Console.WriteLine(frame.Size); // shown
                }
                Process.Start("git");
            }
        }
        """);

    [Fact]
    public Task A_comment_after_a_collection() => Duplicating("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                GC.Collect(); // give it back
                Process.Start("git");
            }
        }
        """).Becomes<CollectBeforeSpawnCodeFixProvider>("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true); // give it back
                Process.Start("git");
            }
        }
        """);

    [Fact]
    public Task What_is_never_null_is_returned_as_such() => Duplicating("""
        #nullable enable
        class C(string name)
        {
            void M()
            {
                const int Size = 200_000_000;
                var big = new byte[Size];
                Console.WriteLine(name + big[Size - 1]);
                var text = Encoding.UTF8.GetString(big);
                Process.Start("git");
                Console.WriteLine(text.Length);
            }
        }
        """).Becomes<ExtractAllocationCodeFixProvider>("""
        #nullable enable
        class C(string name)
        {
            void M()
            {
                const int Size = 200_000_000;
                string text = UseBig();
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("git");
                Console.WriteLine(text.Length);

                string UseBig()
                {
                    var big = new byte[Size];
                    Console.WriteLine(name + big[Size - 1]);
                    var text = Encoding.UTF8.GetString(big);
                    return text;
                }
            }
        }
        """);

    [Theory]
    [InlineData("#if DEBUG\n        Console.WriteLine();\n#endif\n", "")]
    [InlineData("#pragma warning disable CS0618\n", "#pragma warning restore CS0618\n")]
    [InlineData("#region big\n", "#endregion\n")]
    public async Task Directives_are_not_torn_apart(string before, string after)
    {
        await Duplicating($$"""
            class C
            {
                void M()
                {
            {{before}}
                    var big = new byte[200_000_000];
                    Array.Fill(big, (byte)1);
            {{after}}
                    Process.Start("git");
                }
            }
            """).IsNotOffered<HeldLocalCodeFixProvider>();
        await Duplicating(Frame + $$"""

            class C
            {
                void M()
                {
                    using (var frame = new Frame())
                    {
                        Console.WriteLine(frame.Size);
            {{before}}
                        Process.Start("git");
            {{after}}
                    }
                }
            }
            """).IsNotOffered<HeldLocalCodeFixProvider>();
    }

    [Fact]
    public Task Another_using_declaration_is_not_disposed_of_later() => Duplicating(Frame + """

        class C
        {
            void M()
            {
                using (var frame = new Frame())
                {
                    Console.WriteLine(frame.Size);
                    using var child = Process.Start("git");
                    Console.WriteLine("started");
                }
                Console.WriteLine("disposed of");
            }
        }
        """).IsNotOffered<NarrowStatementCodeFixProvider>();

    [Fact]
    public async Task The_line_ends_of_the_file_and_the_layout_of_the_rest()
    {
        var after = await Duplicating("""
            class C
            {
                int M(int x)
                {
                    if (x > 0) {
                        var big = new byte[200_000_000];
                        Array.Fill( big, (byte)x );
                        var started = Process.Start( "git" );
                        return started is null ? 0 : 1;
                    }
                    return 2;
                }
            }
            """.ReplaceLineEndings("\r\n")).After<ExtractAllocationCodeFixProvider>();
        Assert.Equal("""
            class C
            {
                int M(int x)
                {
                    if (x > 0) {
                        UseBig(x);
                        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                        var started = Process.Start( "git" );
                        return started is null ? 0 : 1;

                        static void UseBig(int x)
                        {
                            var big = new byte[200_000_000];
                            Array.Fill(big, (byte)x);
                        }
                    }
                    return 2;
                }
            }
            """.ReplaceLineEndings("\r\n"), after);
    }

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
