using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ForkLint.Heap.Isolation;

/// <summary>What is said between a tool and its heap reader: the kind of a message, in its first byte.</summary>
internal enum ReaderMessageKind : byte
{
    /// <summary>To the reader: a <see cref="ReadRequest"/>; the copy's memory may come along.</summary>
    Read,

    /// <summary>From the reader, any number of times: a <see cref="HeapReadProgress"/>.</summary>
    Progress,

    /// <summary>From the reader: the copy is not needed any more.</summary>
    CopyIsRead,

    /// <summary>From the reader, the end of a read: a <see cref="ReadAnswer"/>.</summary>
    Report,

    /// <summary>From the reader, the other end of a read, and an answer to any question: a <see cref="ReadFailure"/>.</summary>
    Failure,

    /// <summary>To the reader: holders, an array of texts. The answer is of the same kind: the bytes freed without them.</summary>
    FreedWithout,

    /// <summary>To the reader: a holder, a text. The answer is of the same kind: whether it is known.</summary>
    IsHolder,

    /// <summary>From the reader, before anything else: it runs here.</summary>
    Started,

    /// <summary>To the reader: a <see cref="FramesRequest"/>. The answer is of the same kind: an array of <see cref="Frames.NamedFrame"/>.</summary>
    NameFrames,

    /// <summary>To the reader: a <see cref="GcDumpFacts"/>, and the file to write along with it. The answer is of the same kind: a <see cref="GcDumpSummary"/>.</summary>
    WriteGcDump,
}

/// <summary>What is to be read.</summary>
internal sealed record ReadRequest(int Pid, int ApplicationPid, string RuntimeFolder, double? MicrosecondsPerPage, long SmallestSavingBytes, long? MostMemoryBytes, bool WantsProgress, bool IsCore);

/// <summary>Which addresses are to be named, in the code of which process.</summary>
internal sealed record FramesRequest(int Pid, string RuntimeFolder, ulong[] Addresses);

/// <summary>What was found; everything of a <see cref="HeapReport"/> but the graph.</summary>
internal sealed record ReadAnswer(
    long Objects,
    long Bytes,
    int UnreadableObjects,
    bool IsServerGC,
    double ReadMilliseconds,
    double TotalMilliseconds,
    IReadOnlyList<Saving> Savings,
    IReadOnlyList<KeptMemory> Kept,
    IReadOnlyList<MemberSize> Members);

/// <summary>Why nothing was.</summary>
internal sealed record ReadFailure(string Message, bool IsSnapshotUnusable);

/// <summary>Generated at build time: a start of the reader reflects over nothing.</summary>
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(HeapReadProgress))]
[JsonSerializable(typeof(ReadAnswer))]
[JsonSerializable(typeof(ReadFailure))]
[JsonSerializable(typeof(FramesRequest))]
[JsonSerializable(typeof(Frames.NamedFrame[]))]
[JsonSerializable(typeof(GcDumpFacts))]
[JsonSerializable(typeof(GcDumpSummary))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ReaderJson : JsonSerializerContext
{
    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    public static T Read<T>(byte[] text, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text, type) ?? throw new JsonException("null");
}
