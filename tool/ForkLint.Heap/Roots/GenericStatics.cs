using ForkLint.Heap.Child;

namespace ForkLint.Heap.Roots;

/// <summary>
/// Where .NET 8 keeps the statics of a constructed generic type: its method table knows a number, the module that loaded it a table of such
/// numbers (coreclr 8.0 vm/methodtable.h, GenericsStaticsInfo; vm/appdomain.hpp, DomainLocalModule and NormalDynamicEntry). The data-access
/// library gives no address for them.
/// </summary>
/// <param name="modules">The addresses of all modules.</param>
/// <param name="reader">The copy's memory.</param>
/// <param name="isStored">Whether an address lies in the objects that hold statics.</param>
internal sealed class GenericStatics(HashSet<ulong> modules, ChildDataReader reader, Func<ulong, bool> isStored)
{
    /// <summary>The number stands behind the method table's slots, which are few: what a type inherits from Object, and its own.</summary>
    private const int MostWords = 128;

    /// <summary>The module's table hangs on one of its first members.</summary>
    private const int ModuleBytes = 0x800;

    /// <summary>Behind the assembly that a DomainLocalModule begins with; the table's length follows it.</summary>
    private const ulong TableOffset = 8;

    /// <summary>More constructed types with statics than any module has.</summary>
    private const ulong MostNumbers = 1 << 20;

    /// <summary>The method table that begins at a word of a loader heap, if one does, and the first of its type's static references.</summary>
    /// <param name="words">A part of the loader heap.</param>
    /// <param name="index">The word.</param>
    /// <param name="address">The word's address.</param>
    public (ulong MethodTable, ulong Statics)? Find(ReadOnlySpan<ulong> words, int index, ulong address)
    {
        if (index + 3 >= words.Length || !IsInstantiated(words[index]) || !modules.Contains(words[index + 3]) || !modules.Contains(reader.ReadPointer(words[index + 2] + 24)))
        {
            return null;
        }

        // A field's description begins with the type that encloses it.
        for (ulong at = address + 48; at < address + (MostWords * 8); at += 8)
        {
            if (reader.ReadPointer(at) is > 0x10000 and ulong fields && (fields & 7) == 0 && reader.ReadPointer(fields) == address
                && reader.ReadPointer(at + 8) is < MostNumbers and ulong number
                && Locate(words[index + 3], number) is { } statics)
            {
                return (address, statics);
            }
        }

        return null;
    }

    /// <summary>
    /// Generic, not the open definition, with statics of its own (enum_flag_GenericsMask 0x30, where 0x30 is the definition;
    /// enum_flag_StaticsMask_Generics 0x4), and instances of a size that can be.
    /// </summary>
    private static bool IsInstantiated(ulong firstWord) =>
        (firstWord & 0x30) is 0x10 or 0x20 && (firstWord & 0x4) != 0 && (firstWord & 0x80000000) == 0
        && (firstWord >> 32) is >= 24 and < 1 << 20 && (firstWord >> 32) % 8 == 0;

    private ulong? Locate(ulong module, ulong number)
    {
        for (ulong member = module; member < module + ModuleBytes; member += 8)
        {
            if (reader.ReadPointer(member) is > 0x10000 and ulong local && (local & 7) == 0
                && reader.ReadPointer(local + TableOffset) is > 0x10000 and ulong table && (table & 7) == 0
                && reader.ReadPointer(local + TableOffset + 8) is ulong count && count > number && count < MostNumbers
                && reader.ReadPointer(table + (number * 16)) is > 0x10000 and ulong entry && (entry & 7) == 0
                && reader.ReadPointer(entry) is ulong statics && isStored(statics))
            {
                return statics;
            }
        }

        return null;
    }
}
