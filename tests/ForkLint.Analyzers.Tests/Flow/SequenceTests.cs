namespace ForkLint.Flow;

/// <summary>What an iterator yields is held by whatever keeps the elements of its sequence.</summary>
public sealed class SequenceTests
{
    private const string Blocks = """
        static IEnumerable<byte[]> Blocks() { yield return new byte[200_000_000]; }
        static IEnumerable<byte[]> Same(IEnumerable<byte[]> blocks) => blocks;
        """;

    [Theory]
    [InlineData("List<byte[]> list = new(); list.AddRange(Blocks());")]
    [InlineData("var list = Blocks().ToList();")]
    [InlineData("var list = Blocks().ToArray();")]
    [InlineData("var list = new List<byte[]>(Blocks());")]
    [InlineData("List<byte[]> list = [.. Blocks()];")]
    [InlineData("var list = new HashSet<byte[]>(); list.UnionWith(Blocks());")]
    [InlineData("var list = Blocks().Where(block => block.Length > 5).Select(block => block).ToList();")]
    [InlineData("List<byte[]> list = new(); foreach (var block in Blocks()) { list.Add(block); }")]
    [InlineData("var list = Blocks().First();")]
    [InlineData("var list = Enumerable.Range(0, number).Select(_ => new byte[200_000_000]).ToList();")]
    [InlineData("List<byte[]> list = new(); list.AddRange(Enumerable.Range(0, number).Select(_ => new byte[200_000_000]));")]
    [InlineData("var list = new Queue<byte[]>(Blocks());")]
    [InlineData("IEnumerable<byte[]> blocks = Blocks(); List<byte[]> list = new(); list.AddRange(Same(blocks));")]
    public Task Kept_in_a_collection_and_used(string make) => ForkTest.Body($$"""
        {{make}}
        {|FORK001:fork()|};
        GC.KeepAlive(list);
        """, Blocks).Verify();

    [Theory]
    [InlineData("s_kept.AddRange(Blocks());")]
    [InlineData("s_kept.Add(new byte[200_000_000]);")]
    [InlineData("var kept = s_kept; kept.Add(new byte[200_000_000]);")]
    public Task Kept_in_a_list_of_a_field(string keep) => ForkTest.Code($$"""
        class C
        {
            private static readonly List<byte[]> {|FORK005:s_kept|} = new();
            static void Run()
            {
                {{keep}}
                fork();
            }

            {{Blocks}}
        }
        """).Verify();

    [Fact]
    public Task Enumerated_and_let_go() => ForkTest.Body("""
        foreach (var block in Blocks())
        {
            Console.WriteLine(block.Length);
        }

        {|FORK006:fork()|};
        """, Blocks).Verify();
}
