using System.Runtime.InteropServices;

/// <summary>The shell's path, arguments and environment as the C library takes them.</summary>
internal unsafe readonly struct Shell
{
    private Shell(byte* path, byte** arguments, byte** environment)
    {
        Path = path;
        Arguments = arguments;
        Environment = environment;
    }

    internal byte* Path { get; }

    internal byte** Arguments { get; }

    internal byte** Environment { get; }

    /// <summary>A shell that says which terminal it has, once its standard input is one.</summary>
    internal static Shell Create() => new(
        Text("/bin/sh"),
        Pointers("sh", "-c", "test -t 0 && echo \"hello from $(tty | sed s/[0-9]*$/N/)\" && read line"),
        Pointers("PATH=/usr/bin:/bin"));

    private static byte* Text(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    private static byte** Pointers(params string[] texts)
    {
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Length + 1), (nuint)sizeof(byte*));
        for (var index = 0; index < texts.Length; index++)
        {
            pointers[index] = Text(texts[index]);
        }

        return pointers;
    }
}
