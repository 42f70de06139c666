using System.Text;
using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Accounting;

/// <summary>
/// The bytes of the kernel's accounting of tasks over generic netlink: requests, and the exit records of replies (Documentation/accounting/taskstats.rst,
/// include/uapi/linux/taskstats.h, include/uapi/linux/genetlink.h).
/// </summary>
internal static class TaskStatsMessage
{
    private const int HeaderBytes = 16;
    private const int GenericHeaderBytes = 4;
    private const int AttributeHeaderBytes = 4;
    private const ushort ErrorType = 2;
    private const ushort ControlFamily = 0x10;
    private const byte GetFamilyCommand = 3;
    private const ushort FamilyIdAttribute = 1;
    private const ushort FamilyNameAttribute = 2;
    private const byte GetCommand = 1;
    private const ushort RegisterAttribute = 3;
    private const ushort StatsAttribute = 3;
    private const ushort TaskAttribute = 4; // TASKSTATS_TYPE_AGGR_PID

    // struct taskstats: what is used of it lies where it did in version 1, and the structure only grows at its end.
    private const int ExitCodeOffsetBytes = 4;
    private const int TaskOffsetBytes = 128;
    private const int PeakOffsetBytes = 200;
    private const int ShortestStatsBytes = 208;

    /// <summary>Asks for the number of the accounting family.</summary>
    public static byte[] FindFamily() => Request(ControlFamily, GetFamilyCommand, FamilyNameAttribute, "TASKSTATS\0");

    /// <summary>Asks for the exit records of these processors, in the form <c>0-3</c>.</summary>
    public static byte[] Register(ushort family, string processors) => Request(family, GetCommand, RegisterAttribute, processors + "\0");

    /// <summary>The family's number in the answer to <see cref="FindFamily"/>; null where the kernel has none.</summary>
    public static ushort? FamilyOf(ReadOnlySpan<byte> reply)
    {
        foreach (var (type, body) in Messages(reply.ToArray()))
        {
            if (type != ControlFamily || body.Length < GenericHeaderBytes)
            {
                continue;
            }

            foreach (var (attribute, value) in Attributes(body[GenericHeaderBytes..]))
            {
                if (attribute == FamilyIdAttribute && value.Length >= 2)
                {
                    return BitConverter.ToUInt16(value.Span);
                }
            }
        }

        return null;
    }

    /// <summary>The errno of a reply that refuses; 0 where none does.</summary>
    public static int ErrorOf(ReadOnlySpan<byte> reply)
    {
        foreach (var (type, body) in Messages(reply.ToArray()))
        {
            if (type == ErrorType && body.Length >= 4)
            {
                return -BitConverter.ToInt32(body.Span);
            }
        }

        return 0;
    }

    /// <summary>The exit records in what was received.</summary>
    public static IEnumerable<ExitAccount> ExitsOf(ReadOnlyMemory<byte> received, ushort family)
    {
        var accounts = new List<ExitAccount>();
        foreach (var (type, body) in Messages(received))
        {
            if (type != family || body.Length < GenericHeaderBytes)
            {
                continue;
            }

            foreach (var (attribute, nested) in Attributes(body[GenericHeaderBytes..]))
            {
                if (attribute != TaskAttribute)
                {
                    continue;
                }

                foreach (var (inner, stats) in Attributes(nested))
                {
                    if (inner == StatsAttribute && stats.Length >= ShortestStatsBytes)
                    {
                        accounts.Add(Account(stats.Span));
                    }
                }
            }
        }

        return accounts;
    }

    private static ExitAccount Account(ReadOnlySpan<byte> stats) => new(
        BitConverter.ToInt32(stats[TaskOffsetBytes..]),
        BitConverter.ToInt64(stats[PeakOffsetBytes..]) * 1024,
        BitConverter.ToInt32(stats[ExitCodeOffsetBytes..]));

    private static byte[] Request(ushort type, byte command, ushort attribute, string text)
    {
        var value = Encoding.ASCII.GetBytes(text);
        int attributeBytes = AttributeHeaderBytes + value.Length;
        var message = new byte[HeaderBytes + GenericHeaderBytes + Aligned(attributeBytes)];
        BitConverter.TryWriteBytes(message, message.Length);
        BitConverter.TryWriteBytes(message.AsSpan(4), type);
        BitConverter.TryWriteBytes(message.AsSpan(6), (ushort)1); // NLM_F_REQUEST
        message[HeaderBytes] = command;
        message[HeaderBytes + 1] = 1;
        BitConverter.TryWriteBytes(message.AsSpan(HeaderBytes + GenericHeaderBytes), (ushort)attributeBytes);
        BitConverter.TryWriteBytes(message.AsSpan(HeaderBytes + GenericHeaderBytes + 2), attribute);
        value.CopyTo(message, HeaderBytes + GenericHeaderBytes + AttributeHeaderBytes);
        return message;
    }

    private static IEnumerable<(ushort Type, ReadOnlyMemory<byte> Body)> Messages(ReadOnlyMemory<byte> received)
    {
        while (received.Length >= HeaderBytes)
        {
            int length = BitConverter.ToInt32(received.Span);
            if (length < HeaderBytes || length > received.Length)
            {
                yield break;
            }

            yield return (BitConverter.ToUInt16(received.Span[4..]), received[HeaderBytes..length]);
            received = received[Math.Min(Aligned(length), received.Length)..];
        }
    }

    private static IEnumerable<(ushort Type, ReadOnlyMemory<byte> Value)> Attributes(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length >= AttributeHeaderBytes)
        {
            int length = BitConverter.ToUInt16(bytes.Span);
            if (length < AttributeHeaderBytes || length > bytes.Length)
            {
                yield break;
            }

            const int flags = 0xC000; // NLA_F_NESTED, NLA_F_NET_BYTEORDER
            yield return ((ushort)(BitConverter.ToUInt16(bytes.Span[2..]) & ~flags), bytes[AttributeHeaderBytes..length]);
            bytes = bytes[Math.Min(Aligned(length), bytes.Length)..];
        }
    }

    private static int Aligned(int length) => (length + 3) & ~3;
}
