using ForkLint.Heap.Graph;
using ForkLint.Heap.Native;
using ForkLint.Heap.Roots;

namespace ForkLint.Heap.Savings;

/// <summary>Who may own a native block.</summary>
/// <param name="Key">A documentation-comment id, or a root's name.</param>
/// <param name="Display">For people.</param>
internal sealed record NativeOwner(string Key, string Display);

/// <summary>Names the owners of native blocks by the fields that know their addresses.</summary>
internal sealed class NativeOwners(HeapModel model)
{
    /// <summary>From a framework's handle up to the application's member that holds it; farther away it says little.</summary>
    private const int MostSteps = 16;

    /// <summary>The first member that knows the block's start, or else an address in it; null where none does.</summary>
    public NativeOwner? Of(NativeRange range)
    {
        ulong end = range.Start + (ulong)range.Bytes;
        foreach (NativePointer pointer in model.Data.NativePointers
            .Where(pointer => pointer.Value >= range.Start && pointer.Value < end)
            .OrderBy(pointer => pointer.Value)
            .ThenBy(pointer => pointer.Holder is null))
        {
            if (pointer.Holder is { } member)
            {
                return new NativeOwner(member.Id, member.Display);
            }

            if (HolderOf(pointer.Object) is { } owner)
            {
                return owner;
            }
        }

        return null;
    }

    /// <summary>The nearest member of the application's through which every way to the object leads, or the root that it hangs on.</summary>
    private NativeOwner? HolderOf(int index)
    {
        string type = model.Data.Types[model.Data.Graph.TypeIndexes[index]].Name;
        DominatorTree tree = model.Certain.Reached(index) ? model.Certain : model.Possible;
        RootSet roots = model.Certain.Reached(index) ? model.Data.Roots : model.Data.Stacks;
        int node = tree.NodeOf(index);
        for (int i = 0; node != 0 && i < MostSteps; i++)
        {
            int above = tree.Immediate[node];
            if (above == 0)
            {
                return null;
            }

            if (tree.IsHolder(above))
            {
                Holder holder = roots.Holders[tree.HolderOf(above)];
                return holder.Kind == HolderKind.Runtime ? null : new NativeOwner(holder.Key, $"a {type} of {holder.Display}");
            }

            if (model.FieldBetween(tree.Vertex[above], tree.Vertex[node]) is { } member)
            {
                return new NativeOwner(member.Id, $"a {type} of {member.Display}");
            }

            node = above;
        }

        return null;
    }
}
