namespace ForkLint.Analyzers.Sizing;

/// <summary>Which expressions allocate, of what kind, and how much: payload, without object headers.</summary>
public class AllocationSizeTests
{
    [Theory]
    [InlineData("new byte[1 << 20]", "ManagedArray byte[] 1048576")]
    [InlineData("new int[1000]", "ManagedArray int[] 4000")]
    [InlineData("new char[10]", "ManagedArray char[] 20")]
    [InlineData("new decimal[10]", "ManagedArray decimal[] 160")]
    [InlineData("new bool[10]", "ManagedArray bool[] 10")]
    [InlineData("new nint[10]", "ManagedArray nint[] 80")]
    [InlineData("new string[10]", "ManagedArray string[] 80")]
    [InlineData("new DayOfWeek[10]", "ManagedArray DayOfWeek[] 40")]
    [InlineData("new Guid[10]", "ManagedArray Guid[] 160")]
    [InlineData("new DateTime[10]", "ManagedArray DateTime[] 80")]
    [InlineData("new int?[10]", "ManagedArray int?[] 80")]
    [InlineData("new long?[10]", "ManagedArray long?[] 160")]
    [InlineData("new byte*[10]", "ManagedArray byte*[] 80")]
    [InlineData("new (int, byte)[10]", "ManagedArray (int, byte)[] 80")]
    [InlineData("new (byte, object, byte)[10]", "ManagedArray (byte, object, byte)[] 160")]
    [InlineData("new KeyValuePair<int, string>[10]", "ManagedArray KeyValuePair<int, string>[] 160")]
    public void An_array_takes_the_size_of_its_elements(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Theory]
    [InlineData("new byte[1024, 1024]", "1048576")]
    [InlineData("new long[10, 20, 30]", "48000")]
    [InlineData("new byte[1000][]", "8000")]
    [InlineData("new byte[10][,]", "80")]
    [InlineData("new[] { 1, 2, 3 }", "12")]
    [InlineData("new byte[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }", "6")]
    [InlineData("new byte[2][] { new byte[100], new byte[200] }", "16")]
    [InlineData("new byte[0]", "0")]
    public void Every_rank_and_initializer_counts(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.SizeOf(expression));

    [Theory]
    [InlineData("new T[10]", "at least 10")]
    [InlineData("new TClass[10]", "80")]
    [InlineData("new TStruct[10]", "at least 10")]
    [InlineData("new byte[unknown]", "unknown")]
    [InlineData("new byte[unknown, 1000]", "unknown")]
    [InlineData("new byte[text.Length]", "unknown")]
    public void What_cannot_be_seen_is_not_guessed(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.SizeOf(expression));

    [Theory]
    [InlineData("GC.AllocateArray<int>(1000)", "ManagedArray int[] 4000")]
    [InlineData("GC.AllocateUninitializedArray<long>(Mega, pinned: true)", "ManagedArray long[] 8388608")]
    [InlineData("Array.CreateInstance(typeof(double), 1000)", "ManagedArray double[] 8000")]
    [InlineData("RandomNumberGenerator.GetBytes(1000)", "ManagedArray byte[] 1000")]
    [InlineData("Enumerable.Repeat(1L, 1000).ToArray()", "ManagedArray long[] 8000")]
    [InlineData("Enumerable.Range(5, 1000).ToList()", "Collection int list 4000")]
    [InlineData("Enumerable.Range(5, 1000).Where(i => i > 7).ToArray()", "none")]
    [InlineData("new string('x', 1000)", "ManagedString string 2000")]
    [InlineData("new string(new char[10])", "none")]
    public void Other_ways_to_a_managed_block(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Theory]
    [InlineData("new List<long>(1000)", "Collection List<long> 8000")]
    [InlineData("new Queue<int>(1000)", "Collection Queue<int> 4000")]
    [InlineData("new Stack<int>(1000)", "Collection Stack<int> 4000")]
    [InlineData("new PriorityQueue<string, long>(1000)", "Collection PriorityQueue<string, long> 16000")]
    [InlineData("new StringBuilder(1000)", "Collection StringBuilder 2000")]
    [InlineData("new MemoryStream(1000)", "Collection MemoryStream 1000")]
    [InlineData("new System.Collections.ArrayList(1000)", "Collection ArrayList 8000")]
    [InlineData("new ArrayBufferWriter<int>(1000)", "Collection ArrayBufferWriter<int> 4000")]
    [InlineData("new SortedList<int, string>(1000)", "Collection SortedList<int, string> 12000")]
    [InlineData("new List<long>(unknown)", "Collection List<long> unknown")]
    [InlineData("new List<long>()", "none")]
    [InlineData("new MemoryStream(new byte[1000])", "none")]
    [InlineData("new StringBuilder(\"x\")", "none")]
    public void A_collection_allocates_its_capacity(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Fact]
    public void A_hash_table_allocates_buckets_and_entries_for_the_next_prime()
    {
        // 1000 becomes 1103; an entry of <int, int> has 16 bytes, of <int> 12; a bucket 4.
        Assert.Equal("Collection Dictionary<int, int> 22060", SizeProbe.Describe("new Dictionary<int, int>(1000)"));
        Assert.Equal("Collection HashSet<int> 17648", SizeProbe.Describe("new HashSet<int>(1000)"));
    }

