using System.Runtime.InteropServices;
using System.Text;

namespace ForkLint.Spawns.Tracing;

/// <summary>
/// The stack of a program of 64 bits that has not run yet: the number of its arguments, a pointer to each, and further up the arguments themselves
/// (fs/binfmt_elf.c, create_elf_tables).
/// </summary>
internal static class InitialStack
{
    /// <summary>
    /// How much of it is worth a copy. Between the pointers and the arguments the kernel leaves a random gap of up to 8 KiB on x86 (arch_align_stack);
    /// 4 KiB are for the pointers, the environment's included, and the arguments.
    /// </summary>
    public const int Bytes = 12 * 1024;

    /// <summary>The bit of the stack pointer among perf's registers: PERF_REG_X86_SP, PERF_REG_ARM64_SP.</summary>
    public static ulong PointerRegister => 1UL << (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 31 : 7);

    /// <summary>
    /// The arguments after the program's name; null where they lie beyond what was copied. On x86 that is so for a quarter of all programs, however
    /// much is copied: the random gap then holds a page that was never touched, and the kernel's copy ends there.
    /// </summary>
    /// <param name="pointer">The stack pointer.</param>
    /// <param name="stack">The bytes from there upwards.</param>
    public static IReadOnlyList<string>? Arguments(ulong pointer, ReadOnlySpan<byte> stack)
    {
        if (stack.Length < 8 || BitConverter.ToUInt64(stack) is var count && count > ((ulong)stack.Length - 8) / 8)
        {
            return null;
        }

        if (count <= 1)
        {
            return [];
        }

        var arguments = new string[(int)count - 1];
        for (var index = 0; index < arguments.Length; index++)
        {
            var offset = BitConverter.ToUInt64(stack[(16 + (8 * index))..]) - pointer;
            var text = offset < (ulong)stack.Length ? stack[(int)offset..] : default;
            var end = text.IndexOf((byte)0);
            if (end < 0)
            {
                return null;
            }

            arguments[index] = Encoding.UTF8.GetString(text[..end]);
        }

        return arguments;
    }
}
