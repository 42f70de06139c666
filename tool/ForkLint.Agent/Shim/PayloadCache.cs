using System.Runtime.Loader;

namespace ForkLint.Agent.Shim;

/// <summary>
/// The payloads that are loaded, by their content. An assembly that is loaded stays until the application's next full collection, even
/// when it is no longer needed, and an idle application does not collect: so a loaded one is used again. At most a few are kept,
/// the least recently used one makes room.
/// </summary>
internal static class PayloadCache
{
    /// <summary>How long the identity of a payload is.</summary>
    public const int IdentityBytes = 16;

    private const int Most = 4;

    private static readonly object Lock = new();
    private static readonly Entry?[] Entries = new Entry?[Most];

    /// <summary>The entry point of a payload that is loaded; null if it is not.</summary>
    public static Action<int>? Find(ReadOnlySpan<byte> identity)
    {
        lock (Lock)
        {
            for (int index = 0; index < Most; index++)
            {
                if (Entries[index] is { } entry && IsEqual(entry.Identity, identity))
                {
                    MoveToFront(index, entry);
                    return entry.Run;
                }
            }

            return null;
        }
    }

    /// <summary>Loads a payload: an assembly with a type ForkLint.Agent.Payload and a method Run that takes the socket.</summary>
    public static Action<int> Load(ReadOnlySpan<byte> identity, byte[] payload)
    {
        var context = new AssemblyLoadContext("ForkLint.Agent", isCollectible: true);
        try
        {
            var assembly = context.LoadFromStream(new MemoryStream(payload));
            var run = assembly.GetType("ForkLint.Agent.Payload", throwOnError: true)!.GetMethod("Run")!.CreateDelegate<Action<int>>();
            lock (Lock)
            {
                Entries[Most - 1]?.Context.Unload();
                MoveToFront(Most - 1, new Entry(identity.ToArray(), context, run));
            }

            return run;
        }
        catch
        {
            context.Unload();
            throw;
        }
    }

    private static void MoveToFront(int index, Entry entry)
    {
        for (; index > 0; index--)
        {
            Entries[index] = Entries[index - 1];
        }

        Entries[0] = entry;
    }

    private static bool IsEqual(byte[] first, ReadOnlySpan<byte> second)
    {
        for (int index = 0; index < IdentityBytes; index++)
        {
            if (first[index] != second[index])
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Entry(byte[] identity, AssemblyLoadContext context, Action<int> run)
    {
        public byte[] Identity { get; } = identity;

        public AssemblyLoadContext Context { get; } = context;

        public Action<int> Run { get; } = run;
    }
}