    [Theory]
    [InlineData("ArrayPool<byte>.Shared.Rent(1000)", "Pooled ArrayPool<byte>.Rent 1024")]
    [InlineData("ArrayPool<int>.Shared.Rent(Mega + 1)", "Pooled ArrayPool<int>.Rent 8388608")]
    [InlineData("ArrayPool<byte>.Shared.Rent(1)", "Pooled ArrayPool<byte>.Rent 16")]
    [InlineData("ArrayPool<byte>.Create(5000, 10).Rent(1000)", "Pooled ArrayPool<byte>.Rent at least 1000")]
    [InlineData("MemoryPool<byte>.Shared.Rent(1000)", "Pooled MemoryPool<byte>.Rent 1024")]
    public void The_shared_pool_rounds_up(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Theory]
    [InlineData("File.ReadAllBytes(text)", "UnboundedRead File.ReadAllBytes unknown")]
    [InlineData("File.ReadAllText(text)", "UnboundedRead File.ReadAllText unknown")]
    [InlineData("File.ReadAllLines(text)", "UnboundedRead File.ReadAllLines unknown")]
    [InlineData("File.ReadAllBytesAsync(text)", "UnboundedRead File.ReadAllBytesAsync unknown")]
    [InlineData("new StreamReader(text).ReadToEnd()", "UnboundedRead StreamReader.ReadToEnd unknown")]
    [InlineData("Console.In.ReadToEnd()", "UnboundedRead TextReader.ReadToEnd unknown")]
    [InlineData("new MemoryStream().ToArray()", "UnboundedRead MemoryStream.ToArray unknown")]
    [InlineData("new HttpClient().GetByteArrayAsync(text)", "UnboundedRead HttpClient.GetByteArrayAsync unknown")]
    [InlineData("new HttpClient().GetStringAsync(text)", "UnboundedRead HttpClient.GetStringAsync unknown")]
    [InlineData("new StringContent(text).ReadAsByteArrayAsync()", "UnboundedRead StringContent.ReadAsByteArrayAsync unknown")]
    [InlineData("new StringReader(text).ReadToEnd()", "none")]
    [InlineData("File.ReadLines(text)", "none")]
    [InlineData("given.ToArray()", "none")]
    [InlineData("File.OpenRead(text)", "none")]
    public void A_read_without_a_bound_has_any_size(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Theory]
    [InlineData("(int[])[1, 2, 3]", "ManagedArray int[] 12")]
    [InlineData("(List<long>)[1, 2, 3]", "Collection List<long> 24")]
    [InlineData("(byte[])[1, .. given]", "ManagedArray byte[] at least 1")]
    public void A_collection_expression_has_its_elements(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression));

    [Theory]
    [InlineData("MemoryMappedFile.CreateNew(null, 1 << 30)")]
    [InlineData("text.Trim()")]
    [InlineData("new object()")]
    [InlineData("new C()")]
    [InlineData("given.Length")]
    public void Nothing_that_is_charged_is_allocated(string expression) =>
        Assert.Equal("none", SizeProbe.Describe(expression));

    [Fact]
    public void Stack_memory_is_no_allocation() =>
        Assert.Equal("none", SizeProbe.Describe("(nint)p", "byte* p = stackalloc byte[1 << 20];"));
}
