namespace ForkLint.Analyzers.Native;

/// <summary>
/// Recognises the C library behind the many spellings that reach it: the runtime tries a name with and without
/// <c>lib</c> in front and <c>.so</c> or <c>.dylib</c> behind, and a path is as good as a name.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>
    /// Whether the library holds the C library's process functions: libc itself, its musl and macOS names, and
    /// libpthread and libutil, which had some of them before glibc 2.34 put them all in one.
    /// </summary>
    public static bool IsC(string library)
    {
        var name = BaseName(library);
        return name is "c" or "System" or "System.B" or "pthread" or "util" or "__Internal"
            || name.StartsWith("c.musl-", StringComparison.Ordinal)
            || name.StartsWith("ld-musl-", StringComparison.Ordinal);
    }

    /// <summary>Whether the library is the C library or the one of Windows, whose allocator Mono maps to libc's.</summary>
    public static bool IsCOrWindowsC(string library) =>
        IsC(library) || BaseName(library).ToUpperInvariant() is "MSVCRT" or "UCRTBASE";

    /// <summary><c>/lib/x86_64-linux-gnu/libc.so.6</c>, <c>libc.so</c>, <c>libc</c> and <c>c</c> are all <c>c</c>.</summary>
    public static string BaseName(string library)
    {
        var name = library.Trim();
        name = name.Substring(name.LastIndexOfAny(['/', '\\']) + 1);
        foreach (var extension in new[] { ".so", ".dylib", ".dll" })
        {
            var at = name.IndexOf(extension, StringComparison.OrdinalIgnoreCase);
            if (at > 0 && (at + extension.Length == name.Length || name[at + extension.Length] == '.'))
            {
                name = name.Substring(0, at);
                break;
            }
        }

        return name.StartsWith("lib", StringComparison.Ordinal) && name.Length > 3 ? name.Substring(3) : name;
    }
}
