using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Tests;

/// <summary>From addresses to places to objects, for heaps of the shapes that the collector makes.</summary>
public sealed class PlacesTests
{
    private const ulong Reserve = 0x7000_0000_0000;
    private const ulong Region = 4 << 20;

    /// <summary>Two regions full of small objects, one of large ones, one of literals elsewhere, two segments in one region, one that is long, one with few objects.</summary>
    private static HeapSegment[] Segments() =>
    [
        Segment(Reserve + 40, 3_000_000, 48),
        Segment(Reserve + Region + 40, (int)Region - 64, 24),
        Segment(Reserve + (2 * Region) + 40, 8_000_000, 100_000, GCSegmentKind.Large),
        Segment(Reserve + (4 * Region) + 40, 500_000, 40),
        Segment(Reserve + (4 * Region) + 600_000, 2_000_000, 56),
        Segment(Reserve + (5 * Region) + 40, 10_000_000, 72),
        Segment(Reserve + (8 * Region) + 40, 3_000_000, 80_000),
        Segment(Reserve + (9 * Region) + 40, 300_000, 32, GCSegmentKind.Large),
        Segment(0x6000_1234_5000, 100_000, 64, GCSegmentKind.Frozen),
    ];

    [Theory]
    [InlineData(Places.None)]
    [InlineData(6_000_000UL)]
    public void Every_object_is_found_and_nothing_else(ulong mostPlaces)
    {
        SegmentTable segments = new(Segments());
        Places places = new(segments, mostPlaces);
        Dictionary<ulong, int> expected = [];
        foreach (HeapSegment segment in segments.Segments)
        {
            segment.FirstIndex = expected.Count;
            for (int i = 0; i < segment.Count; i++)
            {
                expected[segment.Start + (segment.Offsets[i] * 8UL)] = expected.Count;
            }
        }

        List<ulong> addresses = [.. expected.Keys, 0, 8, ulong.MaxValue - 7];
        Random random = new(1);
        foreach (HeapSegment segment in segments.Segments)
        {
            addresses.AddRange([segment.Start - 8, segment.End, segment.End + 8, segment.Start + 4]);
            addresses.AddRange(Enumerable.Range(0, 200).Select(_ => segment.Start + ((ulong)random.Next((int)(segment.End - segment.Start) / 16) * 16)));
        }

        if (mostPlaces != Places.None)
        {
            // Two words share a place: what leads to the one before an object's, is taken for it.
            addresses.RemoveAll(address => !expected.ContainsKey(address) && expected.ContainsKey(address + 8));
        }

        uint[] found = [.. addresses.Select(places.Of)];
        places.Index(work =>
        {
            foreach (HeapSegment segment in segments.Segments)
            {
                work(segment);
            }
        });
        int[] known = [.. Enumerable.Range(0, addresses.Count).Where(i => found[i] != Places.None)];
        int[] indexes = [.. known.Select(i => (int)found[i])];
        bool hasUnknown = places.Resolve(indexes);

        Assert.True(hasUnknown);
        Assert.Equal(known.Select(i => expected.GetValueOrDefault(addresses[i], -1)), indexes);
        Assert.All(Enumerable.Range(0, addresses.Count).Except(known), i => Assert.DoesNotContain(addresses[i], expected));
        Assert.All(addresses, address => Assert.Equal(expected.GetValueOrDefault(address, -1), segments.Find(address)?.Find(address) ?? -1));
    }

    [Fact]
    public void A_heap_too_large_to_number_is_refused() =>
        Assert.Throws<HeapReadException>(() => new Places(new SegmentTable(Segments()), 1_000_000));

    private static HeapSegment Segment(ulong start, int bytes, int objectBytes, GCSegmentKind kind = GCSegmentKind.Generation2) =>
        MadeHeap.Segment(start, bytes / objectBytes, objectBytes, kind);
}
