namespace ForkLint.Heap.Frames;

/// <summary>What an address in a process's code is.</summary>
/// <param name="Name">A managed method with its parameters, such as <c>App.Encoder.Run(System.String)</c>; of native code, its file: <c>[libc.so.6]</c>.</param>
/// <param name="Kind">Whose code it is.</param>
/// <param name="Member">
/// Of the application's code, the method that the source has, as a documentation-comment id without parameters (<c>M:App.Encoder.Run</c>); null
/// where its module's metadata cannot be read.
/// </param>
public sealed record NamedFrame(string Name, FrameKind Kind, string? Member = null)
{
    /// <summary>What an address in no file and in no known method is called.</summary>
    public const string Unknown = "[unknown]";

    /// <summary>
    /// Whether nothing is known of it, though it may be managed code: the runtime may have been compiling it just then, and another look may tell.
    /// </summary>
    public bool IsUnknown => Kind == FrameKind.Native && Name == Unknown;
}

/// <summary>Whose code a frame is in.</summary>
public enum FrameKind
{
    /// <summary>Native code, or code of which nothing is known.</summary>
    Native,

    /// <summary>Managed code of the framework (System.*, Microsoft.*).</summary>
    Framework,

    /// <summary>Managed code of the application or of a library that it uses.</summary>
    Application,
}
