using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>A memory allocator that is not glibc's, known by the library it is loaded from.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Library">The file.</param>
/// <param name="Advice">What makes it give memory back.</param>
internal sealed record Allocator(string Name, string Library, string Advice)
{
    private static readonly (string FilePrefix, string Name, string Advice)[] Known =
    [
        ("libjemalloc", "jemalloc", "Free the blocks that are not needed; MALLOC_CONF=dirty_decay_ms:0,muzzy_decay_ms:0 or mallctl(\"arena.N.purge\") gives free pages back at once, narenas:N limits its arenas."),
        ("libmimalloc", "mimalloc", "Free the blocks that are not needed; mi_collect(true) or MIMALLOC_PURGE_DELAY=0 gives free pages back."),
        ("libtcmalloc", "tcmalloc", "Free the blocks that are not needed; MallocExtension_ReleaseFreeMemory() or TCMALLOC_RELEASE_RATE=10 gives free pages back."),
        ("ld-musl-", "musl's mallocng", "Free the blocks that are not needed: it gives a group of slots back when all of them are free."),
        ("libc.musl-", "musl's mallocng", "Free the blocks that are not needed: it gives a group of slots back when all of them are free."),
    ];

    /// <summary>The allocator that took glibc's place in a process; null where none did. A preloaded one is found before the C library's own.</summary>
    public static Allocator? Find(IReadOnlyList<Mapping> mappings)
    {
        foreach ((string prefix, string name, string advice) in Known)
        {
            foreach (Mapping mapping in mappings)
            {
                if (mapping.IsFile && Path.GetFileName(mapping.Path).StartsWith(prefix, StringComparison.Ordinal))
                {
                    return new Allocator(name, mapping.Path, advice);
                }
            }
        }

        return null;
    }
}
